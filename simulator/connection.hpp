#pragma once

#include "simulator/irc_text.hpp"
#include "simulator/session.hpp"
#include "simulator/wire_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace creamery::simulator {

namespace net = boost::asio;
using boost::system::error_code;
using tcp = net::ip::tcp;

class connection;

/// Whom a connection tells what happens. Always from the event loop, never from within a call to the connection.
class connection_owner {
public:
  virtual ~connection_owner() = default;

  /// A line from the client, without its end.
  virtual void on_line(connection& from, std::string_view line) = 0;

  /// A WebSocket was opened, at this path and query. What it says comes from now on.
  virtual void on_upgraded(connection&, std::string_view) {
  }

  /// The client has sent a WebSocket's own Ping, which has been answered.
  virtual void on_ping(connection&) {
  }

  /// Something was written: fewer bytes wait.
  virtual void on_drained(connection& to) = 0;

  /// The connection has ended; said once. The owner lets go of it.
  virtual void on_gone(connection& gone, std::string_view reason) = 0;
};

/// A client's socket: bytes in become lines, lines out become bytes; faults are done to it here. Those for the
/// transports (`make_connection`) differ in how they shake hands, read, and pack lines.
class connection : public client_link, public std::enable_shared_from_this<connection> {
public:
  /// @param owner outlives this.
  connection(net::io_context& io, connection_owner& owner);

  /// Shakes hands, then reads.
  virtual void start() = 0;

  void send(std::string_view line, bool chat) override;
  void finish() override;
  void finish(uint16_t code, std::string_view reason) override;
  void strike(const fault& what) override;
  size_t queued() const override;

  /// Chat lines that were sent, but not written to their last byte.
  size_t unwritten_lines() const noexcept {
    return queue_.unwritten_lines() + packed_lines_;
  }

  /// Ends it at once with a TCP reset.
  void reset(std::string_view reason);

protected:
  /// Appends `packed_` to the queue in the form of the transport.
  virtual void encode(std::string& out) = 0;

  /// How many lines may be in `packed_` before it is encoded.
  virtual size_t lines_in_pack() const {
    return 1;
  }

  /// Writes some of these bytes, which stay where they are; calls `on_written` then.
  virtual void write_some(std::string_view bytes) = 0;

  /// Says goodbye as the transport does; calls `hang_up` then.
  virtual void say_goodbye() = 0;

  virtual tcp::socket& socket() = 0;

  /// The handshake is done: from now on, lines can be sent.
  void ready();

  /// Bytes arrived. False if reading shall end.
  bool take(std::string_view bytes);

  /// Reading, a handshake or writing ended with `why`.
  void failed(error_code why);

  void on_written(error_code why, size_t size);

  /// Closes our side; the client's is given a moment to do the same.
  void hang_up();

  /// Writes what waits, if nothing is being written.
  void flush();

  /// Does so at the end of this turn of the event loop, together with everything that is added until then.
  void flush_later();

  bool is_half_open() const noexcept {
    return half_open_;
  }

  net::io_context& io_;
  connection_owner& owner_;
  line_splitter splitter_;
  wire_queue queue_;
  /// Lines that will leave together.
  std::string packed_;
  /// What a WebSocket says when it is closed.
  uint16_t goodbye_code_ = 1000;
  std::string goodbye_reason_;

private:
  enum class stage { opening, open, finishing, gone };

  void pack();
  void gone(std::string_view reason);
  void reset_unless_closed();

  net::steady_timer pace_;     // of a slow connection
  net::steady_timer patience_; // with a client that doesn't close its side
  stage stage_ = stage::opening;
  size_t packed_count_ = 0;
  size_t packed_lines_ = 0; // those that are chat
  bool flush_planned_ = false;
  bool writing_ = false;
  bool half_open_ = false;
  bool wordless_ = false; // ends without a goodbye
  bool cutting_ = false;
  size_t cut_at_ = 0;
  bool reset_when_written_ = false;
};

/// How clients connect.
enum class transport_kind { ws, wss, irc, ircs };

std::string_view to_string(transport_kind kind);

/// @param tls outlives the connection. @param lines_per_frame counts for WebSocket.
std::shared_ptr<connection> make_connection(transport_kind kind, tcp::socket socket, net::io_context& io,
                                            net::ssl::context& tls, connection_owner& owner, size_t lines_per_frame);

} // namespace creamery::simulator
