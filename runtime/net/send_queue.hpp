#pragma once

#include "runtime/websocket/frame_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace creamery {

/// What a session has to send, ready for the wire. Any thread may put something in; the network thread takes everything
/// that has come together and writes it at once. Holds a bounded number of bytes.
class send_queue {
public:
  enum class outcome {
    /// Full, or ended.
    refused,
    /// Queued; it will be taken with what is already there, or after the write that is under way.
    queued,
    /// Queued, and nobody is about to take it: the network thread has to be told.
    wake,
  };

  /// @param frames whether bytes become WebSocket frames.
  /// @param bound bytes that may wait.
  send_queue(bool frames, size_t bound);

  /// Queues lines: as they are, or as one text message.
  outcome push(std::string_view bytes);

  /// Queues a control frame. A pong is dropped when the queue is full: the server doesn't read, so it can't miss it.
  outcome push_pong(std::string_view payload);

  /// Queues a close frame, the last one, whatever the bound says; afterwards everything is refused. Without frames, or
  /// the second time, nothing is queued.
  outcome push_close(uint16_t code, std::string_view reason);

  /// From now on refuses lines.
  void finish();

  /// Begins a write: swaps everything that waits with `out`, whose old content is lost but whose memory is used again.
  ///
  /// @returns false if nothing waits; the next `push` says `wake`, then.
  bool take(std::string& out);

  /// Drops what waits, unless a close frame does. @returns how many bytes that were.
  size_t discard();

  /// Bytes that wait.
  size_t size() const;

private:
  outcome wake_once();

  const bool frames_;
  const size_t bound_;
  mutable std::mutex mutex_;
  frame_encoder encoder_;
  std::string waiting_;
  /// Somebody is going to call `take`. A session does so when it opens, so nobody has to be told before.
  bool awake_ = true;
  bool finished_ = false;
  bool closed_ = false;
};

} // namespace creamery
