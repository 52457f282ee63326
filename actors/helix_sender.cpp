#include "actors/helix_sender.hpp"

#include "actors/exceptions.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/irc/parser.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace creamery {

namespace {

/// Twitch takes so many names in one question.
constexpr size_t names_in_a_call = 100;

/// Less than the outbox waits for an answer.
constexpr uint32_t send_timeout_ms = 8'000;

constexpr backoff::options look_up_again{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{5}};

/// The message in a line that the outbox has made.
struct message {
  std::string text;
  std::string reply_to;
};

message message_in(const std::string& line) {
  std::string_view bytes{line};
  bytes.remove_suffix(std::min<size_t>(bytes.size(), 2)); // CR LF
  irc_index index;
  if (parse_irc(bytes, index) != irc_parse_error::none)
    return {};
  irc_line parsed{bytes.data(), index};
  std::string prefix = parsed.action() ? "/me " : "";
  return {prefix + std::string{parsed.text()}, std::string{parsed.tag("reply-parent-msg-id").value_or("")}};
}

} // namespace

helix_sender_state::helix_sender_state(helix_sender_actor::pointer self, sender_identity identity)
  : self_(self),
    who_(std::move(identity)),
    log_(make_logger("helix")),
    session_(who_.bot + "/helix#" + std::to_string(self->clock().now().time_since_epoch().count())),
    retry_(look_up_again, std::random_device{}()) {
}

helix_sender_actor::behavior_type helix_sender_state::make_behavior() {
  end_with_exceptions(self_);
  look_up();
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; }, // the outbox waits for its lines
    [this](const outgoing_line& line) { return take(line); },
    [this](use_atom, const outbox_actor& outbox) {
      outbox_ = outbox;
      for (const auto& [channel, where] : rooms_)
        tell_joined(channel);
    },
    [this](use_atom, const account_directory_actor& accounts) { who_.accounts = accounts; },
    [this](caf::tick_atom) { look_up(); },
  };
}

void helix_sender_state::look_up() {
  std::vector<std::string> unknown;
  for (const auto& channel : who_.channels)
    if (unknown.size() < names_in_a_call && !rooms_.contains(channel))
      unknown.push_back(channel);
  if (unknown.empty())
    return;
  auto call = helix::get_users({}, unknown);
  auto try_again = [this](const std::string& why) {
    if (why != std::exchange(told_, why))
      log_->warn("{}: nothing can be said yet in some channels: {}", who_.bot, why);
    self_->delayed_send(self_, retry_.next(), caf::tick_atom_v);
  };
  self_->request(who_.accounts, caf::infinite, who_.account, call.what)
    .then(
      [this, read = call.read, try_again](const helix::answer& answer) {
        auto users = read(answer);
        if (!users)
          return try_again(to_string(users.error()));
        for (const auto& user : *users) {
          rooms_[user.login].id = user.id;
          tell_joined(user.login);
        }
        if (users->empty())
          return try_again("Twitch doesn't know these names");
        retry_.reset();
        look_up(); // the next hundred
      },
      [try_again](const caf::error&) { try_again("the account is being restarted"); });
}

void helix_sender_state::tell_joined(const std::string& channel) {
  if (outbox_)
    self_->send(outbox_, membership_change{who_.bot, channel, membership_change::kind::joined, session_},
                chat_writer_actor{helix_sender_actor{self_}});
}

caf::result<bool> helix_sender_state::take(const outgoing_line& line) {
  auto to = rooms_.find(line.channel);
  if (line.session != session_ || to == rooms_.end())
    return false;
  auto& waiting = to->second.waiting;
  auto promise = self_->make_response_promise<bool>();
  if (!taken_.contains(line.number)) {
    taken_.add(line.number);
    waiting.push_back({line, promise});
    send_next(line.channel);
    return promise;
  }
  // It was asked for by an outbox that hasn't heard our answer.
  auto same = std::find_if(waiting.begin(), waiting.end(), [&](const auto& x) { return x.line.number == line.number; });
  if (same == waiting.end())
    return true;
  same->written = promise;
  return promise;
}

void helix_sender_state::send_next(const std::string& channel) {
  auto& where = rooms_.at(channel);
  if (where.is_sending || where.waiting.empty())
    return;
  where.is_sending = true;
  auto next = std::move(where.waiting.front());
  where.waiting.pop_front();
  next.written.deliver(true);
  auto content = message_in(next.line.line);
  auto call = helix::send_message(where.id, "", content.text, content.reply_to);
  call.what.timeout_ms = send_timeout_ms;
  if (who_.as_application)
    call.what.as = helix::identity::application;
  self_->request(who_.accounts, caf::infinite, who_.account, std::move(call.what))
    .then(
      [this, channel, number = next.line.number](const helix::answer& answer) { on_answer(channel, number, answer); },
      [this, channel, number = next.line.number](const caf::error&) {
        on_answer(channel, number, {true, {helix::error::kind::unavailable, 0, "the account was restarted"}, 0, {}});
      });
}

void helix_sender_state::on_answer(const std::string& channel, uint64_t number, const helix::answer& answer) {
  send_verdict verdict{who_.bot, channel, number, send_verdict::kind::unknown, {}, {}};
  auto sent = helix::send_message("", "", "", "").read(answer);
  if (sent && sent->is_sent) {
    verdict.what = send_verdict::kind::confirmed;
  } else if (sent) {
    verdict = {who_.bot, channel, number, send_verdict::kind::refused, sent->drop_code, sent->drop_text};
  } else {
    using kind = helix::error::kind;
    auto is_certain = sent.error().what == kind::refused || sent.error().what == kind::unauthorized
                      || sent.error().what == kind::overloaded;
    verdict.what = is_certain ? send_verdict::kind::refused : send_verdict::kind::unknown;
    verdict.text = to_string(sent.error());
  }
  if (outbox_)
    self_->send(outbox_, std::move(verdict));
  rooms_.at(channel).is_sending = false;
  send_next(channel);
}

} // namespace creamery
