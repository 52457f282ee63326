#include "runtime/net/http_client.hpp"

#include "runtime/net/http_pool.hpp"
#include "runtime/net/net_context.hpp"

#include <utility>

namespace creamery {

http_client::http_client(net_context& context, http_url base, http_client_options options)
  : pool_(std::make_shared<http_pool>(context.core(), std::move(base), std::move(options))) {
  pool_->start();
}

http_client::~http_client() {
  pool_->end();
}

bool http_client::send(http_call call, http_done done) {
  return pool_->send(std::move(call), std::move(done));
}

const http_url& http_client::base() const noexcept {
  return pool_->base();
}

} // namespace creamery
