#pragma once

#include "runtime/websocket/frame_decoder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// Our frame decoder and Beast's, its slow twin, side by side: used by the unit test and by the fuzz target.
namespace creamery::test {

/// What a decoder made of a stream of bytes.
struct heard {
  /// "text:hello", "ping:x", "close 1000:bye", …
  std::vector<std::string> events;
  enum class ending {
    /// Everything was fine; a frame may be unfinished.
    more,
    closed,
    fault,
  } end = ending::more;
  /// Our decoder met a text message whose last fragment is empty and whose text ends inside a character. Beast 1.81
  /// looks at the text only when there are bytes to look at, and lets that pass; RFC 6455 §8.1 doesn't.
  bool ends_inside_a_character = false;
};

inline heard hear_ours(std::string_view bytes, std::vector<size_t> cuts, size_t max_message) {
  heard result;
  frame_decoder decoder{max_message};
  std::string unread;
  std::sort(cuts.begin(), cuts.end());
  cuts.push_back(bytes.size());
  size_t begin = 0;
  for (auto cut : cuts) {
    const auto end = std::clamp(cut, begin, bytes.size());
    unread += bytes.substr(begin, end - begin);
    begin = end;
    decoder.feed(unread);
    while (const auto next = decoder.next()) {
      const std::string payload{next->payload};
      switch (next->kind) {
        case opcode::text: result.events.push_back("text:" + payload); break;
        case opcode::binary: result.events.push_back("binary:" + payload); break;
        case opcode::ping: result.events.push_back("ping:" + payload); break;
        case opcode::pong: result.events.push_back("pong:" + payload); break;
        case opcode::close:
          result.events.push_back("close " + std::to_string(next->close_code) + ":" + payload);
          result.end = heard::ending::closed;
          break;
        case opcode::continuation: result.events.push_back("a continuation, which must not happen"); break;
      }
    }
    unread.erase(0, decoder.consumed());
    if (decoder.fault()) {
      result.end = heard::ending::fault;
      result.ends_inside_a_character =
        decoder.fault() == frame_fault::invalid_utf8 && unread.starts_with({"\x80\0", 2});
      break;
    }
  }
  return result;
}

inline heard hear_beast(std::string_view bytes, size_t max_message) {
  namespace beast = boost::beast;
  namespace websocket = beast::websocket;
  using boost::system::error_code;
  heard result;
  boost::asio::io_context io;
  websocket::stream<beast::test::stream> client{io};
  websocket::stream<beast::test::stream> server{io};
  client.next_layer().connect(server.next_layer());
  client.set_option(
    websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
  server.async_accept([](error_code) {});
  client.async_handshake("twin", "/", [](error_code) {});
  io.run();
  client.read_message_max(max_message);
  client.control_callback([&](websocket::frame_type kind, beast::string_view payload) {
    const std::string text{payload.data(), payload.size()};
    if (kind == websocket::frame_type::close) {
      const auto code = client.reason().code;
      result.events.push_back("close " + std::to_string(code == websocket::close_code::none ? 1005 : code) + ":"
                              + text);
    } else {
      result.events.push_back((kind == websocket::frame_type::ping ? "ping:" : "pong:") + text);
    }
  });
  client.next_layer().append({bytes.data(), bytes.size()});
  server.next_layer().close();
  for (;;) {
    beast::flat_buffer message;
    error_code ec;
    client.read(message, ec);
    if (!ec) {
      const std::string text{static_cast<const char*>(message.data().data()), message.size()};
      result.events.push_back((client.got_text() ? "text:" : "binary:") + text);
      continue;
    }
    if (ec == websocket::error::closed)
      result.end = heard::ending::closed;
    else if (ec.category() == make_error_code(websocket::error::closed).category())
      result.end = heard::ending::fault;
    return result;
  }
}

/// Whether both made the same of it.
inline bool agree(const heard& ours, const heard& beasts) {
  if (ours.ends_inside_a_character)
    return ours.events.size() <= beasts.events.size()
           && std::equal(ours.events.begin(), ours.events.end(), beasts.events.begin());
  return ours.events == beasts.events && ours.end == beasts.end;
}

} // namespace creamery::test
