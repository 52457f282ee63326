#include "runtime/net/net_context.hpp"

#include "runtime/net/net_core.hpp"

#include <openssl/ssl.h>

#include <system_error>

namespace creamery {

namespace {

namespace ssl = boost::asio::ssl;

result<ssl::context> make_tls(const net_context_options& options) {
  boost::system::error_code ec;
  ssl::context tls{ssl::context::tls_client};
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  tls.set_verify_mode(ssl::verify_peer);
  if (!options.ca_file.empty())
    tls.load_verify_file(options.ca_file, ec);
  else
    tls.set_default_verify_paths(ec);
  if (ec)
    return failure{options.ca_file.empty() ? "the system's certificate authorities"
                                           : "ca_file '" + options.ca_file + "'",
                   "can't be loaded as PEM: " + ec.message()};
  if (!options.ca_certificates.empty()) {
    tls.add_certificate_authority(boost::asio::buffer(options.ca_certificates), ec);
    if (ec)
      return failure{"certificate authorities given as text", "can't be loaded as PEM: " + ec.message()};
  }
  return tls;
}

} // namespace

result<std::unique_ptr<net_context>> net_context::make(const net_context_options& options) {
  auto tls = make_tls(options);
  if (!tls)
    return tls.error();
  auto core = std::make_shared<net_core>(*std::move(tls), options.proxies);
  try {
    core->start();
  } catch (const std::system_error& why) { // the one way in which the standard library reports it
    return failure{"network thread", why.what()};
  }
  return std::unique_ptr<net_context>{new net_context{std::move(core)}};
}

net_context::net_context(std::shared_ptr<net_core> core) : core_(std::move(core)) {
}

net_context::~net_context() {
  stop();
}

void net_context::stop() {
  core_->stop();
}

} // namespace creamery
