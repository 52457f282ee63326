#include "simulator/event_sockets.hpp"

#include <utility>

namespace creamery::simulator {

void event_sockets::accept(std::shared_ptr<connection> link, std::string base) {
  auto& one = clients_[link.get()];
  one.link = std::move(link);
  one.base = std::move(base);
  one.link->start();
}

void event_sockets::close_all() {
  for (auto& [link, one] : clients_)
    link->reset("simulator stopped");
}

void event_sockets::on_upgraded(connection& link, std::string_view target) {
  if (auto known = clients_.find(&link); known != clients_.end())
    known->second.who = &server_.open(link, known->second.base, target, clock::now());
}

void event_sockets::on_line(connection& from, std::string_view) {
  if (auto known = clients_.find(&from); known != clients_.end() && known->second.who != nullptr)
    server_.receive(*known->second.who, clock::now());
}

void event_sockets::on_gone(connection& gone, std::string_view reason) {
  auto known = clients_.extract(&gone);
  if (!known.empty() && known.mapped().who != nullptr)
    server_.closed(*known.mapped().who, reason, clock::now());
}

} // namespace creamery::simulator
