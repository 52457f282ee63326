#pragma once

#include "runtime/net/byte_stream.hpp"
#include "runtime/net/credit_window.hpp"
#include "runtime/net/dialer.hpp"
#include "runtime/net/line_splitter.hpp"
#include "runtime/net/net_core.hpp"
#include "runtime/net/net_session.hpp"
#include "runtime/net/receive_buffer.hpp"
#include "runtime/net/send_queue.hpp"
#include "runtime/websocket/frame_decoder.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// The inside of a net session. Its handle (`net_session`) may go away while it is still saying goodbye.
///
/// What has rules is elsewhere, without I/O: the frames, the lines, the credit, the send queue. This only carries bytes
/// between them and the socket. All private members belong to the network thread unless they say otherwise.
class session_state : public net_activity, public std::enable_shared_from_this<session_state> {
public:
  session_state(std::shared_ptr<net_core> core, endpoint server, net_options options,
                std::unique_ptr<net_listener> listener);

  // -- for any thread: see `net_session` --

  void start();
  bool send(std::string_view bytes);
  size_t discard_unsent();
  void release(size_t cost);
  bool attach(std::unique_ptr<net_listener> listener);
  void close();
  net_statistics statistics() const;

  const endpoint& server() const noexcept {
    return server_;
  }

private:
  using error_code = boost::system::error_code;
  using clock = std::chrono::steady_clock;

  enum class phase {
    dialling,
    open,
    /// Something is left to be sent or awaited, and `closing_` bounds the time for it.
    closing,
    closed,
  };

  // -- becoming open --
  void dial();
  void on_dialled(dialled connection);
  void take_first(std::string_view received);
  void watch_silence(clock::duration remaining);
  void deliver_to(std::unique_ptr<net_listener> listener);

  // -- reading --
  bool wants_to_read() const noexcept;
  void pause_or_read();
  void read();
  void on_read(error_code ec, size_t size);
  void on_read_error(error_code ec);
  void take_received();
  void take_lines();
  void take_frames();
  void add_lines(std::string_view message, size_t offset);
  void publish(std::shared_ptr<const slab> memory, size_t cost);

  // -- writing --
  void write();
  void on_written(error_code ec, size_t size);

  // -- the end --
  void shut_down() override;
  void on_close_frame(const frame& goodbye);
  void begin_closing(net_error why, uint16_t close_code);
  void limit_closing(net_error why);
  void on_all_written();
  void say_goodbye();
  void finish(net_error why);
  void report(net_error why);
  net_error error_at(net_step step, error_code ec, std::string text) const;

  const std::shared_ptr<net_core> core_;
  const endpoint server_;
  const net_options options_;
  phase phase_ = phase::dialling;
  std::unique_ptr<net_listener> listener_;
  std::shared_ptr<dialer> dialer_;
  std::unique_ptr<byte_stream> stream_;

  receive_buffer received_;
  frame_decoder decoder_;
  line_splitter splitter_;
  std::vector<line_span> lines_;
  bool reading_ = false;
  /// What the server may still send means nothing: it said goodbye, or broke the rules.
  bool deaf_ = false;
  clock::time_point last_read_;
  boost::asio::steady_timer silence_;

  std::string outgoing_;
  bool writing_ = false;
  boost::asio::steady_timer write_limit_;

  boost::asio::steady_timer closing_;
  /// Why the session is ending; set while closing.
  net_error end_;
  bool said_goodbye_ = false;
  /// What the listener was told, for one that is attached later.
  std::optional<net_error> reported_;

  // -- for any thread --
  credit_window credit_;
  send_queue unsent_;
  /// Reading waits for credit. Written by the network thread only.
  std::atomic<bool> paused_ = false;
  std::atomic<bool> close_asked_ = false;

  struct {
    std::atomic<uint64_t> bytes_in = 0;
    std::atomic<uint64_t> bytes_out = 0;
    std::atomic<uint64_t> reads = 0;
    std::atomic<uint64_t> writes = 0;
    std::atomic<uint64_t> frames_in = 0;
    std::atomic<uint64_t> oversize_lines = 0;
  } counts_;
};

} // namespace creamery
