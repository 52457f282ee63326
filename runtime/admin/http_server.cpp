#include "runtime/admin/http_server.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace creamery {

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using error_code = boost::system::error_code;

constexpr uint32_t max_header = 8 * 1024;
constexpr uint64_t max_body = 64 * 1024;

/// How long a client may take for a request, and we for the answer, before the connection is closed.
constexpr auto patience = std::chrono::seconds{30};

/// How long an answer that is being written may take when the server ends.
constexpr auto farewell = std::chrono::seconds{1};

} // namespace

class http_server::implementation : public std::enable_shared_from_this<implementation> {
public:
  explicit implementation(http_handler handler) : handler_(std::move(handler)), acceptor_(io_) {
  }

  std::optional<failure> listen(const std::string& host, uint16_t port) {
    error_code why;
    auto address = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, why);
    auto at = [&](const std::string& cause) { return failure{host + ":" + std::to_string(port), cause}; };
    if (why)
      return at("is no address to listen at: " + why.message());
    tcp::endpoint where{address, port};
    acceptor_.open(where.protocol(), why);
    if (!why)
      acceptor_.set_option(tcp::acceptor::reuse_address{true}, why);
    if (!why)
      acceptor_.bind(where, why);
    if (!why)
      acceptor_.listen(boost::asio::socket_base::max_listen_connections, why);
    if (why)
      return at("can't listen there: " + why.message());
    port_ = acceptor_.local_endpoint(why).port();
    return std::nullopt;
  }

  void run() {
    accept();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  void stop() {
    boost::asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      for (const auto& one : std::exchange(sessions_, {}))
        one->finish();
    });
    thread_.join(); // nothing keeps the loop busy any more
  }

  uint16_t port() const noexcept {
    return port_;
  }

private:
  /// One connection.
  class session : public std::enable_shared_from_this<session> {
  public:
    session(implementation& server, tcp::socket socket)
      : server_(server), socket_(std::move(socket)), timer_(server.io_) {
    }

    void read() {
      timer_.expires_after(patience);
      timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled)
          self->end();
      });
      parser_.emplace();
      parser_->header_limit(max_header);
      parser_->body_limit(max_body);
      http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code why, size_t) {
        if (why)
          self->end();
        else if (self->parser_->chunked())
          // Nobody who has business here sends one, and Beast's parser ends the process when its last chunk is cut in a
          // certain place.
          self->refuse_chunked();
        else
          self->read_body();
      });
    }

    void close() {
      error_code ignored;
      timer_.cancel();
      socket_.close(ignored);
    }

    /// Closes as soon as the answer that is being written is out, at the latest after a moment.
    void finish() {
      if (!writing_)
        return close();
      finishing_ = true;
      timer_.expires_after(farewell);
      timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled)
          self->close();
      });
    }

  private:
    void read_body() {
      http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code why, size_t) {
        if (why)
          self->end();
        else
          self->handle();
      });
    }

    void refuse_chunked() {
      parser_->get().keep_alive(false); // its body stays unread
      write({411, "text/plain", "a request with a body has to tell its length\n"});
    }

    void handle() {
      const auto& request = parser_->get();
      auto header = [&](http::field name) { return std::string{request[name]}; };
      http_request asked{std::string{request.method_string()}, std::string{request.target()}, header(http::field::host),
                         header(http::field::authorization), request.find(http::field::origin) != request.end()};
      auto number = ++requests_;
      std::weak_ptr<implementation> server = server_.shared_from_this();
      server_.handler_(asked, [server, weak = weak_from_this(), number](http_response answer) {
        // The server's thread ends before the server, so whoever still has it here may post.
        if (auto alive = server.lock())
          boost::asio::post(alive->io_, [weak, number, answer = std::move(answer)]() mutable {
            if (auto self = weak.lock(); self && std::exchange(self->answered_, number) != number)
              self->write(std::move(answer));
          });
      });
    }

    void write(http_response answer) {
      const auto& request = parser_->get();
      response_ = {};
      response_.version(request.version());
      response_.result(answer.status);
      response_.set(http::field::content_type, answer.content_type);
      response_.set(http::field::cache_control, "no-store");
      response_.set("X-Content-Type-Options", "nosniff");
      if (answer.status == 401)
        response_.set(http::field::www_authenticate, "Bearer");
      if (!answer.location.empty())
        response_.set(http::field::location, answer.location);
      response_.body() = std::move(answer.body);
      response_.keep_alive(request.keep_alive());
      response_.prepare_payload();
      if (request.method() == http::verb::head)
        response_.body().clear(); // its length was said nevertheless
      writing_ = true;
      http::async_write(socket_, response_, [self = shared_from_this()](error_code why, size_t) {
        self->writing_ = false;
        if (why || self->finishing_ || !self->response_.keep_alive())
          self->end();
        else
          self->read();
      });
    }

    void end() {
      close();
      server_.sessions_.erase(shared_from_this());
    }

    implementation& server_;
    tcp::socket socket_;
    boost::asio::steady_timer timer_;
    boost::beast::flat_buffer buffer_{max_header + max_body};
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    uint64_t requests_ = 0;
    uint64_t answered_ = 0;
    bool writing_ = false;
    bool finishing_ = false;
  };

  void accept() {
    acceptor_.async_accept([this](error_code why, tcp::socket socket) {
      if (!acceptor_.is_open())
        return;
      if (!why && sessions_.size() < max_connections) {
        auto one = std::make_shared<session>(*this, std::move(socket));
        sessions_.insert(one);
        one->read();
      }
      accept();
    });
  }

  http_handler handler_;
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::set<std::shared_ptr<session>> sessions_;
  uint16_t port_ = 0;
  std::thread thread_;
};

result<std::unique_ptr<http_server>> http_server::start(const std::string& host, uint16_t port, http_handler handler) {
  auto impl = std::make_shared<implementation>(std::move(handler));
  if (auto failed = impl->listen(host, port))
    return *failed;
  impl->run();
  return std::unique_ptr<http_server>{new http_server{std::move(impl)}};
}

http_server::http_server(std::shared_ptr<implementation> impl) : impl_(std::move(impl)) {
}

http_server::~http_server() {
  impl_->stop();
}

uint16_t http_server::port() const noexcept {
  return impl_->port();
}

} // namespace creamery
