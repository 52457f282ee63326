#pragma once

#include "messages/slab.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/fwd.hpp"
#include "runtime/net/net_error.hpp"
#include "runtime/net/net_options.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace creamery {

/// What a net session tells its owner; called on the network thread, in order. Must neither block nor throw. Destroyed
/// on the network thread as well, after `on_closed` or when another listener takes its place.
class net_listener {
public:
  virtual ~net_listener() = default;

  /// The connection stands: TLS is verified, the WebSocket is open. A listener that is attached to an open session
  /// hears it too, first.
  virtual void on_open() = 0;

  /// Lines arrived. Give `batch.cost` back when they are dealt with.
  virtual void on_lines(line_batch batch) = 0;

  /// The session is over, or never came to be. Exactly once, last.
  virtual void on_closed(net_error why) = 0;
};

/// A session's numbers since it was opened; not all of the same instant.
struct net_statistics {
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  /// Reads that gave bytes, and writes that were completed: bytes by these are the effect of batching.
  uint64_t reads = 0;
  uint64_t writes = 0;
  /// WebSocket frames received: whole messages and control frames.
  uint64_t frames_in = 0;
  uint64_t lines_in = 0;
  /// Lines that were skipped because they were longer than `net_options::max_line`.
  uint64_t oversize_lines = 0;
  /// Bytes that are out with the owner.
  uint64_t outstanding = 0;
  /// Bytes that wait to be written.
  uint64_t unsent = 0;
  /// The owner holds its whole credit, so the socket is not read.
  bool reading_paused = false;
};

/// One connection to a server that sends lines: owns the socket and the bytes. Outlives its owner, so that a restarted
/// one can go on where its predecessor died. All member functions may be called from any thread.
///
/// Credit: every batch has a cost, and as long as `net_options::window` bytes are out, the socket is not read. The
/// session keeps what was not released yet, within the same bound, and delivers it again to a listener that is attached
/// later: nothing is lost in the mailbox of an owner that died. `line_batch::first` tells the new one what it already
/// knows.
class net_session {
public:
  /// Begins to connect; never blocks. What comes of it is told to `listener`, which must not be null; nothing is, and
  /// it is destroyed, when the context has been stopped.
  static std::shared_ptr<net_session> open(net_context& context, endpoint server, net_options options,
                                           std::unique_ptr<net_listener> listener);

  net_session(const net_session&) = delete;
  net_session& operator=(const net_session&) = delete;

  /// Calls `close`.
  ~net_session();

  /// Queues bytes: one or more lines, each ending in CR LF. Over WebSocket they become one text message, so they must
  /// be UTF-8. What is queued before the session is open leaves when it is; what is queued while a write is under way
  /// leaves in the next single write.
  ///
  /// @returns false, and nothing was queued, when the queue is full or the session is closing or closed.
  bool send(std::string_view bytes);

  /// Drops what was queued but isn't inside a write yet.
  ///
  /// @returns how many bytes that were, frame headers included.
  size_t discard_unsent();

  /// Gives reading credit back: the cost of batches that are dealt with, the oldest first, each once.
  void release(size_t cost);

  /// Gives the session a new listener. It hears `on_open` if the session is open, then everything that was not released
  /// yet, once more, then what is new, and `on_closed` if that has come to pass.
  ///
  /// @returns false, and the listener is destroyed, when the context has been stopped.
  bool attach(std::unique_ptr<net_listener> listener);

  /// Sends what is queued, says goodbye (WebSocket close frame with code 1000, TLS close) and ends the session, all
  /// within `net_timeouts::close`; lines that still arrive are delivered. A session that isn't open yet ends at once.
  /// Does nothing the second time.
  void close();

  net_statistics statistics() const;

  /// The server it was opened for.
  const endpoint& server() const noexcept;

private:
  explicit net_session(std::shared_ptr<session_state> state);

  std::shared_ptr<session_state> state_;
};

} // namespace creamery
