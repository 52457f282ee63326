#include "simulator/control_session.hpp"

#include "simulator/control_api.hpp"
#include "simulator/engine.hpp"

#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace creamery::simulator {

namespace {

namespace http = boost::beast::http;

/// A replay's lines may be sent in a body.
constexpr uint64_t largest_body = uint64_t{64} << 20;

/// An idle connection is closed after that.
constexpr auto patience = std::chrono::seconds{60};

/// Web pages that somebody visits can make the browser send requests here, but not without naming their origin.
bool is_from_a_web_page(const http::request<http::string_body>& request) {
  return request.find(http::field::origin) != request.end();
}

} // namespace

control_session::control_session(engine& server, tcp::socket socket)
  : server_(server), socket_(std::move(socket)), patience_(server.io()) {
}

void control_session::close() {
  error_code ignored;
  patience_.cancel();
  socket_.close(ignored);
}

void control_session::read() {
  patience_.expires_after(patience);
  patience_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled)
      self->close();
  });
  parser_.emplace();
  parser_->body_limit(largest_body);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code why, size_t) {
    if (why)
      self->close();
    else
      self->reply();
  });
}

void control_session::reply() {
  const auto& request = parser_->get();
  control_answer made{403, "{\"error\":\"web pages have no business here\"}\n"};
  if (!is_from_a_web_page(request))
    made = answer(server_, {std::string{request.method_string()}, std::string{request.target()}, request.body()});
  response_ = {};
  response_.version(request.version());
  response_.result(made.status);
  response_.set(http::field::content_type, made.content_type);
  response_.body() = std::move(made.body);
  response_.keep_alive(request.keep_alive());
  response_.prepare_payload();
  if (request.method() == http::verb::head)
    response_.body().clear(); // its length was said nevertheless
  write();
}

void control_session::write() {
  http::async_write(socket_, response_, [self = shared_from_this()](error_code why, size_t) {
    if (why || !self->response_.keep_alive())
      self->close();
    else
      self->read();
  });
}

} // namespace creamery::simulator
