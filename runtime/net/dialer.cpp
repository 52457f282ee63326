#include "runtime/net/dialer.hpp"

#include "messages/printable.hpp"
#include "runtime/net/connector.hpp"
#include "runtime/net/net_core.hpp"
#include "runtime/websocket/base64.hpp"
#include "runtime/websocket/handshake.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/write.hpp>
#include <openssl/rand.h>

#include <array>
#include <utility>
#include <vector>

namespace creamery {

namespace {

namespace http = boost::beast::http;

/// For the head of an answer; no proxy or server needs more.
constexpr uint32_t max_head = 16 * 1024;

/// An answer's head and what may come right behind it.
constexpr size_t max_received = 64 * 1024;

constexpr auto http_1_1 = 11;
constexpr auto user_agent = "creamery";

std::string basic_credentials(const http_proxy& proxy) {
  return "Basic " + to_base64(proxy.user + ":" + proxy.password);
}

/// What the Host field says: without a port that goes without saying (RFC 9110 §7.2).
std::string host_field(const endpoint& server) {
  auto text = host_and_port(server);
  return server.port == default_port(server.kind) ? text.substr(0, text.rfind(':')) : text;
}

std::string status_line(const http::response_header<>& head) {
  return "HTTP " + std::to_string(head.result_int()) + " " + printable(head.reason());
}

} // namespace

dialer::dialer(std::shared_ptr<net_core> core, endpoint server, net_timeouts timeouts, std::optional<http_proxy> proxy,
               on_dialled succeeded, on_failed failed)
  : core_(std::move(core)),
    server_(std::move(server)),
    timeouts_(timeouts),
    proxy_(std::move(proxy)),
    succeeded_(std::move(succeeded)),
    failed_(std::move(failed)),
    deadline_(core_->io()),
    resolver_(core_->io()),
    received_(max_received) {
}

void dialer::start() {
  resolve();
}

void dialer::cancel() {
  over_ = true;
  deadline_.cancel();
  resolver_.cancel();
  if (connector_)
    connector_->cancel();
  if (stream_)
    stream_->close();
}

void dialer::resolve() {
  const auto& host = proxy_ ? proxy_->host : server_.host;
  const auto port = proxy_ ? proxy_->port : server_.port;
  begin(net_step::resolve, timeouts_.resolve);
  // Held weakly: the C library may take its time, and nobody waits for it once this is over.
  resolver_.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                          [weak = weak_from_this()](error_code ec, const tcp::resolver::results_type& found) {
                            auto self = weak.lock();
                            if (!self || self->over_)
                              return;
                            if (ec)
                              return self->fail(ec, "host not found: " + ec.message());
                            std::vector<tcp::endpoint> addresses;
                            for (const auto& entry : found)
                              addresses.push_back(entry.endpoint());
                            self->connect(std::move(addresses));
                          });
}

void dialer::connect(std::vector<tcp::endpoint> addresses) {
  // Bounded by the connector: each address has its own time-out, and the next one starts after a stagger.
  step_ = net_step::connect;
  deadline_.cancel();
  const auto count = addresses.size();
  connector_ = std::make_shared<connector>(
    core_->io(), std::move(addresses), timeouts_,
    [self = shared_from_this(), count](error_code ec, tcp::socket socket) {
      self->connector_.reset();
      if (self->over_)
        return;
      if (ec) {
        auto text = ec == boost::asio::error::timed_out ? std::string{"no answer in time"} : ec.message();
        return self->fail(ec, text + (count > 1 ? " (" + std::to_string(count) + " addresses tried)" : ""));
      }
      self->stream_ = std::make_unique<byte_stream>(std::move(socket));
      // Lines are small and wanted at once; what can wait is put together by the send queue.
      self->stream_->socket().set_option(tcp::no_delay{true}, ec);
      if (!ec)
        self->stream_->socket().non_blocking(true, ec);
      if (ec)
        return self->fail(ec, ec.message());
      self->ask_proxy();
    });
  connector_->start();
}

void dialer::ask_proxy() {
  if (!proxy_)
    return start_tls();
  begin(net_step::proxy, timeouts_.proxy);
  const auto server = host_and_port(server_);
  request_ = request_type{http::verb::connect, server, http_1_1};
  request_.set(http::field::host, server);
  request_.set(http::field::user_agent, user_agent);
  if (!proxy_->user.empty() || !proxy_->password.empty())
    request_.set(http::field::proxy_authorization, basic_credentials(*proxy_));
  exchange(&dialer::on_proxy_answer);
}

void dialer::on_proxy_answer() {
  const auto& answer = parser_->get();
  if (answer.result_int() / 100 != 2)
    return fail_with_status(answer.result_int(), "the proxy answered " + status_line(answer));
  if (server_.is_encrypted() && received_.size() > 0)
    return fail(error_code{}, "the proxy sent bytes before TLS began");
  start_tls();
}

void dialer::start_tls() {
  if (!server_.is_encrypted())
    return upgrade();
  begin(net_step::tls, timeouts_.tls);
  stream_->async_handshake(core_->tls(), server_.host, [self = shared_from_this()](error_code ec) {
    if (self->over_)
      return;
    if (ec)
      return self->fail(ec, self->stream_->explain_handshake(ec));
    self->upgrade();
  });
}

void dialer::upgrade() {
  if (!server_.is_websocket())
    return succeed();
  begin(net_step::upgrade, timeouts_.upgrade);
  std::array<uint8_t, 16> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    return fail(error_code{}, "no random bytes");
  websocket_key_ = websocket_key(random);
  // RFC 6455 §4.1. No extension is offered: the decoder takes frames as they are.
  request_ = request_type{http::verb::get, server_.target, http_1_1};
  request_.set(http::field::host, host_field(server_));
  request_.set(http::field::user_agent, user_agent);
  request_.set(http::field::connection, "Upgrade");
  request_.set(http::field::upgrade, "websocket");
  request_.set(http::field::sec_websocket_version, "13");
  request_.set(http::field::sec_websocket_key, websocket_key_);
  exchange(&dialer::on_upgrade_answer);
}

void dialer::on_upgrade_answer() {
  const auto& answer = parser_->get();
  if (answer.result() != http::status::switching_protocols)
    return fail_with_status(answer.result_int(), "the server answered " + status_line(answer));
  if (!http::token_list{answer[http::field::connection]}.exists("upgrade")
      || !http::token_list{answer[http::field::upgrade]}.exists("websocket"))
    return fail(error_code{}, "the server's answer is no upgrade to WebSocket");
  if (answer[http::field::sec_websocket_accept] != websocket_accept(websocket_key_))
    return fail(error_code{}, "the server's Sec-WebSocket-Accept doesn't belong to our key");
  if (answer.find(http::field::sec_websocket_extensions) != answer.end()
      || answer.find(http::field::sec_websocket_protocol) != answer.end())
    return fail(error_code{}, "the server chose a WebSocket extension or subprotocol that was not offered");
  succeed();
}

void dialer::exchange(void (dialer::*done)()) {
  parser_.emplace();
  parser_->header_limit(max_head);
  http::async_write(*stream_, request_, [self = shared_from_this(), done](error_code ec, size_t) {
    if (self->over_)
      return;
    if (ec)
      return self->fail(ec, ec.message());
    http::async_read_header(*self->stream_, self->received_, *self->parser_, [self, done](error_code ec, size_t) {
      if (self->over_)
        return;
      if (ec == http::error::end_of_stream)
        return self->fail(ec, "the connection ended before an answer came");
      if (ec)
        return self->fail(ec, "no understandable HTTP answer: " + ec.message());
      (self.get()->*done)();
    });
  });
}

void dialer::succeed() {
  over_ = true;
  deadline_.cancel();
  const auto rest = received_.data();
  succeeded_({std::move(stream_), std::string{static_cast<const char*>(rest.data()), rest.size()}});
}

void dialer::begin(net_step step, net_timeouts::duration limit) {
  step_ = step;
  deadline_.expires_after(limit); // ends the wait for the step before
  deadline_.async_wait([self = shared_from_this(), step](error_code cancelled) {
    // The step may have ended while this was on its way.
    if (!cancelled && !self->over_ && self->step_ == step)
      self->fail(boost::asio::error::timed_out, "no answer in time");
  });
}

void dialer::fail(error_code ec, std::string text) {
  net_error why;
  why.code = ec == boost::asio::error::timed_out ? make_error_code(std::errc::timed_out) : std::error_code{ec};
  why.text = std::move(text);
  fail(std::move(why));
}

void dialer::fail_with_status(unsigned status, std::string text) {
  net_error why;
  why.http_status = static_cast<uint16_t>(status);
  why.text = std::move(text);
  fail(std::move(why));
}

void dialer::fail(net_error why) {
  why.step = step_;
  const bool at_proxy = proxy_ && (step_ == net_step::resolve || step_ == net_step::connect);
  why.endpoint = at_proxy ? "proxy " + host_and_port(proxy_->host, proxy_->port) : host_and_port(server_);
  cancel();
  failed_(std::move(why));
}

} // namespace creamery
