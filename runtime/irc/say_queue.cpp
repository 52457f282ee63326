#include "runtime/irc/say_queue.hpp"

#include "runtime/irc/outgoing_text.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <utility>

namespace creamery {

bool is_send_refusal(std::string_view msg_id) noexcept {
  constexpr std::array<std::string_view, 25> refusals{"msg_banned",
                                                      "msg_timedout",
                                                      "msg_suspended",
                                                      "msg_channel_suspended",
                                                      "msg_room_not_found",
                                                      "msg_channel_blocked",
                                                      "msg_ratelimit",
                                                      "msg_slowmode",
                                                      "msg_duplicate",
                                                      "msg_r9k",
                                                      "msg_emoteonly",
                                                      "msg_subsonly",
                                                      "msg_followersonly",
                                                      "msg_followersonly_followed",
                                                      "msg_followersonly_zero",
                                                      "msg_rejected",
                                                      "msg_rejected_mandatory",
                                                      "msg_bad_characters",
                                                      "msg_verified_email",
                                                      "msg_requires_verified_phone_number",
                                                      "msg_banned_email_alias",
                                                      "msg_warned",
                                                      "msg_facebook",
                                                      "unrecognized_cmd",
                                                      "no_permission"};
  return std::find(refusals.begin(), refusals.end(), msg_id) != refusals.end();
}

bool say_queue::accept(const say& message, time_point now) {
  if (is_repeated(message) || durable_.contains(message.durable))
    return true;
  auto text = outgoing_text::clean(message.text);
  auto action = outgoing_text::take_action(text);
  auto pieces = outgoing_text::split(text, action ? outgoing_text::max_action_length : outgoing_text::max_length);
  if (options_.read_only || pieces.empty() || counters_.waiting + pieces.size() > options_.capacity) {
    ++counters_.rejected;
    return false;
  }
  auto& target = lane_of(message.bot, message.channel);
  talks(target);
  for (auto& piece : pieces) {
    target.waiting.push_back({.text = std::move(piece),
                              .action = action,
                              .reply_to = message.reply_to,
                              .promise = message.promise,
                              .accepted = now,
                              .expires = now + std::chrono::milliseconds{message.max_age_ms},
                              .caused_at = message.caused_at,
                              .durable = message.durable,
                              .place = next_place_++});
  }
  if (message.durable != 0)
    durable_[message.durable] = pieces.size();
  counters_.accepted += pieces.size();
  counters_.waiting += pieces.size();
  expiry_ = std::min(expiry_, target.waiting.back().expires + clock::duration{1});
  deadline_ = std::min(deadline_, expiry_);
  if (target.joined())
    deadline_ = std::min(deadline_, ready_at(target, now));
  return true;
}

void say_queue::joined(const std::string& bot, const std::string& channel, const std::string& session) {
  auto& target = lane_of(bot, channel);
  target.where = &rooms_[channel];
  if (!target.has(session))
    target.sessions.push_back(session);
  deadline_ = time_point::min();
}

void say_queue::closing(const std::string& bot, const std::string& channel, const std::string& session) {
  if (auto* in = find(bot, channel)) {
    closing(*in, session);
    forget_if_useless(*in);
  }
}

void say_queue::closing(const std::string& session) {
  for (auto i = lanes_.begin(); i != lanes_.end();) {
    auto& one = (i++)->second; // it may be forgotten
    closing(one, session);
    forget_if_useless(one);
  }
}

void say_queue::closing(lane& in, const std::string& session) {
  std::erase(in.sessions, session);
  if (!in.in_flight.empty())
    expiry_ = deadline_ = time_point::min(); // what it wrote isn't waited for any longer than others
  if (!in.joined() && in.where != nullptr)
    in.where->privileged = false; // until Twitch says so again: it may be taken from us meanwhile
}

void say_queue::lost(const std::string& bot, const std::string& channel, const std::string& session) {
  auto* in = find(bot, channel);
  if (in == nullptr)
    return;
  closing(*in, session);
  for (auto& one : std::exchange(in->in_flight, {})) {
    if (one.session != session || !one.handed) { // whether it was written at all, is about to be told
      in->in_flight.push_back(std::move(one));
    } else {
      --counters_.in_flight;
      give_up(*in, std::move(one));
    }
  }
  forget_if_useless(*in);
  deadline_ = time_point::min();
}

bool say_queue::needs(const std::string& session) const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& x) {
    const auto& in = x.second;
    return in.has(session) || std::any_of(in.in_flight.begin(), in.in_flight.end(), [&](const auto& sent) {
             return sent.session == session;
           });
  });
}

void say_queue::recount() {
  for (auto i = lanes_.begin(); i != lanes_.end();) {
    auto& one = (i++)->second; // it may be forgotten
    one.sessions.clear();
    for (auto& sent : one.in_flight)
      sent.repeat = !sent.handed;
    forget_if_useless(one);
  }
  has_repeats_ = true;
}

void say_queue::handed(const transmission& sent) {
  auto* in = find(sent.bot, sent.channel);
  if (in == nullptr)
    return;
  for (auto& one : in->in_flight) {
    if (one.number == sent.number) {
      one.handed = true;
      one.line.clear();
      return;
    }
  }
}

void say_queue::not_written(const transmission& sent) {
  auto* in = find(sent.bot, sent.channel);
  if (in == nullptr)
    return;
  auto one =
    std::find_if(in->in_flight.begin(), in->in_flight.end(), [&](const auto& x) { return x.number == sent.number; });
  if (one == in->in_flight.end())
    return;
  auto again = std::move(*one);
  in->in_flight.erase(one);
  --counters_.in_flight;
  wait_again(*in, std::move(again));
  deadline_ = time_point::min();
}

void say_queue::unanswered(const transmission& sent) {
  if (!sent.is_repeated)
    return not_written(sent);
  auto* in = find(sent.bot, sent.channel);
  if (in == nullptr)
    return;
  for (auto& one : in->in_flight)
    if (one.number == sent.number && !one.handed)
      one.repeat = has_repeats_ = true; // as soon as the session is told of again
}

void say_queue::wait_again(lane& in, entry one) {
  one.handed = one.repeat = false;
  auto behind = std::find_if(in.waiting.begin(), in.waiting.end(), [&](const auto& x) { return x.place > one.place; });
  expiry_ = std::min(expiry_, one.expires + clock::duration{1});
  in.waiting.insert(behind, std::move(one));
  talks(in);
  ++counters_.waiting;
}

void say_queue::give_up(lane& in, entry one) {
  if (one.promise == delivery_promise::at_least_once) {
    ++counters_.repeated;
    wait_again(in, std::move(one));
  } else {
    ++counters_.unconfirmed;
    end(one);
  }
}

void say_queue::end(const entry& one) {
  auto message = durable_.find(one.durable);
  if (message == durable_.end() || --message->second > 0)
    return;
  durable_.erase(message);
  ended_.push_back(one.durable);
}

void say_queue::left(const std::string& bot, const std::string& channel) {
  auto* in = find(bot, channel);
  if (in == nullptr)
    return;
  rooms_[channel].privileged = false;
  for (const auto* all : {&in->waiting, &in->in_flight})
    for (const auto& one : *all)
      end(one);
  counters_.abandoned += in->waiting.size();
  counters_.waiting -= in->waiting.size();
  counters_.unconfirmed += in->in_flight.size();
  counters_.in_flight -= in->in_flight.size();
  std::erase(busy_, in);
  std::erase(talking_, in);
  lanes_.erase({bot, channel});
}

void say_queue::own_state(const std::string& bot, const std::string& channel, bool privileged,
                          std::string_view message_id, std::string_view nonce) {
  if (std::exchange(rooms_[channel].privileged, privileged) != privileged)
    deadline_ = time_point::min();
  auto* in = find(bot, channel);
  if (in == nullptr || in->in_flight.empty() || (message_id.empty() && nonce.empty()))
    return;
  auto& in_flight = in->in_flight;
  auto confirmed = in_flight.begin();
  if (!nonce.empty()) {
    confirmed = std::find_if(in_flight.begin(), in_flight.end(), [&](const auto& x) { return x.nonce == nonce; });
    if (confirmed == in_flight.end())
      return;
  }
  end(*confirmed);
  in_flight.erase(confirmed);
  --counters_.in_flight;
  ++counters_.confirmed;
}

bool say_queue::noticed(const std::string& bot, const std::string& channel, std::string_view msg_id) {
  auto* in = find(bot, channel);
  if (!is_send_refusal(msg_id) || in == nullptr || in->in_flight.empty())
    return false;
  // A NOTICE names no message, but the answers come in the order of the messages.
  end(in->in_flight.front());
  in->in_flight.pop_front();
  --counters_.in_flight;
  ++counters_.refused;
  return true;
}

bool say_queue::decided(const send_verdict& verdict) {
  auto* in = find(verdict.bot, verdict.channel);
  if (in == nullptr)
    return false;
  auto one =
    std::find_if(in->in_flight.begin(), in->in_flight.end(), [&](const auto& x) { return x.number == verdict.number; });
  if (one == in->in_flight.end())
    return false;
  auto sent = std::move(*one);
  in->in_flight.erase(one);
  --counters_.in_flight;
  if (verdict.what != send_verdict::kind::unknown)
    end(sent);
  switch (verdict.what) {
    case send_verdict::kind::confirmed: ++counters_.confirmed; break;
    case send_verdict::kind::refused: ++counters_.refused; break;
    case send_verdict::kind::unknown:
      give_up(*in, std::move(sent));
      deadline_ = time_point::min();
      break;
  }
  return true;
}

std::vector<say_queue::transmission> say_queue::next(time_point now) {
  std::vector<transmission> todo;
  if (now >= expiry_)
    drop_expired(now);
  if (std::exchange(has_repeats_, false))
    repeat(todo);
  forget_silent();
  // Of all lines that may be written, the one that has waited longest comes first.
  auto waits_longer = [](const lane* a, const lane* b) {
    return a->waiting.front().place > b->waiting.front().place; // the largest is on top
  };
  std::priority_queue ready{waits_longer, std::vector<lane*>{}};
  for (auto* one : talking_)
    if (one->joined())
      ready.push(one);
  while (!ready.empty()) {
    auto* best = ready.top();
    ready.pop();
    if (ready_at(*best, now) > now)
      continue; // and nothing that is written now changes that
    todo.push_back(write(*best, now));
    if (!best->waiting.empty())
      ready.push(best);
  }
  deadline_ = expiry_;
  for (const auto* one : talking_)
    if (one->joined() && !one->waiting.empty())
      deadline_ = std::min(deadline_, ready_at(*one, now));
  return todo;
}

void say_queue::repeat(std::vector<transmission>& todo) {
  for (auto* one : busy_) {
    for (auto& sent : one->in_flight) {
      if (!sent.repeat)
        continue;
      if (!one->has(sent.session)) {
        has_repeats_ = true; // not yet
        continue;
      }
      sent.repeat = false;
      todo.push_back({.number = sent.number,
                      .bot = one->bot,
                      .channel = one->channel,
                      .session = sent.session,
                      .line = sent.line,
                      .is_repeated = true});
    }
  }
}

send_counters say_queue::counters() const {
  return counters_;
}

say_queue::lane& say_queue::lane_of(const std::string& bot, const std::string& channel) {
  auto [i, is_new] = lanes_.try_emplace({bot, channel});
  if (is_new) {
    i->second.bot = bot;
    i->second.channel = channel;
  }
  return i->second;
}

say_queue::lane* say_queue::find(const std::string& bot, const std::string& channel) {
  auto i = lanes_.find({bot, channel});
  return i == lanes_.end() ? nullptr : &i->second;
}

void say_queue::talks(lane& one) {
  if (!std::exchange(one.is_busy, true))
    busy_.push_back(&one);
  if (!std::exchange(one.is_talking, true))
    talking_.push_back(&one);
}

void say_queue::forget_silent() {
  std::erase_if(talking_, [](lane* one) { return !(one->is_talking = !one->waiting.empty()); });
}

void say_queue::forget_if_useless(lane& one) {
  // A cog may have been talked into naming any channel: what aged out there must not be remembered for ever.
  if (!one.joined() && one.idle() && !one.is_busy)
    lanes_.erase({one.bot, one.channel});
}

bool say_queue::is_repeated(const say& message) {
  if (message.number == 0) // not numbered
    return false;
  auto& last = speakers_[{message.bot, message.cog}];
  if (last.numbering == message.numbering && message.number <= last.number)
    return true; // a cog says its messages in order, so all before the last one have been here
  last = {message.numbering, message.number};
  return false;
}

say_queue::time_point say_queue::ready_at(const lane& one, time_point now) {
  const auto& in = *one.where;
  auto limit = in.privileged ? options_.limits.privileged_messages : options_.limits.messages;
  auto ready = window_.next(now, limit);
  if (auto last = in.last_written ? in.last_written : written_before_; !in.privileged && last)
    ready = std::max(ready, *last + options_.limits.channel_pause);
  return ready;
}

say_queue::transmission say_queue::write(lane& from, time_point now) {
  auto& in = *from.where;
  auto one = std::move(from.waiting.front());
  from.waiting.pop_front();
  auto limit = one.action ? outgoing_text::max_action_length : outgoing_text::max_length;
  auto repeated = !in.privileged && in.last_written && now - *in.last_written < options_.repetition_period
                  && in.last_text == one.text;
  auto text = repeated ? outgoing_text::vary(one.text, limit) : one.text;
  one.nonce = make_nonce();
  one.written = now;
  in.last_written = now;
  in.last_text = text; // a third repetition equals the first one, not this one, and is allowed again
  window_.record(now);
  one.number = next_transmission_++;
  one.session = from.sessions.front();
  one.line = outgoing_text::format_privmsg(from.channel, text, one.action, one.nonce, one.reply_to);
  transmission result{.number = one.number,
                      .bot = from.bot,
                      .channel = from.channel,
                      .session = one.session,
                      .line = one.line,
                      .caused_at = one.caused_at,
                      .waited = now - one.accepted};
  expiry_ = std::min(expiry_, now + options_.confirm_timeout);
  from.in_flight.push_back(std::move(one));
  --counters_.waiting;
  ++counters_.in_flight;
  return result;
}

say_queue::time_point say_queue::waited_for(const lane& in, const entry& sent) const {
  const auto may_be_lost = sent.promise == delivery_promise::at_least_once && in.has(sent.session);
  return sent.written + (may_be_lost ? options_.loss_timeout : options_.confirm_timeout);
}

void say_queue::drop_expired(time_point now) {
  expiry_ = time_point::max();
  for (auto* one : busy_) {
    // Ages differ from message to message, so an old one may stand behind a young one.
    auto too_old = std::erase_if(one->waiting, [&](const auto& x) {
      if (now <= x.expires)
        return false;
      end(x);
      return true;
    });
    counters_.aged_out += too_old;
    counters_.waiting -= too_old;
    for (auto& sent : std::exchange(one->in_flight, {})) {
      if (auto until = waited_for(*one, sent); now < until) {
        expiry_ = std::min(expiry_, until);
        one->in_flight.push_back(std::move(sent));
        continue;
      }
      --counters_.in_flight;
      if (one->has(sent.session)) {
        ++counters_.unconfirmed; // Twitch had its time to answer
        end(sent);
      } else {
        give_up(*one, std::move(sent));
      }
    }
    for (const auto& waiting : one->waiting)
      expiry_ = std::min(expiry_, waiting.expires + clock::duration{1});
  }
  forget_silent(); // a lane that is forgotten below is in neither list
  std::erase_if(busy_, [this](lane* one) {
    if (!one->idle())
      return false;
    one->is_busy = false;
    forget_if_useless(*one);
    return true;
  });
}

std::string say_queue::make_nonce() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string nonce(32, '0');
  for (auto& c : nonce)
    c = digits[random_() % 16];
  return nonce;
}

} // namespace creamery
