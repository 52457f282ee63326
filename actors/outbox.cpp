#include "actors/outbox.hpp"

#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <random>

namespace creamery {

namespace {

/// Latencies kept for the report.
constexpr size_t max_latencies = 4'096;

} // namespace

outbox_state::outbox_state(outbox_actor::pointer self, std::string account, say_queue::options options)
  : self_(self),
    account_(std::move(account)),
    log_(make_logger("outbox")),
    queue_(options, std::random_device{}()),
    logins_(options.limits.logins, options.limits.login_period),
    joins_(options.limits.joins, options.limits.join_period) {
  if (!options.spent)
    return;
  auto now = self_->clock().now();
  queue_.assume_spent(now);
  logins_.fill(now, options.limits.logins);
  joins_.fill(now, options.limits.joins);
}

outbox_actor::behavior_type outbox_state::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  return {
    [](ready_atom) {},
    [this](const say& message) {
      auto accepted = queue_.accept(message, self_->clock().now());
      if (!accepted)
        log_->warn(
          "{}: a message of {} in #{} was dropped: the queue is full, nothing is left of its text, or the account "
          "is anonymous",
          account_, message.cog, message.channel);
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
      queue_.own_state(state.bot, state.channel, state.privileged, state.message_id, state.nonce);
      proceed();
    },
    [this](const channel_notice& notice) {
      on_notice(notice);
      proceed();
    },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      proceed();
    },
    [this](caf::get_atom) { return report(); },
  };
}

void outbox_state::on_membership(const membership_change& change, const chat_writer_actor& writer) {
  auto key = std::pair{change.bot, change.channel};
  switch (change.what) {
    case membership_change::kind::joined:
      // What the connection before this one has not answered will never be answered.
      if (auto known = writers_.find(key); known != writers_.end() && known->second != writer)
        queue_.lost(change.bot, change.channel);
      watch(writer);
      writers_[key] = writer;
      queue_.joined(change.bot, change.channel);
      break;
    case membership_change::kind::lost:
      if (auto known = writers_.find(key); known != writers_.end() && known->second == writer) {
        writers_.erase(known);
        queue_.lost(change.bot, change.channel);
      }
      break;
    case membership_change::kind::left:
      writers_.erase(key);
      queue_.left(change.bot, change.channel);
      break;
  }
}

void outbox_state::watch(const chat_writer_actor& writer) {
  if (std::none_of(writers_.begin(), writers_.end(), [&](const auto& x) { return x.second == writer; }))
    self_->monitor(writer);
}

void outbox_state::on_down(const caf::down_msg& down) {
  std::erase_if(writers_, [&](const auto& one) {
    if (one.second.address() != down.source)
      return false;
    queue_.lost(one.first.first, one.first.second);
    return true;
  });
  proceed();
}

void outbox_state::on_notice(const channel_notice& notice) {
  if (queue_.noticed(notice.bot, notice.channel, notice.msg_id))
    log_->warn("{}: Twitch refused a message of {} in #{}: {} ({})", account_, notice.bot, notice.channel, notice.text,
               notice.msg_id);
}

void outbox_state::proceed() {
  auto now = self_->clock().now();
  while (!login_requests_.empty() && logins_.available(now) > 0) {
    logins_.record(now);
    login_requests_.front().deliver();
    login_requests_.pop_front();
  }
  while (!join_requests_.empty() && joins_.available(now) > 0) {
    auto& one = join_requests_.front();
    auto count = std::min<uint64_t>(one.wanted, joins_.available(now));
    joins_.record(now, count);
    one.promise.deliver(count);
    join_requests_.pop_front();
  }
  if (queue_.deadline() <= now)
    write();
  alarm_.at(self_, queue_.deadline());
  if (!login_requests_.empty())
    alarm_.at(self_, logins_.next(now));
  if (!join_requests_.empty())
    alarm_.at(self_, joins_.next(now));
}

void outbox_state::write() {
  auto now = self_->clock().now();
  for (auto& one : queue_.next(now)) {
    auto writer = writers_.find({one.bot, one.channel});
    if (writer == writers_.end())
      continue; // can't be: only joined channels are written to, and they have a writer
    remember_latency(one, now);
    self_->send(writer->second, outgoing_line{std::move(one.channel), std::move(one.line)});
  }
}

void outbox_state::remember_latency(const say_queue::transmission& sent, say_queue::time_point now) {
  if (sent.caused_at == 0)
    return;
  auto total = std::chrono::nanoseconds{now.time_since_epoch()} - std::chrono::nanoseconds{sent.caused_at};
  auto latency = std::chrono::duration_cast<std::chrono::microseconds>(total - sent.waited).count();
  auto value = static_cast<uint32_t>(std::clamp<int64_t>(latency, 0, UINT32_MAX));
  if (latencies_.size() < max_latencies)
    latencies_.push_back(value);
  else
    latencies_[next_latency_++ % max_latencies] = value;
}

outbox_report outbox_state::report() const {
  return {account_, queue_.counters(), latencies_};
}

} // namespace creamery
