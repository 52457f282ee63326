#include "runtime/admin/http_get.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace creamery {

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using error_code = boost::system::error_code;

constexpr uint64_t max_answer = 64 * 1024 * 1024;

} // namespace

result<std::string> http_get(const std::string& host, uint16_t port, const std::string& target,
                             std::chrono::milliseconds timeout) {
  const auto place = "http://" + host + ":" + std::to_string(port) + target;
  boost::asio::io_context io{1};
  error_code why;
  auto address = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, why);
  if (why)
    return failure{place, why.message()};
  boost::beast::tcp_stream stream{io};
  stream.expires_after(timeout); // for all of it
  http::request<http::empty_body> request{http::verb::get, target, 11};
  request.set(http::field::host, host);
  request.set(http::field::connection, "close");
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_answer);
  auto done = [&](error_code ec) { why = ec; };
  stream.async_connect(tcp::endpoint{address, port}, [&](error_code ec) {
    if (ec)
      return done(ec);
    http::async_write(stream, request, [&](error_code ec2, size_t) {
      if (ec2)
        return done(ec2);
      http::async_read(stream, buffer, parser, [&](error_code ec3, size_t) { done(ec3); });
    });
  });
  io.run();
  if (why)
    return failure{place, why.message()};
  if (parser.get().result() != http::status::ok)
    return failure{place, "answered " + std::to_string(parser.get().result_int()) + ": " + parser.get().body()};
  return std::move(parser.get().body());
}

} // namespace creamery
