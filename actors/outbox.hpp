#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/irc/limiter.hpp"
#include "runtime/irc/say_queue.hpp"
#include "runtime/store/allowance_log.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace creamery {

/// What an account says and has said; it outlives the outbox.
struct outbox_memory {
  /// @param spent_before what the account used before this; what it uses from now on is recorded there.
  /// @param clock what time it is for that record.
  outbox_memory(const say_queue::options& options, std::shared_ptr<allowance_log> spent_before,
                say_queue::time_point now, int64_t (*clock)(say_queue::time_point));

  /// Remembers that the account is about to use its allowance. Returns what went wrong with that.
  std::optional<failure> record(allowance_log::kind what, say_queue::time_point now, size_t count) {
    return spent->record(what, wall_clock(now), count);
  }

  say_queue queue;
  sliding_window logins;
  sliding_window joins;
  std::shared_ptr<allowance_log> spent;
  int64_t (*wall_clock)(say_queue::time_point);
  /// A ring of the latest latencies, in microseconds.
  std::vector<uint32_t> latencies;
  size_t next_latency = 0;
  /// The last durable message that was taken in, and those that are to be forgotten.
  uint64_t last_durable = 0;
  std::vector<uint64_t> ended;
  /// Where a bot wasn't heard when there was a durable message for it, which is still in the store: by bot and channel.
  std::set<std::pair<std::string, std::string>> unheard;
};

/// Writes what an account says, as fast as Twitch allows; gives out the account's permissions to log in and to join.
class outbox_state {
public:
  static inline const char* name = "creamery.outbox";

  /// @param bots those whose account it is. @param store null: nothing is kept there.
  outbox_state(outbox_actor::pointer self, std::string account, std::vector<std::string> bots, store_actor store,
               kept<outbox_memory> memory);

  outbox_actor::behavior_type make_behavior();

private:
  /// Somebody who waits for permission to send up to `wanted` JOINs.
  struct join_request {
    uint64_t wanted;
    caf::typed_response_promise<uint64_t> promise;
  };

  void say_now(const say_queue::transmission& one);
  void on_membership(const membership_change& change, const chat_writer_actor& writer);
  void on_notice(const channel_notice& notice);
  /// A connection that ends without a word can write nothing more; its successor will tell which sessions are left.
  void watch(const chat_writer_actor& writer);
  /// The session has ended.
  void forget_writer(const std::string& session);
  void on_down(const caf::down_msg& down);
  /// Does everything that the limits allow now, and sets the alarm for the rest.
  void proceed();
  void write();
  void record(allowance_log::kind what, size_t count);
  /// Asks the store for what is to be said for certain.
  void ask_for_says();
  /// @param after behind which number they were asked for.
  void on_says(uint64_t after, const std::vector<say>& messages);
  /// Tells the store what it may forget.
  void forget_ended();
  /// Nothing waits, and nothing is unanswered.
  bool is_drained() const;
  void remember_latency(const say_queue::transmission& sent, say_queue::time_point now);
  outbox_report report() const;

  outbox_actor::pointer self_;
  std::string account_;
  std::vector<std::string> bots_;
  store_actor store_;
  bool is_asking_ = false;
  bool is_forgetting_ = false;
  /// How often the store was asked to forget something. Only the last one counts, see `event_intake`.
  uint64_t attempts_ = 0;
  /// The store couldn't forget something just now.
  bool is_resting_ = false;
  std::shared_ptr<spdlog::logger> log_;
  kept<outbox_memory> memory_;
  std::deque<caf::typed_response_promise<void>> login_requests_;
  std::deque<join_request> join_requests_;
  /// Who writes for a session.
  std::map<std::string, chat_writer_actor> writers_;
  bool told_of_record_ = false;
  wake_up alarm_;
  drain_promises drained_;
};

using outbox = caf::stateful_actor<outbox_state, outbox_actor::base>;

} // namespace creamery
