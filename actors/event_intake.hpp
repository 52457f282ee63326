#pragma once

#include "actors/interfaces.hpp"
#include "actors/net_link.hpp"
#include "actors/store.hpp"
#include "actors/wake_up.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <spdlog/logger.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace creamery {

/// Events that came over sockets and aren't on the disk yet; they outlive whoever received them.
struct intake_memory {
  /// Their socket isn't given credit for them before they are.
  struct unstored {
    eventsub::arrivals what;
    std::shared_ptr<net_link> socket;
    size_t cost = 0;
  };

  std::deque<unstored> pending;
  uint64_t events = 0;
  uint64_t same_messages = 0;
  uint64_t same_events = 0;
  /// Since when nothing is received, in milliseconds since 1970; 0: something is, or nothing is wanted. And how often that was.
  int64_t blind_since = 0;
  uint64_t gaps = 0;
  /// It was asked when the process before this one ended.
  bool knows_last_life = false;
  /// Something has been received in this life.
  bool has_found = false;
};

/// Hands what has been received to the store, one after the other, and tells since when nothing was. A part of the actor that owns it,
/// which calls `put_away` whenever it has been woken up.
template <class Self>
class event_intake {
public:
  /// @param name whose events these are, for the log. @param memory, @param alarm outlive this. @param on_empty nothing waits any more.
  event_intake(Self* self, std::string name, intake_memory& memory, wake_up& alarm, std::shared_ptr<spdlog::logger> log,
               std::function<void()> on_empty)
    : self_(self),
      name_(std::move(name)),
      memory_(memory),
      alarm_(alarm),
      log_(std::move(log)),
      on_empty_(std::move(on_empty)) {
  }

  void use(const store_actor& store) {
    store_ = store;
    is_storing_ = false; // whoever was asked is gone
    ask_about_last_life();
    put_away();
  }

  /// These came, perhaps none. @param cost what their socket is given credit for once they are on the disk.
  void take(eventsub::arrivals events, std::shared_ptr<net_link> socket, size_t cost) {
    if (events.events.empty())
      return socket->release(cost);
    memory_.pending.push_back({std::move(events), std::move(socket), cost});
  }

  void put_away() {
    if (is_storing_ || !store_ || memory_.pending.empty())
      return;
    is_storing_ = true;
    const auto attempt = ++attempts_;
    self_->request(store_, caf::infinite, memory_.pending.front().what)
      .then(
        [this, attempt](const eventsub::receipt& receipt) {
          if (attempt != attempts_)
            return; // its successor has been asked the same
          is_storing_ = false;
          auto done = std::move(memory_.pending.front());
          memory_.pending.pop_front();
          done.socket->release(done.cost);
          memory_.events += receipt.fresh;
          memory_.same_messages += receipt.same_message;
          memory_.same_events += receipt.same_event;
          if (memory_.pending.empty())
            on_empty_();
          put_away();
        },
        [this, attempt](const caf::error&) {
          if (attempt != attempts_)
            return;
          // The store has ended, and we are told the next one; or it can't write just now.
          is_storing_ = false;
          alarm_.at(self_, self_->clock().now() + store_again);
        });
  }

  bool is_empty() const noexcept {
    return memory_.pending.empty();
  }

  /// Nothing is received from now on, in milliseconds since 1970.
  void lost(int64_t now) {
    if (memory_.blind_since == 0)
      memory_.blind_since = now;
  }

  /// Something is received again.
  void found(int64_t now) {
    memory_.has_found = true;
    if (memory_.blind_since == 0)
      return;
    ++memory_.gaps;
    log_->warn("{}: no events were received from {} to {}", name_, utc_time(std::exchange(memory_.blind_since, 0)),
               utc_time(now));
  }

  /// Fills its part of a report.
  void add_to(eventsub_report& x) const {
    x.events = memory_.events;
    x.same_messages = memory_.same_messages;
    x.same_events = memory_.same_events;
    x.gaps = memory_.gaps;
    x.blind_since = memory_.blind_since;
  }

private:
  /// Since the process before this one has ended, nothing was received.
  void ask_about_last_life() {
    if (memory_.knows_last_life || !store_)
      return;
    self_->request(store_, caf::infinite, caf::get_atom_v, std::string{last_life})
      .then(
        [this](const std::string& when) {
          int64_t ended = 0;
          std::from_chars(when.data(), when.data() + when.size(), ended); // nothing: there was none
          if (!std::exchange(memory_.knows_last_life, true) && ended != 0 && !memory_.has_found)
            memory_.blind_since = ended;
        },
        [](const caf::error&) {}); // it has ended, and we are told the next one
  }

  /// After the store couldn't write.
  static constexpr auto store_again = std::chrono::seconds{1};

  Self* self_;
  std::string name_;
  intake_memory& memory_;
  wake_up& alarm_;
  std::shared_ptr<spdlog::logger> log_;
  std::function<void()> on_empty_;
  store_actor store_;
  bool is_storing_ = false;
  /// How often the store was asked. Only the last one counts: a store that is gone may refuse after its successor was asked.
  uint64_t attempts_ = 0;
};

} // namespace creamery
