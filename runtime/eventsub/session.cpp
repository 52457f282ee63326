#include "runtime/eventsub/session.hpp"

#include "messages/rfc3339.hpp"

#include <algorithm>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr auto never = session::time_point::max();

template <class T>
const T* content_of(const frame& x) {
  return std::get_if<T>(&x.content);
}

std::string with_code(uint16_t code, const std::string& why) {
  return code == 0 ? why : why + " (close code " + std::to_string(code) + ")";
}

} // namespace

session::session(session_options options, uint64_t seed)
  : options_(options),
    redial_(options.redial, seed),
    handover_redial_(options.handover_redial, seed),
    doubles_(options.longest_linger) {
}

void session::set_wanted(bool is_wanted, time_point now, session_action::list& todo) {
  if (is_wanted == is_wanted_)
    return;
  is_wanted_ = is_wanted;
  if (is_wanted) {
    // After a loss, the pause that was due then still holds.
    if (!dial_at_)
      dial_at_ = now;
    return expire(now, todo);
  }
  close_all(todo);
  session_id_.clear();
}

void session::opened(uint64_t id, time_point now) {
  if (auto* on = find(id)) {
    on->is_open = true;
    on->heard = on->silent_since = now;
  }
}

std::optional<frame> session::receive(uint64_t id, std::string_view text, time_point now, session_action::list& todo) {
  auto* on = find(id);
  if (on == nullptr)
    return std::nullopt;
  auto read = read_frame(text);
  if (!read) {
    ++counters_.bad_messages;
    return std::nullopt;
  }
  if (content_of<message::unknown>(*read) != nullptr)
    return std::nullopt; // it doesn't keep the session alive, either
  on->heard = on->silent_since = now;
  if (const auto* welcome = content_of<message::welcome>(*read)) {
    on_welcome(*on, *welcome, now, todo);
  } else if (const auto* reconnect = content_of<message::reconnect>(*read)) {
    on_reconnect(*on, reconnect->url, now, todo);
  } else if (auto* revocation = std::get_if<message::revocation>(&read->content)) {
    todo.emplace_back(session_action::revoked{std::move(revocation->subscription)});
  } else if (content_of<message::notification>(*read) != nullptr && !is_double(*on, *read, now)) {
    return std::move(*read);
  }
  return std::nullopt;
}

bool session::is_double(const link& on, const frame& event, time_point now) {
  is_doubling_ = is_doubling_ && links_.size() > 1;
  if (!is_doubling_ && doubles_.is_empty())
    return false;
  const auto& said = std::get<message::notification>(event.content);
  auto sent_at = parse_rfc3339(event.timestamp).value_or(0);
  auto is_double = doubles_.is_double(on.session, said.subscription.type, said.event, sent_at, is_doubling_, now);
  counters_.doubles += is_double ? 1 : 0;
  return is_double;
}

void session::on_welcome(link& on, const message::welcome& said, time_point now, session_action::list& todo) {
  on.keepalive = said.keepalive;
  if (on.is_welcomed || on.what == role::retiring)
    return; // it says so again
  on.is_welcomed = true;
  session_id_ = said.session_id; // a session that is moved may get another one
  auto is_handover = on.is_handover();
  last_session_ += is_handover ? 0 : 1;
  on.session = last_session_;
  for (auto& other : links_)
    if (other.id != on.id && other.what != role::retiring) {
      is_doubling_ |= !is_handover;
      other.is_needed = !is_handover;
      other.what = role::retiring;
      other.silent_since = other.retired = now;
    }
  auto deaf_since = std::exchange(deaf_since_, std::nullopt);
  on.what = role::current;
  dial_at_.reset();
  if (is_handover) {
    moving_to_.clear();
    ++counters_.handovers;
    todo.emplace_back(session_action::moved{session_id_, deaf_since});
  } else {
    begun_ = now;
    ++counters_.sessions;
    todo.emplace_back(session_action::begun{session_id_});
  }
}

void session::on_reconnect(link& on, const std::string& url, time_point now, session_action::list& todo) {
  if (on.what != role::current)
    return; // it has been done
  if (auto* before = find(role::successor))
    close(before->id, todo);
  moving_to_ = url;
  moving_until_ = now + options_.handover;
  handover_redial_.reset();
  dial_at_.reset();
  if (url.starts_with("wss://") || (url.starts_with("ws://") && !options_.encrypted))
    dial(role::successor, url, todo);
  else
    give_up_handover("it named no address to go on at", now, todo);
}

void session::closed(uint64_t id, uint16_t code, const std::string& why, time_point now, session_action::list& todo) {
  const auto* gone = find(id);
  if (gone == nullptr)
    return;
  auto was = *gone;
  remove(id);
  if (was.what == role::retiring)
    return; // whatever it says, its successor has the session
  if (!was.is_welcomed)
    return on_failed(was, code, why, now, todo);
  // While the session is being moved, its subscriptions wait for it at the new address.
  auto* successor = find(role::successor);
  if (successor != nullptr)
    successor->what = role::current;
  // A socket that just breaks may have been dead since it said something last.
  auto since = code == 0 ? was.heard : now;
  if (moving_to_.empty())
    lose(why, code, since, now, todo);
  else
    deaf_since_ = since;
}

void session::on_failed(const link& failed, uint16_t code, const std::string& why, time_point now,
                        session_action::list& todo) {
  if (!failed.is_handover()) {
    if (session_id_.empty() && failed.what == role::current)
      ++counters_.losses;
    return dial_after(redial_.next(), now);
  }
  if (code == close_code::invalid_reconnect || now >= moving_until_)
    return give_up_handover(with_code(code, why), now, todo);
  dial_after(handover_redial_.next(), now);
}

void session::give_up_handover(const std::string& why, time_point now, session_action::list& todo) {
  ++counters_.failed_handovers;
  moving_to_.clear();
  dial_at_.reset();
  std::erase_if(links_, [&](const link& x) {
    if (x.what == role::retiring || x.is_welcomed)
      return false;
    todo.emplace_back(session_action::close{x.id});
    return true;
  });
  // As long as the old socket is there, it is read: the gap is shorter.
  if (auto* current = find(role::current)) {
    current->silent_since = now; // it was allowed to be silent so far
    return dial(role::successor, {}, todo);
  }
  lose("it could not be moved: " + why, 0, deaf_since_.value_or(now), now, todo);
}

void session::lose(const std::string& why, uint16_t code, time_point since, time_point now,
                   session_action::list& todo) {
  ++counters_.losses;
  moving_to_.clear();
  deaf_since_.reset();
  session_id_.clear();
  if (now - begun_ >= options_.healthy_after)
    redial_.reset();
  todo.emplace_back(session_action::lost{with_code(code, why), since, code == close_code::inbound_traffic});
  // One that is just being dialled is the next one.
  if (!dial_at_ && std::none_of(links_.begin(), links_.end(), [](const link& x) { return x.what != role::retiring; }))
    dial_after(redial_.next(), now);
}

void session::abandon(const std::string& why, session_options::duration at_least, time_point now,
                      session_action::list& todo) {
  close_all(todo);
  lose(why, 0, now, now, todo);
  dial_at_ = std::max(*dial_at_, now + at_least); // a loss with no link left has planned the next dial
}

void session::excuse_silence(time_point now) {
  for (auto& one : links_)
    if (one.is_open)
      one.silent_since = now;
}

void session::subscribed(time_point now) {
  for (auto& one : links_)
    if (std::exchange(one.is_needed, false))
      one.silent_since = now;
}

void session::expire(time_point now, session_action::list& todo) {
  std::vector<uint64_t> due;
  for (const auto& one : links_)
    if (deadline_of(one) <= now)
      due.push_back(one.id);
  for (auto id : due) {
    auto* late = find(id);
    if (late == nullptr)
      continue;
    auto was = *late;
    close(id, todo);
    if (was.what == role::retiring)
      continue;
    if (was.is_welcomed)
      lose("nothing was heard for " + std::to_string(was.keepalive.count()) + " s and longer", 0, was.heard, now, todo);
    else
      on_failed(was, 0, "there was no welcome", now, todo);
  }
  if (!moving_to_.empty() && now >= moving_until_)
    give_up_handover("not in time", now, todo);
  if (dial_at_ && *dial_at_ <= now) {
    dial_at_.reset();
    if (is_wanted_)
      dial(find(role::current) == nullptr ? role::current : role::successor, moving_to_, todo);
  }
}

session::time_point session::deadline() const {
  auto earliest = dial_at_ && is_wanted_ ? *dial_at_ : never;
  if (!moving_to_.empty())
    earliest = std::min(earliest, moving_until_);
  for (const auto& one : links_)
    earliest = std::min(earliest, deadline_of(one));
  return earliest;
}

session::time_point session::deadline_of(const link& on) const {
  if (!on.is_open)
    return never; // whoever dials has time-outs of their own
  if (on.what == role::retiring)
    return on.is_needed ? on.retired + options_.longest_linger
                        : std::min(on.silent_since + options_.linger, on.retired + options_.longest_linger);
  if (!on.is_welcomed)
    return on.silent_since + options_.welcome_timeout;
  if (!moving_to_.empty())
    return never; // it may be silent from here on
  return on.silent_since + on.keepalive + options_.keepalive_grace;
}

session::link* session::find(uint64_t id) {
  auto found = std::find_if(links_.begin(), links_.end(), [&](const link& x) { return x.id == id; });
  return found == links_.end() ? nullptr : &*found;
}

session::link* session::find(role what) {
  auto found = std::find_if(links_.begin(), links_.end(), [&](const link& x) { return x.what == what; });
  return found == links_.end() ? nullptr : &*found;
}

void session::dial(role what, std::string url, session_action::list& todo) {
  ++counters_.dials;
  links_.push_back({.id = ++last_link_, .what = what, .url = url});
  todo.emplace_back(session_action::open{last_link_, std::move(url)});
}

void session::dial_after(session_options::duration wait, time_point now) {
  dial_at_ = now + wait;
}

void session::remove(uint64_t id) {
  std::erase_if(links_, [&](const link& x) { return x.id == id; });
}

void session::close(uint64_t id, session_action::list& todo) {
  remove(id);
  todo.emplace_back(session_action::close{id});
}

void session::close_all(session_action::list& todo) {
  for (const auto& one : std::exchange(links_, {}))
    todo.emplace_back(session_action::close{one.id});
  moving_to_.clear();
  dial_at_.reset();
}

} // namespace creamery::eventsub
