#pragma once

#include "simulator/connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>

namespace creamery::simulator {

class engine;

/// One HTTP connection to the control port.
class control_session : public std::enable_shared_from_this<control_session> {
public:
  /// @param server outlives this.
  control_session(engine& server, tcp::socket socket);

  void start() {
    read();
  }

  void close();

private:
  using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using response = boost::beast::http::response<boost::beast::http::string_body>;

  void read();
  void reply();
  void write();

  engine& server_;
  tcp::socket socket_;
  net::steady_timer patience_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  response response_;
};

} // namespace creamery::simulator
