#include "simulator/http_session.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <optional>
#include <sstream>

namespace creamery::simulator {

namespace {

namespace http = boost::beast::http;

using tls_stream = net::ssl::stream<tcp::socket>;

/// `localhost:17005`, unless a client makes something up that has no business in an address.
std::string host_of(std::string_view field) {
  auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || std::string_view{"-.:[]"}.find(c) != std::string_view::npos;
  };
  return !field.empty() && std::all_of(field.begin(), field.end(), is_plain) ? std::string{field} : "localhost";
}

template <class Stream>
class stream_session final : public http_session, public std::enable_shared_from_this<stream_session<Stream>> {
  static constexpr bool has_tls = std::is_same_v<Stream, tls_stream>;

public:
  template <class... Args>
  stream_session(http_bounds bounds, http_handler handler, Args&&... args)
    : stream_(std::forward<Args>(args)...),
      timer_(stream_.get_executor()),
      bounds_(bounds),
      handler_(std::move(handler)) {
  }

  void start() override {
    if constexpr (has_tls) {
      be_patient();
      stream_.async_handshake(net::ssl::stream_base::server, [self = this->shared_from_this()](error_code why) {
        if (why)
          self->close();
        else
          self->read();
      });
    } else {
      read();
    }
  }

  void close() override {
    error_code ignored;
    timer_.cancel();
    socket().close(ignored);
  }

private:
  tcp::socket& socket() {
    if constexpr (has_tls)
      return stream_.next_layer();
    else
      return stream_;
  }

  void be_patient() {
    timer_.expires_after(bounds_.patience);
    timer_.async_wait([self = this->shared_from_this()](error_code cancelled) {
      if (!cancelled)
        self->close();
    });
  }

  void read() {
    be_patient();
    parser_.emplace();
    parser_->header_limit(bounds_.header);
    parser_->body_limit(bounds_.body);
    http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code why, size_t) {
      if (why)
        self->close();
      else
        self->reply();
    });
  }

  void reply() {
    const auto& request = parser_->get();
    auto field = [&](auto name) { return std::string{request[name]}; };
    std::string_view target{request.target().data(), request.target().size()};
    auto path = target.substr(0, target.find('?'));
    auto made = handler_({.method = std::string{request.method_string()},
                          .path = std::string{path},
                          .query = parameters::parse(target.substr(std::min(path.size() + 1, target.size()))),
                          .body = request.body(),
                          .authorization = field(http::field::authorization),
                          .client_id = field("Client-Id"),
                          .content_type = field(http::field::content_type),
                          .own_address = (has_tls ? "https://" : "http://") + host_of(field(http::field::host)),
                          .origin = field(http::field::origin)});
    response_ = {};
    response_.version(request.version());
    response_.result(made.status);
    if (!made.body.empty())
      response_.set(http::field::content_type, made.content_type);
    response_.set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : made.headers)
      response_.set(name, value);
    response_.body() = made.status == 204 ? std::string{} : std::move(made.body);
    response_.keep_alive(request.keep_alive());
    response_.prepare_payload();
    if (made.status == 204)
      response_.erase(http::field::content_length); // RFC 9110 §8.6
    if (request.method() == http::verb::head)
      response_.body().clear(); // its length was said nevertheless
    deliver(made.fate, made.delay);
  }

  void deliver(answer_fate fate, std::chrono::milliseconds delay) {
    if (delay.count() == 0)
      return send(fate);
    timer_.expires_after(delay);
    timer_.async_wait([self = this->shared_from_this(), fate](error_code cancelled) {
      if (cancelled)
        return;
      self->be_patient();
      self->send(fate);
    });
  }

  void send(answer_fate fate) {
    switch (fate) {
      case answer_fate::whole: return write();
      case answer_fate::cut: return write_half();
      case answer_fate::lost:
      case answer_fate::dropped: return reset();
    }
  }

  void write() {
    http::async_write(stream_, response_, [self = this->shared_from_this()](error_code why, size_t) {
      if (why)
        self->close();
      else if (self->response_.keep_alive())
        self->read();
      else
        self->say_goodbye();
    });
  }

  void write_half() {
    std::ostringstream text;
    text << response_;
    half_ = text.str();
    half_.resize(half_.size() / 2);
    net::async_write(stream_, net::buffer(half_),
                     [self = this->shared_from_this()](error_code, size_t) { self->reset(); });
  }

  void reset() {
    error_code ignored;
    socket().set_option(net::socket_base::linger{true, 0}, ignored);
    close();
  }

  void say_goodbye() {
    if constexpr (has_tls) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->close(); });
    } else {
      error_code ignored;
      stream_.shutdown(tcp::socket::shutdown_send, ignored);
      close();
    }
  }

  Stream stream_;
  net::steady_timer timer_;
  http_bounds bounds_;
  http_handler handler_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::string half_;
};

} // namespace

std::shared_ptr<http_session> make_http_session(tcp::socket socket, net::ssl::context* tls, http_bounds bounds,
                                                http_handler handler) {
  if (tls)
    return std::make_shared<stream_session<tls_stream>>(bounds, std::move(handler), std::move(socket), *tls);
  return std::make_shared<stream_session<tcp::socket>>(bounds, std::move(handler), std::move(socket));
}

} // namespace creamery::simulator
