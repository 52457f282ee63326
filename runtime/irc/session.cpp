#include "runtime/irc/session.hpp"

#include "messages/chat_message.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace creamery {

namespace {

constexpr std::string_view capabilities = "twitch.tv/tags twitch.tv/commands twitch.tv/membership";

/// What the PING of `flush` carries; the server's PONG brings it back behind everything it sent before.
constexpr std::string_view flush_token = "creamery-flush";

/// As many channels in one JOIN as keep it within the 512 bytes of RFC 1459 with names of up to 25 characters.
constexpr size_t channels_per_join = 15;

/// Case differs between sources ("Improperly formatted auth" or "Auth"), so it doesn't count (twitch-platform 1.2).
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_login_failure(std::string_view text) noexcept {
  constexpr std::array failures{std::string_view{"Login authentication failed"},
                                std::string_view{"Improperly formatted auth"}, std::string_view{"Invalid NICK"},
                                std::string_view{"Login unsuccessful"},
                                std::string_view{"You don't have permission to perform that action"}};
  return std::any_of(failures.begin(), failures.end(), [&](auto x) { return equal_ignoring_case(x, text); });
}

/// The notices that answer a JOIN with no (twitch-platform 1.3).
bool is_join_failure(std::string_view msg_id) noexcept {
  return msg_id == "msg_channel_suspended" || msg_id == "msg_banned" || msg_id == "msg_room_not_found"
         || msg_id == "msg_concurrent_channel_limit_reached";
}

/// Whether a USERSTATE says that the larger limits hold here. Badges are to be trusted over the `mod` tag, which a
/// broadcaster doesn't have (twitch-platform 1.6).
bool is_privileged(const irc_line& userstate) noexcept {
  chat_message whose{userstate};
  return whose.tag("mod") == "1" || whose.is_moderator() || whose.is_vip();
}

} // namespace

irc_session::irc_session(irc_session_options options, irc_login login, time_point now, irc_action::list& todo)
  : options_(options), login_(std::move(login)), opened_(now), heard_(now) {
  std::string lines = "CAP REQ :";
  lines += capabilities;
  lines += "\r\n";
  if (!login_.token.empty()) {
    lines += "PASS oauth:";
    lines += login_.token.reveal();
    lines += "\r\n";
  }
  lines += "NICK ";
  lines += login_.nick;
  lines += "\r\n";
  todo.emplace_back(irc_action::send{std::move(lines)});
}

irc_session::verdict irc_session::receive(const irc_line& line, time_point now, irc_action::list& todo) {
  heard_ = now;
  auto asked = std::exchange(pinged_, std::nullopt);
  switch (line.verb()) {
    case irc_verb::ping: {
      std::string answer = "PONG";
      if (auto token = line.param(0)) {
        answer += " :";
        answer += *token;
      }
      todo.emplace_back(irc_action::send{std::move(answer += "\r\n")});
      return verdict::consumed;
    }
    case irc_verb::pong:
      if (line.text() == flush_token)
        todo.emplace_back(irc_action::flushed{});
      else if (asked)
        complete_until_ = *asked;
      return verdict::consumed;
    case irc_verb::globaluserstate: return verdict::consumed;
    case irc_verb::cap:
      if (line.param(1) == "NAK")
        give_up("the server refused the capabilities " + std::string{line.text()}, todo);
      return verdict::consumed;
    case irc_verb::numeric:
      if (line.command() == "001")
        welcome(line.param(0).value_or(""), now, todo);
      return verdict::consumed;
    case irc_verb::reconnect: todo.emplace_back(irc_action::replace{}); return verdict::consumed;
    case irc_verb::notice:
      on_notice(line, now, todo);
      return line.channel().empty() ? verdict::consumed : verdict::forward;
    case irc_verb::roomstate: on_roomstate(line, now, todo); return verdict::forward;
    case irc_verb::userstate:
      todo.emplace_back(irc_action::own_state{std::string{line.channel()}, is_privileged(line), line.tag_text("id"),
                                              line.tag_text("client-nonce")});
      return verdict::consumed;
    case irc_verb::part:
      if (is_me(line.nick()))
        on_own_part(line, now, todo);
      return verdict::forward;
    case irc_verb::privmsg:
    case irc_verb::usernotice:
    case irc_verb::clearchat:
    case irc_verb::clearmsg:
      // A cog takes it for granted that chat is somewhere.
      return line.channel().empty() ? verdict::consumed : verdict::forward;
    default: return verdict::forward;
  }
}

void irc_session::expire(time_point now, irc_action::list& todo) {
  if (phase_ == phase::refused || phase_ == phase::given_up)
    return;
  if (phase_ == phase::logging_in && now >= opened_ + options_.login_timeout) {
    give_up("no welcome within the time-out", todo);
    return;
  }
  if (pinged_) {
    if (now >= *pinged_ + options_.pong_timeout) {
      give_up("no answer to a PING: the connection is half-open", todo);
      return;
    }
  } else if (now >= heard_ + (phase_ == phase::welcome ? options_.ping_after : options_.ping_after_before_welcome)) {
    pinged_ = now;
    todo.emplace_back(irc_action::send{"PING :creamery\r\n"});
  }
  if (phase_ != phase::welcome)
    return;
  for (auto& [channel, state] : channels_) {
    if (state.state == membership::asked && now >= state.due) {
      fail_join(channel, state, "no answer (does the channel exist?)", now, todo);
    } else if (state.state == membership::failed && now >= state.due) {
      state.state = membership::waiting;
    }
  }
  request_joins(todo);
}

irc_session::time_point irc_session::deadline() const noexcept {
  if (phase_ == phase::refused || phase_ == phase::given_up)
    return time_point::max();
  auto next = pinged_ ? *pinged_ + options_.pong_timeout
                      : heard_ + (phase_ == phase::welcome ? options_.ping_after : options_.ping_after_before_welcome);
  if (phase_ == phase::logging_in)
    return std::min(next, opened_ + options_.login_timeout);
  for (const auto& [channel, state] : channels_)
    if (state.state == membership::asked || state.state == membership::failed)
      next = std::min(next, state.due);
  return next;
}

void irc_session::excuse_silence(time_point now) noexcept {
  heard_ = now;
  pinged_.reset();
  for (auto& [channel, state] : channels_)
    if (state.state == membership::asked)
      state.due = std::max(state.due, now + options_.join_timeout);
}

void irc_session::join(const std::vector<std::string>& channels, time_point, irc_action::list& todo) {
  for (const auto& channel : channels)
    channels_.try_emplace(channel);
  request_joins(todo);
}

void irc_session::part(const std::string& channel, irc_action::list& todo) {
  auto i = channels_.find(channel);
  if (i == channels_.end())
    return;
  auto known_to_server = i->second.state == membership::joined || i->second.state == membership::asked;
  channels_.erase(i);
  if (known_to_server)
    todo.emplace_back(irc_action::send{"PART #" + channel + "\r\n"});
  todo.emplace_back(irc_action::parted{channel});
}

void irc_session::permit_joins(size_t count, time_point now, irc_action::list& todo) {
  if (phase_ != phase::welcome || count == 0)
    return;
  if (!requests_.empty())
    requests_.pop_front();
  std::string names;
  size_t names_in_line = 0;
  auto flush = [&] {
    if (names_in_line > 0)
      todo.emplace_back(irc_action::send{"JOIN " + names + "\r\n"});
    names.clear();
    names_in_line = 0;
  };
  for (auto i = channels_.begin(); i != channels_.end() && count > 0; ++i) {
    auto& [channel, state] = *i;
    if (state.state != membership::waiting)
      continue;
    state.state = membership::asked;
    state.due = now + options_.join_timeout;
    ++state.attempts;
    --count;
    names += names_in_line++ == 0 ? "#" : ",#";
    names += channel;
    if (names_in_line == channels_per_join)
      flush();
  }
  flush();
  request_joins(todo);
}

void irc_session::flush(irc_action::list& todo) {
  std::string ping = "PING :";
  ping += flush_token;
  ping += "\r\n";
  todo.emplace_back(irc_action::send{std::move(ping)});
}

void irc_session::repeat_requests(irc_action::list& todo) {
  requests_.clear();
  request_joins(todo);
}

bool irc_session::settled() const noexcept {
  return phase_ == phase::welcome && std::all_of(channels_.begin(), channels_.end(), [](const auto& x) {
           return x.second.state == membership::joined || !x.second.reason.empty();
         });
}

void irc_session::welcome(std::string_view login, time_point, irc_action::list& todo) {
  if (phase_ != phase::logging_in)
    return;
  phase_ = phase::welcome;
  if (!login.empty())
    login_.nick = login;
  todo.emplace_back(irc_action::welcomed{login_.nick});
  request_joins(todo);
}

void irc_session::on_notice(const irc_line& line, time_point now, irc_action::list& todo) {
  if (line.channel().empty()) {
    // Login failures come without tags and without a channel, before the welcome, or later when a token is revoked.
    if (is_login_failure(line.text()))
      refuse(line.text(), todo);
    return;
  }
  auto msg_id = line.tag_text("msg-id");
  if (auto i = channels_.find(line.channel());
      i != channels_.end() && i->second.state == membership::asked && is_join_failure(msg_id)) {
    auto reason = msg_id == "msg_concurrent_channel_limit_reached"
                    ? "the account is in as many channels as Twitch allows (100, not counting those it moderates)"
                    : msg_id + ": " + std::string{line.text()};
    fail_join(i->first, i->second, std::move(reason), now, todo);
    return;
  }
  todo.emplace_back(irc_action::noticed{std::string{line.channel()}, std::move(msg_id), std::string{line.text()}});
}

void irc_session::on_roomstate(const irc_line& line, time_point now, irc_action::list& todo) {
  // Later changes carry only the tag that changed; the one that answers a JOIN is complete (twitch-platform 1.3).
  auto i = channels_.find(line.channel());
  if (i == channels_.end() || i->second.state == membership::joined || !line.tag("slow") || !line.tag("subs-only"))
    return;
  i->second = {.state = membership::joined, .attempts = 0, .due = now, .reason = {}};
  todo.emplace_back(irc_action::joined{i->first});
}

void irc_session::on_own_part(const irc_line& line, time_point now, irc_action::list& todo) {
  auto i = channels_.find(line.channel());
  // Where we are not, this is the echo of a PART of our own, however soon the channel was wanted again.
  if (i == channels_.end() || i->second.state != membership::joined)
    return;
  todo.emplace_back(irc_action::parted{i->first});
  fail_join(i->first, i->second, "Twitch removed us from the channel", now, todo);
}

void irc_session::fail_join(const std::string& channel, channel_state& state, std::string reason, time_point now,
                            irc_action::list& todo) {
  auto doublings = std::min<uint32_t>(state.attempts == 0 ? 0 : state.attempts - 1, 16);
  auto wait = std::min(options_.join_retry_cap, options_.join_retry_first * (1 << doublings));
  state.state = membership::failed;
  state.due = now + wait;
  state.reason = std::move(reason);
  todo.emplace_back(irc_action::join_failed{channel, state.reason, state.attempts, wait});
}

void irc_session::request_joins(irc_action::list& todo) {
  if (phase_ != phase::welcome)
    return;
  auto waiting = static_cast<size_t>(std::count_if(
    channels_.begin(), channels_.end(), [](const auto& x) { return x.second.state == membership::waiting; }));
  auto requested = std::accumulate(requests_.begin(), requests_.end(), size_t{0});
  if (waiting <= requested)
    return;
  requests_.push_back(waiting - requested);
  todo.emplace_back(irc_action::request_joins{requests_.back()});
}

void irc_session::refuse(std::string_view text, irc_action::list& todo) {
  if (phase_ == phase::refused)
    return;
  phase_ = phase::refused;
  todo.emplace_back(irc_action::login_refused{std::string{text}});
}

void irc_session::give_up(std::string reason, irc_action::list& todo) {
  phase_ = phase::given_up;
  todo.emplace_back(irc_action::give_up{std::move(reason)});
}

bool irc_session::is_me(std::string_view nick) const noexcept {
  return !nick.empty() && nick == login_.nick;
}

} // namespace creamery
