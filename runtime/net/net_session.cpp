#include "runtime/net/net_session.hpp"

#include "runtime/net/session_state.hpp"

#include <utility>

namespace creamery {

std::shared_ptr<net_session> net_session::open(net_context& context, endpoint server, net_options options,
                                               std::unique_ptr<net_listener> listener) {
  auto state =
    std::make_shared<session_state>(context.core(), std::move(server), std::move(options), std::move(listener));
  state->start();
  return std::shared_ptr<net_session>{new net_session{std::move(state)}};
}

net_session::net_session(std::shared_ptr<session_state> state) : state_(std::move(state)) {
}

net_session::~net_session() {
  close();
}

bool net_session::send(std::string_view bytes) {
  return state_->send(bytes);
}

size_t net_session::discard_unsent() {
  return state_->discard_unsent();
}

void net_session::release(size_t cost) {
  state_->release(cost);
}

bool net_session::attach(std::unique_ptr<net_listener> listener) {
  return state_->attach(std::move(listener));
}

void net_session::close() {
  state_->close();
}

net_statistics net_session::statistics() const {
  return state_->statistics();
}

const endpoint& net_session::server() const noexcept {
  return state_->server();
}

} // namespace creamery
