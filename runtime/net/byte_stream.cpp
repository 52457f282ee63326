#include "runtime/net/byte_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace creamery {

void byte_stream::expect_host(const std::string& host) {
  const auto handle = tls_->native_handle();
  const auto rules = SSL_get0_param(handle);
  error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  if (no_address) {
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    SSL_set_tlsext_host_name(handle, host.c_str()); // an address must not be sent (RFC 6066 §3)
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
  }
}

std::string byte_stream::explain_handshake(const error_code& ec) {
  const auto verified = tls_ ? SSL_get_verify_result(tls_->native_handle()) : X509_V_OK;
  if (verified != X509_V_OK)
    return "certificate verify failed (" + std::string{X509_verify_cert_error_string(verified)} + ")";
  if (ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated)
    return "the server ended the connection";
  return ec.message();
}

size_t byte_stream::write_now(std::string_view bytes) {
  error_code ignored; // the next write meets it again
  if (tls_)
    return 0;
  if (!socket_.non_blocking())
    socket_.non_blocking(true, ignored);
  return socket_.write_some(boost::asio::buffer(bytes), ignored);
}

size_t byte_stream::read_buffered(std::span<char> room, error_code& ec) {
  size_t size = 0;
  if (!tls_)
    return size;
  const auto handle = tls_->native_handle();
  while (size < room.size() && (SSL_pending(handle) > 0 || BIO_ctrl_pending(SSL_get_rbio(handle)) > 0)) {
    size += tls_->read_some(boost::asio::buffer(room.data() + size, room.size() - size), ec);
    if (ec == boost::asio::error::would_block) { // half a record: its rest is still on the way
      ec = {};
      break;
    }
    if (ec)
      break;
  }
  return size;
}

} // namespace creamery
