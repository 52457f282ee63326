#pragma once

#include "actors/interfaces.hpp"
#include "actors/net_link.hpp"
#include "messages/eventsub/chat_line.hpp"
#include "messages/irc_line.hpp"
#include "runtime/irc/parser.hpp"

#include <spdlog/logger.h>

#include <bit>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// Chat lines that the router hasn't accounted for yet; they outlive whoever received them.
struct chat_intake_memory {
  struct unrouted {
    chat_batch lines;
    std::shared_ptr<net_link> socket;
    size_t cost = 0;
  };

  std::deque<unrouted> pending;
  uint64_t last_batch = 0;
  uint64_t bad_events = 0;
};

/// Makes lines of events about chat, and hands them to the router as a chat connection does. A part of the actor that owns it.
template <class Self>
class chat_intake {
public:
  /// @param name the connection's for the router. @param memory outlives this. @param on_empty nothing waits any more.
  chat_intake(Self* self, std::string name, chat_intake_memory& memory, std::shared_ptr<spdlog::logger> log,
              std::function<void()> on_empty)
    : self_(self), name_(std::move(name)), memory_(memory), log_(std::move(log)), on_empty_(std::move(on_empty)) {
  }

  void use(const router_actor& router) {
    router_ = router;
    is_sending_ = false; // whoever was asked is gone
    pass_on();
  }

  /// One more event that has just come.
  void add(const eventsub::event& event) {
    auto line = eventsub::chat_line(event);
    irc_index index;
    if (!line || parse_irc(*line, index) != irc_parse_error::none) {
      // The first one, and then the 2nd, 4th, 8th …: a server that sends nothing else doesn't fill the disk.
      if (std::has_single_bit(++memory_.bad_events))
        log_->warn("{}: an event that no chat line can be made of (the {}th): {}", name_, memory_.bad_events,
                   line ? event.type : to_string(line.error()));
      return;
    }
    index.begin = static_cast<uint32_t>(text_.size());
    text_ += *line;
    lines_.push_back(index);
  }

  /// These were all. @param cost what their socket is given credit for once they are accounted for. @param read_at as in `chat_batch`.
  /// @returns whether there were any.
  bool take(const std::shared_ptr<net_link>& socket, size_t cost, int64_t read_at) {
    if (lines_.empty())
      return false;
    chat_batch batch{name_, ++memory_.last_batch, read_at, slab::copy_of(std::exchange(text_, {})),
                     std::exchange(lines_, {})};
    memory_.pending.push_back({std::move(batch), socket, cost});
    pass_on();
    return true;
  }

  bool is_empty() const noexcept {
    return memory_.pending.empty();
  }

private:
  void pass_on() {
    if (is_sending_ || !router_ || memory_.pending.empty())
      return;
    is_sending_ = true;
    self_->request(router_, caf::infinite, memory_.pending.front().lines)
      .then(
        [this] {
          is_sending_ = false;
          auto done = std::move(memory_.pending.front());
          memory_.pending.pop_front();
          done.socket->release(done.cost);
          if (memory_.pending.empty())
            on_empty_();
          pass_on();
        },
        [](const caf::error&) {}); // it has ended, and we are told the next one
  }

  Self* self_;
  std::string name_;
  chat_intake_memory& memory_;
  std::shared_ptr<spdlog::logger> log_;
  std::function<void()> on_empty_;
  router_actor router_;
  bool is_sending_ = false;
  /// The lines that are being made.
  std::string text_;
  std::vector<irc_index> lines_;
};

} // namespace creamery
