#include "simulator/rooms.hpp"

#include "simulator/ids.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// How many texts unique-chat mode compares with.
constexpr size_t unique_texts = 200;

/// Above that, people who haven't said anything for a while are forgotten.
constexpr size_t many_speakers = 1000;

long seconds_until(time_point end, time_point now) {
  return std::chrono::ceil<std::chrono::seconds>(end - now).count();
}

} // namespace

role_set room::role_of(std::string_view login) const {
  auto place = roles_.find(login);
  auto found = place == roles_.end() ? role_set{} : place->second;
  found.broadcaster = login == name();
  return found;
}

role_set& room::change_role(std::string_view login) {
  return roles_.try_emplace(std::string{login}).first->second;
}

judgement room::judge(std::string_view login, std::string_view text, bool only_emotes, duration duplicate_window,
                      time_point now) const {
  auto who = role_of(login);
  if (who.banned_until == time_point::max())
    return {verdict::banned};
  if (who.banned_until > now)
    return {verdict::timed_out, seconds_until(who.banned_until, now)};
  if (settings.suspended)
    return {verdict::suspended};
  if (settings.missing || settings.silent)
    return {verdict::missing};
  if (who.privileged())
    return {};
  if (settings.subscribers_only && !who.subscriber)
    return {verdict::subscribers_only};
  if (settings.followers_only >= 0 && !who.follower && !who.subscriber)
    return {verdict::followers_only, settings.followers_only};
  if (settings.emote_only && !only_emotes)
    return {verdict::emote_only};
  if (settings.unique_chat
      && std::find(recent_texts_.begin(), recent_texts_.end(), spread(text)) != recent_texts_.end())
    return {verdict::unique_chat};
  auto last = last_.find(login);
  if (last == last_.end())
    return {};
  if (auto free = last->second.when + std::chrono::seconds{settings.slow}; free > now)
    return {verdict::slow, seconds_until(free, now)};
  if (now - last->second.when < duplicate_window && last->second.text == text)
    return {verdict::duplicate};
  return {};
}

void room::remember(std::string_view login, std::string_view text, time_point now) {
  if (last_.size() >= many_speakers) {
    // Longer ago than any slow mode or duplicate rule looks back.
    constexpr auto long_ago = std::chrono::hours{1};
    std::erase_if(last_, [&](const auto& x) { return now - x.second.when > long_ago; });
    if (last_.size() >= many_speakers)
      last_.erase(last_.begin());
  }
  auto& last = last_[std::string{login}];
  last.text = text;
  last.when = now;
  recent_texts_.push_back(spread(text));
  if (recent_texts_.size() > unique_texts)
    recent_texts_.pop_front();
}

} // namespace creamery::simulator
