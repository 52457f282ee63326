#include "simulator/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <functional>

namespace creamery::simulator {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

using plain_stream = tcp::socket;
using tls_stream = net::ssl::stream<tcp::socket>;

tcp::socket& socket_of(plain_stream& stream) {
  return stream;
}

tcp::socket& socket_of(tls_stream& stream) {
  return stream.next_layer();
}

/// A connection over TCP or TLS; what is on top of that is up to the derived classes.
template <class Stream>
class stream_connection : public connection {
public:
  template <class... Args>
  stream_connection(net::io_context& io, connection_owner& owner, Args&&... args)
    : connection(io, owner), stream_(std::forward<Args>(args)...) {
  }

  void start() override {
    if (is_half_open())
      return; // never answers a byte
    if constexpr (std::is_same_v<Stream, tls_stream>)
      stream_.async_handshake(net::ssl::stream_base::server, [self = shared_from_this(), this](error_code why) {
        if (why)
          failed(why);
        else if (!is_half_open())
          secured();
      });
    else
      secured();
  }

protected:
  /// Bytes can be exchanged.
  virtual void secured() = 0;

  tcp::socket& socket() override {
    return socket_of(stream_);
  }

  void write_some(std::string_view bytes) override {
    stream_.async_write_some(net::buffer(bytes),
                             [self = shared_from_this(), this](error_code why, size_t size) { on_written(why, size); });
  }

  void say_goodbye() override {
    if constexpr (std::is_same_v<Stream, tls_stream>)
      stream_.async_shutdown([self = shared_from_this(), this](error_code) { hang_up(); });
    else
      hang_up();
  }

  Stream stream_;
};

/// IRC as it is.
template <class Stream>
class irc_connection final : public stream_connection<Stream> {
public:
  using stream_connection<Stream>::stream_connection;

private:
  void secured() override {
    this->ready();
    read();
  }

  void read() {
    this->stream_.async_read_some(net::buffer(buffer_),
                                  [self = this->shared_from_this(), this](error_code why, size_t size) {
                                    if (why)
                                      this->failed(why);
                                    else if (this->take({buffer_.data(), size}))
                                      read();
                                  });
  }

  void encode(std::string& out) override {
    out += this->packed_;
  }

  std::array<char, 16 * 1024> buffer_;
};

/// What lies between Beast's WebSocket stream and the socket: reads go through, written bytes are kept in the
/// connection's queue. So Beast makes the frames, but many of them leave in one write, under the same faults as any
/// other bytes.
template <class Stream>
class queueing_stream {
public:
  using executor_type = typename Stream::executor_type;

  queueing_stream(Stream& lower, std::function<void(std::string_view)> append)
    : lower_(lower), append_(std::move(append)) {
  }

  executor_type get_executor() {
    return lower_.get_executor();
  }

  template <class Buffers>
  size_t read_some(const Buffers& buffers, error_code& why) {
    return lower_.read_some(buffers, why);
  }

  template <class Buffers>
  size_t read_some(const Buffers& buffers) {
    return lower_.read_some(buffers);
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return lower_.async_read_some(buffers, std::forward<Token>(token));
  }

  template <class Buffers>
  size_t write_some(const Buffers& buffers, error_code& why) {
    why = {};
    size_t size = 0;
    for (auto part = net::buffer_sequence_begin(buffers); part != net::buffer_sequence_end(buffers); ++part) {
      net::const_buffer bytes = *part;
      append_({static_cast<const char*>(bytes.data()), bytes.size()});
      size += bytes.size();
    }
    return size;
  }

  template <class Buffers>
  size_t write_some(const Buffers& buffers) {
    error_code none;
    return write_some(buffers, none);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, size_t)>(
      [this](auto handler, const Buffers& bytes) {
        error_code why;
        auto size = write_some(bytes, why);
        net::post(get_executor(), beast::bind_front_handler(std::move(handler), why, size));
      },
      token, buffers);
  }

private:
  Stream& lower_;
  std::function<void(std::string_view)> append_;
};

/// The connection ends the socket itself; Beast only says when.
template <class Stream>
void teardown(beast::role_type, queueing_stream<Stream>&, error_code& why) {
  why = {};
}

template <class Stream, class Handler>
void async_teardown(beast::role_type, queueing_stream<Stream>& stream, Handler&& handler) {
  net::post(stream.get_executor(), beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

template <class Stream>
void beast_close_socket(queueing_stream<Stream>&) {
}

/// IRC over WebSocket.
template <class Stream>
class ws_connection final : public stream_connection<Stream> {
public:
  template <class... Args>
  ws_connection(size_t lines_per_frame, net::io_context& io, connection_owner& owner, Args&&... args)
    : stream_connection<Stream>(io, owner, std::forward<Args>(args)...),
      websocket_(this->stream_, [this](std::string_view bytes) { append(bytes); }),
      lines_per_frame_(lines_per_frame) {
  }

private:
  void secured() override {
    request_.header_limit(16 * 1024);
    http::async_read_header(websocket_.next_layer(), buffer_, request_,
                            [self = this->shared_from_this(), this](error_code why, size_t) {
                              if (why)
                                this->failed(why);
                              else if (!this->is_half_open())
                                upgrade();
                            });
  }

  void upgrade() {
    buffer_.clear(); // a client has nothing to say before it was answered
    websocket_.read_message_max(64 * 1024);
    websocket_.auto_fragment(false);
    websocket_.text(true);
    websocket_.set_option(websocket::stream_base::decorator([this](websocket::response_type& answer) {
      // Browsers' WebSocket clients insist on a subprotocol if they asked for one.
      if (auto asked = request_.get().find(http::field::sec_websocket_protocol); asked != request_.get().end())
        answer.set(http::field::sec_websocket_protocol, asked->value().substr(0, asked->value().find(',')));
    }));
    websocket_.control_callback([this](websocket::frame_type kind, std::string_view) {
      if (kind == websocket::frame_type::ping)
        this->owner_.on_ping(*this);
    });
    websocket_.async_accept(request_.get(), [self = this->shared_from_this(), this](error_code why) {
      if (why)
        return this->failed(why);
      this->ready();
      this->owner_.on_upgraded(*this, request_.get().target());
      read();
    });
  }

  void read() {
    websocket_.async_read(buffer_, [self = this->shared_from_this(), this](error_code why, size_t) {
      if (why)
        return this->failed(why == websocket::error::closed ? error_code{net::error::eof} : why);
      // Each message is whole lines, whether or not the last one has an end.
      auto bytes = buffer_.cdata();
      auto more = this->take({static_cast<const char*>(bytes.data()), bytes.size()}) && this->take("\n");
      buffer_.clear();
      if (more)
        read();
    });
  }

  void encode(std::string&) override {
    error_code why;
    encoding_ = true;
    websocket_.write(net::buffer(this->packed_), why); // to `append`; after a close, to nowhere
    encoding_ = false;
  }

  size_t lines_in_pack() const override {
    return lines_per_frame_;
  }

  /// What Beast wrote: a frame we asked for, or a handshake, pong or close of its own.
  void append(std::string_view bytes) {
    this->queue_.tail() += bytes;
    if (encoding_)
      return;
    this->queue_.commit(0, clock::now());
    this->flush_later();
  }

  void say_goodbye() override {
    if (std::exchange(said_goodbye_, true))
      return this->hang_up();
    websocket_.async_close(
      websocket::close_reason{static_cast<websocket::close_code>(this->goodbye_code_), this->goodbye_reason_},
      [self = this->shared_from_this(), this](error_code) { this->hang_up(); });
  }

  websocket::stream<queueing_stream<Stream>> websocket_;
  size_t lines_per_frame_;
  http::request_parser<http::empty_body> request_;
  beast::flat_buffer buffer_;
  bool encoding_ = false;
  bool said_goodbye_ = false;
};

} // namespace

std::string_view to_string(transport_kind kind) {
  switch (kind) {
    case transport_kind::ws: return "ws";
    case transport_kind::wss: return "wss";
    case transport_kind::irc: return "irc";
    case transport_kind::ircs: return "ircs";
  }
  return "?";
}

std::shared_ptr<connection> make_connection(transport_kind kind, tcp::socket socket, net::io_context& io,
                                            net::ssl::context& tls, connection_owner& owner, size_t lines_per_frame) {
  switch (kind) {
    case transport_kind::ws:
      return std::make_shared<ws_connection<plain_stream>>(lines_per_frame, io, owner, std::move(socket));
    case transport_kind::wss:
      return std::make_shared<ws_connection<tls_stream>>(lines_per_frame, io, owner, std::move(socket), tls);
    case transport_kind::irc: return std::make_shared<irc_connection<plain_stream>>(io, owner, std::move(socket));
    case transport_kind::ircs: return std::make_shared<irc_connection<tls_stream>>(io, owner, std::move(socket), tls);
  }
  return nullptr;
}

} // namespace creamery::simulator
