#include "runtime/net/net_core.hpp"

#include <vector>

namespace creamery {

net_core::net_core(boost::asio::ssl::context tls, proxy_rules proxies)
  : tls_(std::move(tls)), proxies_(std::move(proxies)) {
}

void net_core::add(net_activity* what, std::weak_ptr<net_activity> alive) {
  activities_.emplace(what, std::move(alive));
  if (ending_) // it was on its way here when the end was announced
    what->shut_down();
}

void net_core::remove(net_activity* what) {
  activities_.erase(what);
  end_if_idle();
}

void net_core::start() {
  thread_ = std::thread{[this] { run(); }};
}

void net_core::stop() {
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(stopping_, true))
      return;
    boost::asio::post(io_, [this] {
      ending_ = true;
      std::vector<std::weak_ptr<net_activity>> all; // a copy, since they remove themselves
      for (const auto& [what, alive] : activities_)
        all.push_back(alive);
      for (const auto& activity : all)
        if (auto alive = activity.lock())
          alive->shut_down();
      end_if_idle();
    });
  }
  if (thread_.joinable())
    thread_.join();
}

void net_core::run() {
  io_.run();
  // What was cancelled when the last activity ended still wants to be told, and lets go of its memory then.
  io_.restart();
  io_.poll();
}

void net_core::end_if_idle() {
  if (ending_ && activities_.empty()) {
    work_.reset();
    // Not waited for: a name resolution that nobody needs any more may take long in the C library.
    io_.stop();
  }
}

} // namespace creamery
