#include "runtime/net/http_server.hpp"

#include "runtime/net/byte_stream.hpp"
#include "runtime/net/http_request_parser.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace creamery {

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using error_code = boost::system::error_code;

/// How long an answer that is being written may take when the server ends, and the end of a connection.
constexpr auto farewell = std::chrono::seconds{1};

constexpr size_t discarded_at_once = 16 * 1024;

/// So much is read at once.
constexpr size_t usual_request = 4 * 1024;

constexpr unsigned no_content = 204;
constexpr unsigned unauthorized = 401;

/// After the system couldn't accept a connection: it has no descriptor left, say, which won't change at once.
constexpr auto accept_again = std::chrono::milliseconds{100};

/// Where a connection comes from; one that is gone already comes from nowhere.
boost::asio::ip::address address_of(const tcp::socket& socket) {
  error_code why;
  return socket.remote_endpoint(why).address();
}

/// How an answer is sent.
struct answer_form {
  bool keep_alive = true;
  /// What was asked in HTTP/1.0 doesn't keep a connection open unless both say so.
  bool is_old = false;
  /// To HEAD: the body's length is said nevertheless.
  bool without_body = false;
};

/// @param to is written anew; its memory is used again.
void write_answer(const http_response& answer, const answer_form& form, std::string& to) {
  const auto reason = http::obsolete_reason(http::int_to_status(answer.status));
  to = "HTTP/1.1 " + std::to_string(answer.status) + " ";
  to.append(reason.data(), reason.size());
  to += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  if (answer.status != no_content) // which has neither (RFC 9110, 8.6)
    to += "Content-Type: " + answer.content_type + "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n";
  if (answer.status == unauthorized)
    to += "WWW-Authenticate: Bearer\r\n";
  if (!answer.location.empty())
    to += "Location: " + answer.location + "\r\n";
  if (!form.keep_alive)
    to += "Connection: close\r\n";
  else if (form.is_old)
    to += "Connection: keep-alive\r\n";
  to += "\r\n";
  if (!form.without_body && answer.status != no_content)
    to += answer.body;
}

} // namespace

class http_server::implementation : public std::enable_shared_from_this<implementation> {
public:
  implementation(http_handler handler, http_server_options options)
    : handler_(std::move(handler)), options_(std::move(options)), acceptor_(io_), pause_(io_) {
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
      pause_.cancel();
      for (const auto& one : std::exchange(sessions_, {}))
        one->finish();
    });
    thread_.join(); // nothing keeps the loop busy any more
  }

  void post(std::function<void()> deed) {
    boost::asio::post(io_, std::move(deed));
  }

  uint16_t port() const noexcept {
    return port_;
  }

  http_server_counters counters() const {
    return {connections_, too_many_, bad_requests_, timeouts_, failed_handshakes_, accept_failures_};
  }

private:
  /// One connection.
  class session : public std::enable_shared_from_this<session> {
  public:
    session(implementation& server, tcp::socket socket)
      : server_(server),
        address_(address_of(socket)),
        stream_(std::move(socket)),
        patience_(server.io_),
        farewell_(server.io_),
        buffer_(server.options_.max_header + server.options_.max_body) {
      buffer_.reserve(usual_request); // else Beast would begin with a few hundred bytes, and read twice
    }

    /// Where it comes from.
    const boost::asio::ip::address& address() const noexcept {
      return address_;
    }

    void start() {
      if (!server_.options_.certificate)
        return read();
      wait();
      auto& settings = server_.options_.certificate->current(std::chrono::steady_clock::now());
      stream_.async_accept_handshake(settings, [self = shared_from_this()](error_code why) {
        if (!why)
          return self->read();
        ++self->server_.failed_handshakes_;
        self->end();
      });
    }

    void close() {
      patience_.cancel();
      farewell_.cancel();
      stream_.close();
    }

    /// Closes as soon as the answer that is being written is out, at the latest after a moment.
    void finish() {
      if (!writing_)
        return close();
      finishing_ = true;
      farewell_.expires_after(farewell);
      farewell_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled)
          self->close();
      });
    }

  private:
    /// Ends the connection unless this is called again before. One that rings too early looks at the clock, so that a request costs no
    /// timer.
    void wait() {
      deadline_ = std::chrono::steady_clock::now() + server_.options_.patience;
      if (!std::exchange(is_waiting_, true))
        look_at_clock();
    }

    void look_at_clock() {
      patience_.expires_at(deadline_);
      patience_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (cancelled)
          return;
        if (std::chrono::steady_clock::now() < self->deadline_)
          return self->look_at_clock();
        ++self->server_.timeouts_;
        self->end();
      });
    }

    /// The next request.
    void read() {
      wait();
      parser_.emplace(server_.options_.headers, request_);
      parser_->header_limit(server_.options_.max_header);
      parser_->body_limit(server_.options_.max_body);
      if (buffer_.size() == 0)
        return read_more();
      // It has come with the one before it. Not at once: who sends thousands together would fill the stack.
      boost::asio::post(server_.io_, [self = shared_from_this()] { self->parse(); });
    }

    void read_more() {
      const auto room = buffer_.max_size() - buffer_.size();
      if (room == 0)
        return refuse(http::error::buffer_overflow);
      const auto size = std::min(room, std::max(buffer_.capacity() - buffer_.size(), usual_request));
      stream_.async_read_some(buffer_.prepare(size), [self = shared_from_this()](error_code why, size_t count) {
        if (why)
          return self->end(); // the client has gone
        self->buffer_.commit(count);
        self->parse();
      });
    }

    /// The header alone, and then the rest.
    void parse() {
      while (!parser_->is_done()) {
        if (buffer_.size() == 0)
          return read_more();
        const auto had_header = parser_->is_header_done();
        error_code why;
        buffer_.consume(parser_->put(buffer_.data(), why));
        if (why == http::error::need_more)
          return read_more();
        if (why)
          return refuse(why);
        // Nobody who has business here sends one, and Beast's parser ends the process when its last chunk is cut in a certain place.
        if (!had_header && parser_->chunked())
          return refuse({411, "text/plain", "a request with a body has to tell its length\n"});
        parser_->eager(true);
      }
      handle();
    }

    /// What came is no request.
    void refuse(error_code why) {
      if (why == http::error::header_limit || why == http::error::buffer_overflow)
        return refuse({431, "text/plain", "the header is too large\n"});
      if (why == http::error::body_limit)
        return refuse({413, "text/plain", "the body is too large\n"});
      refuse({400, "text/plain", "that is no HTTP request\n"});
    }

    void refuse(const http_response& answer) {
      ++server_.bad_requests_;
      closing_ = true; // the rest stays unread
      write(answer);
    }

    void handle() {
      auto number = ++requests_;
      std::weak_ptr<implementation> server = server_.shared_from_this();
      server_.handler_(request_, [server, weak = weak_from_this(), number](http_response answer) {
        // The server's thread ends before the server, so whoever still has it here may post. Who answers in the handler is heard
        // at once.
        if (auto alive = server.lock())
          boost::asio::dispatch(alive->io_, [weak, number, answer = std::move(answer)] {
            if (auto self = weak.lock(); self && number == self->requests_ && self->answered_ < number) {
              self->answered_ = number;
              self->write(answer);
            }
          });
      });
    }

    void write(const http_response& answer) {
      keep_alive_ = !closing_ && parser_->keep_alive();
      write_answer(answer, {keep_alive_, parser_->version() < 11, request_.method == "HEAD"}, answer_);
      const auto sent = stream_.write_now(answer_);
      if (sent == answer_.size())
        return has_written();
      writing_ = true;
      boost::asio::async_write(stream_, boost::asio::buffer(answer_) + sent,
                               [self = shared_from_this()](error_code why, size_t) {
                                 self->writing_ = false;
                                 if (why)
                                   self->end();
                                 else
                                   self->has_written();
                               });
    }

    void has_written() {
      if (finishing_ || !keep_alive_)
        say_goodbye();
      else
        read();
    }

    /// Lets the client have the answer: one that finds the connection reset may not look at it any more.
    void say_goodbye() {
      farewell_.expires_after(farewell);
      farewell_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled)
          self->end();
      });
      stream_.async_shutdown([self = shared_from_this()](error_code) {
        if (self->closing_)
          self->discard();
        else
          self->end();
      });
    }

    /// What is still unread would make the system reset the connection.
    void discard() {
      buffer_.clear();
      stream_.socket().async_read_some(buffer_.prepare(std::min(buffer_.max_size(), discarded_at_once)),
                                       [self = shared_from_this()](error_code why, size_t) {
                                         if (why)
                                           self->end();
                                         else
                                           self->discard();
                                       });
    }

    void end() {
      close();
      server_.sessions_.erase(shared_from_this());
    }

    implementation& server_;
    boost::asio::ip::address address_;
    byte_stream stream_;
    boost::asio::steady_timer patience_;
    boost::asio::steady_timer farewell_;
    std::chrono::steady_clock::time_point deadline_{};
    bool is_waiting_ = false;
    boost::beast::flat_buffer buffer_;
    std::optional<http_request_parser> parser_;
    http_request request_;
    std::string answer_;
    bool keep_alive_ = false;
    uint64_t requests_ = 0;
    uint64_t answered_ = 0;
    bool writing_ = false;
    bool finishing_ = false;
    /// The connection ends with the answer that is being written.
    bool closing_ = false;
  };

  void accept() {
    acceptor_.async_accept([this](error_code why, tcp::socket socket) {
      if (!acceptor_.is_open())
        return;
      if (why) {
        ++accept_failures_;
        pause_.expires_after(accept_again);
        pause_.async_wait([this](error_code cancelled) {
          if (!cancelled)
            accept();
        });
        return;
      }
      if (has_room_for(socket)) {
        ++connections_;
        auto one = std::make_shared<session>(*this, std::move(socket));
        sessions_.insert(one);
        one->start();
      } else {
        ++too_many_;
      }
      accept();
    });
  }

  /// So few connections are open that they may simply be counted.
  bool has_room_for(const tcp::socket& socket) const {
    auto from = address_of(socket);
    auto alike = std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& x) { return x->address() == from; });
    return sessions_.size() < options_.max_connections
           && static_cast<size_t>(alike) < options_.max_connections_per_address;
  }

  http_handler handler_;
  http_server_options options_;
  std::atomic<uint64_t> connections_ = 0, too_many_ = 0, bad_requests_ = 0, timeouts_ = 0, failed_handshakes_ = 0,
                        accept_failures_ = 0;
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::set<std::shared_ptr<session>> sessions_;
  uint16_t port_ = 0;
  std::thread thread_;
};

result<std::unique_ptr<http_server>> http_server::start(const std::string& host, uint16_t port, http_handler handler,
                                                        http_server_options options) {
  auto impl = std::make_shared<implementation>(std::move(handler), std::move(options));
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

void http_server::post(std::function<void()> deed) {
  impl_->post(std::move(deed));
}

uint16_t http_server::port() const noexcept {
  return impl_->port();
}

http_server_counters http_server::counters() const {
  return impl_->counters();
}

} // namespace creamery
