#include "actors/outbox.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <bit>
#include <random>

namespace creamery {

namespace {

/// Latencies kept for the report.
constexpr size_t max_latencies = 4'096;

/// So many lines may still wait when a durable message is taken in, which is longer than one can be.
constexpr size_t room_for_others = 100;

/// After there was no room, or the disk couldn't be written.
constexpr auto ask_again = std::chrono::seconds{1};

} // namespace

outbox_memory::outbox_memory(const say_queue::options& options, std::shared_ptr<allowance_log> spent_before,
                             say_queue::time_point now, int64_t (*clock)(say_queue::time_point))
  : queue(options, std::random_device{}()),
    logins(options.limits.logins, options.limits.login_period),
    joins(options.limits.joins, options.limits.join_period),
    spent(std::move(spent_before)),
    wall_clock(clock) {
  for (const auto& use : spent->uses()) {
    // A clock that was set back meanwhile says that it is yet to come: then it counts as done just now.
    auto when = now - std::chrono::milliseconds{std::max<int64_t>(wall_clock(now) - use.at, 0)};
    switch (use.what) {
      case allowance_log::kind::message: queue.remember(when, use.count); break;
      case allowance_log::kind::login: logins.record(when, use.count); break;
      case allowance_log::kind::join: joins.record(when, use.count); break;
    }
  }
}

outbox_state::outbox_state(outbox_actor::pointer self, std::string account, std::vector<std::string> bots,
                           store_actor store, kept<outbox_memory> memory)
  : self_(self),
    account_(std::move(account)),
    bots_(std::move(bots)),
    store_(std::move(store)),
    log_(make_logger("outbox")),
    memory_(std::move(memory)) {
  memory_->queue.recount();
}

outbox_actor::behavior_type outbox_state::make_behavior() {
  end_with_exceptions(self_);
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  ask_for_says();
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, is_drained()); },
    [this](const say& message) {
      auto accepted = memory_->queue.accept(message, self_->clock().now());
      // The first one, and then the 2nd, 4th, 8th …: whoever is flooded mustn't be flooded by the log, too.
      if (auto rejected = memory_->queue.counters().rejected; !accepted && std::has_single_bit(rejected))
        log_->warn(
          "{}: a message of {} in #{} was dropped: the queue is full, nothing is left of its text, or the account "
          "is anonymous ({} so far)",
          account_, message.cog, message.channel, rejected);
      proceed();
      return accepted;
    },
    [this](login_atom) -> caf::result<void> {
      auto promise = self_->make_response_promise<void>();
      login_requests_.push_back(promise);
      proceed();
      return promise;
    },
    [this](join_atom, uint64_t wanted) -> caf::result<uint64_t> {
      auto promise = self_->make_response_promise<uint64_t>();
      join_requests_.push_back({wanted, promise});
      proceed();
      return promise;
    },
    [this](const membership_change& change, const chat_writer_actor& writer) {
      on_membership(change, writer);
      proceed();
    },
    [this](const own_state& state) {
      memory_->queue.own_state(state.bot, state.channel, state.privileged, state.message_id, state.nonce);
      proceed();
    },
    [this](const channel_notice& notice) {
      on_notice(notice);
      proceed();
    },
    [this](const send_verdict& verdict) {
      if (memory_->queue.decided(verdict) && verdict.what != send_verdict::kind::confirmed)
        log_->warn("{}: a message of {} in #{} {}: {} ({})", account_, verdict.bot, verdict.channel,
                   verdict.what == send_verdict::kind::refused ? "was refused by Twitch" : "was perhaps not said",
                   verdict.text, verdict.code.empty() ? "no code" : verdict.code);
      proceed();
    },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      is_asking_ = is_forgetting_ = is_resting_ = false; // whoever was asked is gone
      ask_for_says();
      forget_ended();
    },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      is_resting_ = false;
      ask_for_says();
      proceed();
    },
    [this](caf::get_atom) { return report(); },
  };
}

void outbox_state::on_membership(const membership_change& change, const chat_writer_actor& writer) {
  auto& queue = memory_->queue;
  switch (change.what) {
    case membership_change::kind::joined:
      watch(writer);
      writers_[change.session] = writer;
      queue.joined(change.bot, change.channel, change.session);
      if (memory_->unheard.erase({change.bot, change.channel}) > 0) {
        memory_->last_durable = 0; // from the beginning: those that are known are passed over
        is_asking_ = false;
        ask_for_says();
      }
      break;
    case membership_change::kind::closing: queue.closing(change.bot, change.channel, change.session); break;
    case membership_change::kind::lost:
      queue.lost(change.bot, change.channel, change.session);
      if (!queue.needs(change.session)) // that was its last channel: each connection has many sessions in its life
        forget_writer(change.session);
      break;
    case membership_change::kind::left: queue.left(change.bot, change.channel); break;
  }
}

void outbox_state::watch(const chat_writer_actor& writer) {
  if (std::none_of(writers_.begin(), writers_.end(), [&](const auto& x) { return x.second == writer; }))
    self_->monitor(writer);
}

void outbox_state::forget_writer(const std::string& session) {
  auto gone = writers_.extract(session);
  if (!gone.empty()
      && std::none_of(writers_.begin(), writers_.end(), [&](const auto& x) { return x.second == gone.mapped(); }))
    self_->demonitor(gone.mapped().address());
}

void outbox_state::on_down(const caf::down_msg& down) {
  std::erase_if(writers_, [&](const auto& one) {
    if (one.second.address() != down.source)
      return false;
    memory_->queue.closing(one.first);
    return true;
  });
  proceed();
}

void outbox_state::on_notice(const channel_notice& notice) {
  if (memory_->queue.noticed(notice.bot, notice.channel, notice.msg_id))
    log_->warn("{}: Twitch refused a message of {} in #{}: {} ({})", account_, notice.bot, notice.channel, notice.text,
               notice.msg_id);
}

void outbox_state::proceed() {
  auto now = self_->clock().now();
  while (!login_requests_.empty() && memory_->logins.available(now) > 0) {
    memory_->logins.record(now);
    record(allowance_log::kind::login, 1);
    login_requests_.front().deliver();
    login_requests_.pop_front();
  }
  while (!join_requests_.empty() && memory_->joins.available(now) > 0) {
    auto& one = join_requests_.front();
    auto count = std::min<uint64_t>(one.wanted, memory_->joins.available(now));
    memory_->joins.record(now, count);
    record(allowance_log::kind::join, count);
    one.promise.deliver(count);
    join_requests_.pop_front();
  }
  if (memory_->queue.deadline() <= now)
    write();
  forget_ended();
  drained_.check([this] { return is_drained(); });
  alarm_.at(self_, memory_->queue.deadline());
  if (!login_requests_.empty())
    alarm_.at(self_, memory_->logins.next(now));
  if (!join_requests_.empty())
    alarm_.at(self_, memory_->joins.next(now));
}

void outbox_state::ask_for_says() {
  if (is_asking_ || !store_ || bots_.empty())
    return;
  is_asking_ = true;
  const auto after = memory_->last_durable;
  self_->request(store_, caf::infinite, caf::get_atom_v, bots_, after)
    .then(
      [this, after](const std::vector<say>& messages) { on_says(after, messages); },
      // The store has ended: the account will name the next one, which is asked then. Or it was asked again meanwhile.
      [](const caf::error&) {});
}

void outbox_state::on_says(uint64_t after, const std::vector<say>& messages) {
  if (after != memory_->last_durable)
    return; // they were asked for again, from the beginning
  is_asking_ = false;
  auto now = self_->clock().now();
  for (const auto& message : messages) {
    if (memory_->queue.lines_left() < room_for_others) {
      alarm_.at(self_, now + ask_again); // the rest is asked for again
      return proceed();
    }
    memory_->last_durable = message.durable;
    if (std::find(memory_->ended.begin(), memory_->ended.end(), message.durable) != memory_->ended.end())
      continue; // the store is about to forget it
    if (!memory_->queue.is_joined(message.bot, message.channel)) {
      // It may be for a channel that the bot will never be in, and must not take the place of others.
      memory_->unheard.emplace(message.bot, message.channel);
    } else if (!memory_->queue.accept(message, now)) {
      log_->error("{}: a message of {} in #{} was dropped: nothing is left of its text, or the account is anonymous",
                  account_, message.cog, message.channel);
      memory_->ended.push_back(message.durable);
    }
  }
  ask_for_says();
  proceed();
}

void outbox_state::forget_ended() {
  auto& ended = memory_->ended;
  for (auto number : memory_->queue.take_ended())
    ended.push_back(number);
  if (is_forgetting_ || is_resting_ || !store_ || ended.empty())
    return;
  is_forgetting_ = true;
  const auto attempt = ++attempts_;
  self_->request(store_, caf::infinite, answered_atom_v, ended)
    .then(
      [this, count = ended.size(), attempt] {
        if (attempt != attempts_)
          return; // its successor has been asked the same
        is_forgetting_ = false;
        memory_->ended.erase(memory_->ended.begin(), memory_->ended.begin() + static_cast<ptrdiff_t>(count));
        drained_.check([this] { return is_drained(); });
        forget_ended();
      },
      [this, attempt](const caf::error&) {
        if (attempt != attempts_)
          return;
        // Either it has ended, and the account will name the next one, or the disk doesn't take it just now.
        is_forgetting_ = false;
        is_resting_ = true;
        alarm_.at(self_, self_->clock().now() + ask_again);
      });
}

bool outbox_state::is_drained() const {
  auto counters = memory_->queue.counters();
  return counters.waiting + counters.in_flight == 0 && (memory_->ended.empty() || !store_);
}

void outbox_state::write() {
  auto now = self_->clock().now();
  auto todo = memory_->queue.next(now);
  if (!todo.empty())
    record(allowance_log::kind::message, todo.size());
  for (auto& one : todo) {
    remember_latency(one, now);
    say_now(one);
  }
}

void outbox_state::record(allowance_log::kind what, size_t count) {
  auto failed = memory_->record(what, self_->clock().now(), count);
  if (failed && !std::exchange(told_of_record_, true))
    log_->error("{}: {}: after a crash it won't be known what was sent", account_, to_string(*failed));
}

void outbox_state::say_now(const say_queue::transmission& one) {
  auto writer = writers_.find(one.session);
  if (writer == writers_.end())
    return memory_->queue.unanswered(one);
  self_->request(writer->second, caf::infinite, outgoing_line{one.channel, one.line, one.session, one.number})
    .then(
      [this, one](bool written) {
        if (written) {
          memory_->queue.handed(one);
        } else {
          memory_->queue.not_written(one);
          memory_->queue.lost(one.bot, one.channel, one.session);
          proceed();
        }
      },
      [this, one](const caf::error&) {
        memory_->queue.unanswered(one);
        proceed();
      });
}

void outbox_state::remember_latency(const say_queue::transmission& sent, say_queue::time_point now) {
  if (sent.caused_at == 0)
    return;
  auto total = std::chrono::nanoseconds{now.time_since_epoch()} - std::chrono::nanoseconds{sent.caused_at};
  auto latency = std::chrono::duration_cast<std::chrono::microseconds>(total - sent.waited).count();
  auto value = static_cast<uint32_t>(std::clamp<int64_t>(latency, 0, UINT32_MAX));
  if (memory_->latencies.size() < max_latencies)
    memory_->latencies.push_back(value);
  else
    memory_->latencies[memory_->next_latency++ % max_latencies] = value;
}

outbox_report outbox_state::report() const {
  return {account_, memory_->queue.counters(), memory_->latencies};
}

} // namespace creamery
