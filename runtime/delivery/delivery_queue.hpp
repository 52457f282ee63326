#pragma once

#include "messages/chat_batch.hpp"
#include "messages/counters.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace creamery {

/// The lines on their way to one cog: numbered, kept until acknowledged, given out within a window, bounded in bytes. When
/// it is full, ordinary chat is shed first, oldest first, then commands and events. A pure class: no clock, no actor.
class delivery_queue {
public:
  struct options {
    /// Most bytes of lines that wait.
    size_t capacity = 16 * 1024 * 1024;
    /// Most bytes of lines that are with the cog and not acknowledged; a first batch always goes.
    size_t window = 1024 * 1024;
  };

  explicit delivery_queue(options o) : options_(o) {
  }

  delivery_queue() : delivery_queue(options{}) {
  }

  /// Numbers the lines and appends them; makes room by shedding when there is none.
  void push(cog_batch::content content);

  /// The next lines for the cog, if the window allows and there are any.
  std::optional<cog_batch> take();

  /// The cog is done with everything up to number `upto`; `poisoned` of all that it has ever been done with threw.
  void acknowledge(uint64_t upto, uint64_t poisoned);

  /// The cog was replaced by a new one that has nothing: what isn't acknowledged will be given out again.
  void restart();

  /// The lines that wait call command number n by another number from now on: `numbers[n]`.
  void renumber_commands(const std::vector<uint16_t>& numbers);

  const delivery_counters& counters() const noexcept {
    return counters_;
  }

  /// The oldest line that isn't acknowledged, as long as the queue isn't changed.
  std::optional<irc_line> oldest() const;

  /// Bytes of lines that wait to be given out.
  size_t waiting_bytes() const noexcept {
    return waiting_bytes_;
  }

private:
  struct batch {
    std::shared_ptr<cog_batch::content> content;
    size_t bytes = 0;
  };

  static size_t bytes_of(const cog_batch::content& content) noexcept;
  void shed(size_t excess);
  template <class Predicate>
  void shed_if(size_t excess, Predicate may_go);

  options options_;
  uint64_t last_number_ = 0;
  uint64_t acknowledged_ = 0;
  std::deque<batch> in_flight_;
  std::deque<batch> waiting_;
  size_t in_flight_bytes_ = 0;
  size_t waiting_bytes_ = 0;
  delivery_counters counters_;
};

} // namespace creamery
