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
  auto known = clients_.find(&link);
  if (known == clients_.end())
    return;
  if (target == "/ws" || target.starts_with("/ws?"))
    known->second.who = &server_.open(link, known->second.base, target, clock::now());
  else
    known->second.listener = &pubsub_.open(link, clock::now());
}

void event_sockets::on_line(connection& from, std::string_view line) {
  auto known = clients_.find(&from);
  if (known == clients_.end())
    return;
  if (known->second.who != nullptr)
    server_.receive(*known->second.who, clock::now());
  else if (known->second.listener != nullptr)
    pubsub_.receive(*known->second.listener, line, clock::now());
}

void event_sockets::on_ping(connection& from) {
  auto known = clients_.find(&from);
  if (known != clients_.end() && known->second.who != nullptr)
    server_.receive(*known->second.who, clock::now());
}

void event_sockets::on_gone(connection& gone, std::string_view reason) {
  auto known = clients_.extract(&gone);
  if (known.empty())
    return;
  if (known.mapped().who != nullptr)
    server_.closed(*known.mapped().who, reason, clock::now());
  if (known.mapped().listener != nullptr)
    pubsub_.closed(*known.mapped().listener);
}

} // namespace creamery::simulator
