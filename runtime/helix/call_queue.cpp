#include "runtime/helix/call_queue.hpp"

#include "messages/json_members.hpp"
#include "messages/percent_encoding.hpp"
#include "messages/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace creamery::helix {

namespace {

/// Longest text of Twitch's that is passed on.
constexpr size_t max_text = 300;

std::string message_of(const std::string& body) {
  return printable(text_of(nlohmann::json::parse(body, nullptr, false), "message"), max_text);
}

/// The token is good, but doesn't allow the call (twitch-platform 4.1): another token of the same owner's would allow no more.
bool lacks_scope(const error& why) {
  return why.text.starts_with("Missing scope");
}

answer failed(error why) {
  return {true, std::move(why), 0, {}};
}

} // namespace

bool may_repeat(const request& what) noexcept {
  return what.method != "POST";
}

size_t call_queue::bucket_of(const request& what) noexcept {
  return 2 * static_cast<size_t>(what.as) + (what.path == "/chat/messages" ? 1 : 0);
}

std::optional<call_queue::call_id> call_queue::accept(request what, time_point now) {
  if (calls_.size() >= options_.capacity)
    return std::nullopt;
  auto id = ++last_id_;
  auto bucket = bucket_of(what);
  auto expires = now + std::chrono::milliseconds{what.timeout_ms};
  calls_.push_back({id, std::move(what), expires, now, backoff{options_.retry, seed_ + id}, bucket});
  by_id_[id] = std::prev(calls_.end());
  return id;
}

std::optional<call_queue::call_id> call_queue::next(time_point now) {
  if (under_way_ >= options_.parallel)
    return std::nullopt;
  auto best = calls_.end();
  for (auto one = calls_.begin(); one != calls_.end(); ++one) {
    if (one->under_way || one->ready > now || one->expires <= now
        || !limits_[one->bucket].allows(in_bucket_[one->bucket], now))
      continue;
    if (best == calls_.end() || one->what.order > best->what.order)
      best = one;
  }
  if (best == calls_.end())
    return std::nullopt;
  best->under_way = true;
  ++best->tries;
  ++under_way_;
  ++in_bucket_[best->bucket];
  return best->id;
}

std::vector<std::pair<call_queue::call_id, error>> call_queue::expired(time_point now) {
  std::vector<std::pair<call_id, error>> gone;
  for (auto one = calls_.begin(); one != calls_.end();) {
    if (one->under_way || one->expires > now) { // what is under way has a time-out of its own
      ++one;
      continue;
    }
    error why{error::kind::timed_out, 0, "it waited too long for the rate limit"};
    if (one->last)
      why = {error::kind::timed_out, one->last->status, "no time was left to try it again: " + one->last->text};
    gone.emplace_back(one->id, std::move(why));
    by_id_.erase(one->id);
    one = calls_.erase(one);
  }
  return gone;
}

call_queue::time_point call_queue::deadline(time_point now) const {
  auto first = time_point::max();
  for (const auto& one : calls_) {
    if (one.under_way)
      continue;
    auto ready = one.ready;
    if (!limits_[one.bucket].allows(in_bucket_[one.bucket], now))
      ready = std::max(ready, limits_[one.bucket].next());
    else if (ready <= now)
      ready = time_point::max(); // it waits for another one to end
    first = std::min({first, one.expires, ready});
  }
  return first;
}

call_queue::position call_queue::find(call_id id) {
  return by_id_.at(id);
}

const request& call_queue::of(call_id id) const {
  return by_id_.at(id)->what;
}

std::chrono::milliseconds call_queue::left(call_id id, time_point now) const {
  auto time = std::chrono::duration_cast<std::chrono::milliseconds>(by_id_.at(id)->expires - now);
  return std::max(time, std::chrono::milliseconds{1});
}

void call_queue::drop(call_id id) {
  finish(find(id), {});
}

void call_queue::release(entry& one) {
  one.under_way = false;
  --under_way_;
  --in_bucket_[one.bucket];
}

call_queue::verdict call_queue::finish(position one, answer with) {
  if (one->under_way)
    release(*one);
  by_id_.erase(one->id);
  calls_.erase(one);
  return {std::move(with), false};
}

call_queue::verdict call_queue::repeat(position one, error because, time_point now) {
  if (one->tries >= options_.tries)
    return finish(one, failed(std::move(because)));
  release(*one);
  one->ready = now + one->wait.next();
  one->last = std::move(because);
  return {};
}

call_queue::verdict call_queue::answered(call_id id, incoming what, time_point now, int64_t wall_now) {
  auto one = find(id);
  auto& limit = limits_[one->bucket];
  if (what.status == 0) {
    error why{error::kind::unavailable, 0, what.why};
    if (what.maybe_received && !may_repeat(one->what))
      return finish(one, failed(std::move(why)));
    return repeat(one, std::move(why), now);
  }
  error why{error::kind::refused, what.status, {}};
  if (what.status / 100 != 2)
    why.text = message_of(what.body);
  // A limit on what there is, not on how often it is asked for (twitch-platform 3.7): waiting a moment doesn't help.
  auto is_quota = what.status == 429 && why.text.find("exceeded") != std::string::npos;
  if (what.status == 429 && !is_quota) {
    why.what = error::kind::timed_out;
    // With points left it is a limit of this very call (twitch-platform 4.1): the others needn't wait.
    if (what.limits.remaining.value_or(0) <= 0)
      limit.exhausted(what.limits, now, wall_now);
    --one->tries; // it is Twitch's way of saying "later", and it says when
    return repeat(one, std::move(why), now);
  }
  limit.answered(what.limits, now, wall_now);
  if (what.status / 100 == 2)
    return finish(one, {false, {}, what.status, std::move(what.body)});
  if (what.status == 401) {
    why.what = error::kind::unauthorized;
    if (lacks_scope(why))
      return finish(one, failed(std::move(why)));
    auto is_second = std::exchange(one->token_was_refused, true);
    if (is_second)
      return {finish(one, failed(std::move(why))).over, true};
    release(*one);
    one->ready = now;
    one->last = std::move(why);
    return {std::nullopt, true};
  }
  if (what.status >= 500) {
    why.what = error::kind::unavailable;
    // 503: it was too busy to begin with it. After any other failure of its own, nobody knows what was done.
    if (what.status == 503 || may_repeat(one->what))
      return repeat(one, std::move(why), now);
    return finish(one, failed(std::move(why)));
  }
  if (what.status == 409
      && one->what.path == "/moderation/bans") // somebody else is banning, too: a moment later it works
    return repeat(one, std::move(why), now);
  auto refused = failed(std::move(why));
  if (what.status == 409)
    refused.body = std::move(what.body); // it may tell what is there already
  return finish(one, std::move(refused));
}

outgoing prepare(const request& what, const std::string& own_id) {
  outgoing call;
  call.method = what.method;
  call.target = what.path;
  auto separator = '?';
  auto add = [&](std::string_view name, std::string_view value) {
    call.target += std::exchange(separator, '&');
    append_encoded(call.target, name);
    call.target += '=';
    append_encoded(call.target, value);
  };
  for (const auto& [name, value] : what.query)
    add(name, value);
  if (!what.own_id_in_query.empty())
    add(what.own_id_in_query, own_id);
  call.body = what.body;
  if (!what.own_id_in_body.empty()) {
    auto body = nlohmann::json::parse(what.body.empty() ? "{}" : what.body, nullptr, false);
    if (body.is_object()) {
      body[what.own_id_in_body] = own_id;
      call.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
  }
  return call;
}

} // namespace creamery::helix
