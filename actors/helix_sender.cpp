#include "actors/helix_sender.hpp"

#include "actors/exceptions.hpp"
#include "actors/helix_question.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/irc/parser.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace creamery {

namespace {

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
    look_up_again_(look_up_again, std::random_device{}()),
    users_(self, who_.channels, ids_, look_up_again_,
           {.call =
              [this](helix::request what, auto handler) {
                ask_helix(self_, who_.accounts, who_.account, std::move(what), std::move(handler));
              },
            .on_known = [this] { open_rooms(); },
            .on_delay =
              [this](const std::string& why) {
                if (why != std::exchange(told_, why))
                  log_->warn("{}: nothing can be said yet in some channels: {}", who_.bot, why);
                alarm_.at(self_, users_.deadline());
              }}) {
}

helix_sender_actor::behavior_type helix_sender_state::make_behavior() {
  end_with_exceptions(self_);
  users_.start();
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
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      users_.run();
      alarm_.at(self_, users_.deadline());
    },
  };
}

void helix_sender_state::open_rooms() {
  for (const auto& [login, id] : ids_)
    if (auto [room, is_new] = rooms_.try_emplace(login); is_new) {
      room->second.id = id;
      tell_joined(login);
    }
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
  ask_helix(
    self_, who_.accounts, who_.account, std::move(call.what),
    [this, channel, number = next.line.number](const helix::answer& answer) { on_answer(channel, number, answer); });
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
