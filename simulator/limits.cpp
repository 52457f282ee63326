#include "simulator/limits.hpp"

#include <algorithm>

namespace creamery::simulator {

bool attempt_window::full(size_t limit, duration length, time_point now) const {
  if (limit == 0)
    return true;
  return attempts_.size() >= limit && now - attempts_[attempts_.size() - limit] < length;
}

bool attempt_window::admit(size_t limit, duration length, time_point now) {
  return admit(limit, limit, length, now).within_large;
}

attempt_window::outcome attempt_window::admit(size_t small, size_t large, duration length, time_point now) {
  outcome found{!full(small, length, now), !full(large, length, now)};
  attempts_.push_back(now);
  while (attempts_.size() > std::max(small, large))
    attempts_.pop_front();
  return found;
}

rate_verdict account_limits::message(std::string_view channel, standing who, time_point now) {
  if (!table_->enforced)
    return rate_verdict::fine;
  auto ordinary = who.verified ? table_->verified_messages : table_->messages;
  auto privileged = who.verified ? table_->verified_messages : table_->privileged_messages;
  auto found = messages_.admit(ordinary, privileged, table_->message_window, now);
  if (who.privileged)
    return found.within_large ? rate_verdict::fine : rate_verdict::exceeded;
  if (now < locked_until_)
    return rate_verdict::locked_out;
  if (!found.within_small) {
    locked_until_ = now + table_->lockout;
    return rate_verdict::exceeded;
  }
  return channel_too_fast(channel, now) ? rate_verdict::channel_too_fast : rate_verdict::fine;
}

bool account_limits::channel_too_fast(std::string_view channel, time_point now) {
  constexpr size_t worth_tidying = 256;
  if (last_in_channel_.size() >= worth_tidying)
    std::erase_if(last_in_channel_, [&](const auto& last) { return now - last.second >= table_->channel_gap; });
  auto [last, is_first] = last_in_channel_.try_emplace(std::string{channel}, now);
  if (is_first)
    return false;
  auto gap = now - last->second;
  last->second = now;
  return gap < table_->channel_gap;
}

bool account_limits::join(bool verified, time_point now) {
  return !table_->enforced || joins_.admit(verified ? table_->verified_joins : table_->joins, table_->join_window, now);
}

bool account_limits::login(bool verified, time_point now) {
  return !table_->enforced
         || logins_.admit(verified ? table_->verified_logins : table_->logins, table_->login_window, now);
}

} // namespace creamery::simulator
