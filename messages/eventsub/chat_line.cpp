#include "messages/eventsub/chat_line.hpp"

#include "messages/eventsub/chat_events.hpp"
#include "messages/eventsub/events.hpp"
#include "messages/irc_line.hpp"
#include "messages/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr std::string_view server = "tmi.twitch.tv";

/// Who gives gifts without a name (twitch-platform 1.7).
constexpr std::string_view anonymous_login = "ananonymousgifter";
constexpr std::string_view anonymous_id = "274598607";

constexpr std::string_view action_begin = "\x01"
                                          "ACTION ";

/// Puts a line together.
class line_writer {
public:
  void tag(std::string_view name, std::string_view value) {
    tags_ += tags_.empty() ? '@' : ';';
    tags_ += name;
    tags_ += '=';
    tags_ += escape_tag(value);
  }

  void tag(std::string_view name, int64_t value) {
    tag(name, std::to_string(value));
  }

  void flag(std::string_view name, bool value) {
    tag(name, value ? "1" : "0");
  }

  /// A parameter of a USERNOTICE.
  template <class T>
  void param(std::string_view name, const T& value) {
    tag("msg-param-" + std::string{name}, value);
  }

  /// @param text null: there is none.
  std::string finish(std::string_view prefix, std::string_view verb, std::string_view channel,
                     const std::string* text = nullptr) {
    auto line = tags_ + " :" + std::string{prefix} + " " + std::string{verb} + " #" + std::string{channel};
    if (text != nullptr)
      line += " :" + *text;
    // Whatever a text contains, it is one line.
    std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return line;
  }

private:
  std::string tags_;
};

bool has(const std::vector<badge>& badges, std::string_view set) {
  return std::any_of(badges.begin(), badges.end(), [&](const auto& x) { return x.set_id == set; });
}

std::string versions(const std::vector<badge>& badges) {
  std::string all;
  for (const auto& one : badges)
    all += (all.empty() ? "" : ",") + one.set_id + "/" + one.id;
  return all;
}

std::string infos(const std::vector<badge>& badges) {
  std::string all;
  for (const auto& one : badges)
    if (!one.info.empty())
      all += (all.empty() ? "" : ",") + one.set_id + "/" + one.info;
  return all;
}

int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

/// The emotes with their places, as a tag has them; a /me counts from behind what makes it one.
std::string emotes(const chat_text& message) {
  std::vector<std::pair<std::string, std::string>> places; // by id, in the order of their first ones
  auto at = message.text.starts_with(action_begin) ? -static_cast<int64_t>(action_begin.size()) : 0;
  for (const auto& part : message.fragments) {
    auto size = code_points(part.text);
    if (part.emote && size > 0 && at >= 0) {
      auto place = std::to_string(at) + "-" + std::to_string(at + size - 1);
      auto known = std::find_if(places.begin(), places.end(), [&](const auto& x) { return x.first == part.emote->id; });
      if (known == places.end())
        places.emplace_back(part.emote->id, place);
      else
        known->second += "," + place;
    }
    at += size;
  }
  std::string all;
  for (const auto& [id, ranges] : places)
    all.append(all.empty() ? "" : "/").append(id).append(":").append(ranges);
  return all;
}

/// What messages and notices have in common.
template <class T>
void add_sender(line_writer& line, const T& x, const person& who, const std::string& sent_at) {
  line.tag("badge-info", infos(x.badges));
  line.tag("badges", versions(x.badges));
  line.tag("color", x.color);
  line.tag("display-name", who.name);
  line.tag("emotes", emotes(x.message));
  line.tag("id", x.message_id);
  const auto is_moderator = has(x.badges, "moderator") || has(x.badges, "lead_moderator");
  line.flag("mod", is_moderator);
  line.flag("subscriber", has(x.badges, "subscriber") || has(x.badges, "founder"));
  line.flag("vip", has(x.badges, "vip"));
  line.tag("room-id", x.broadcaster.id);
  if (auto time = parse_rfc3339(sent_at))
    line.tag("tmi-sent-ts", *time);
  line.tag("user-id", who.id);
  line.tag("user-type", is_moderator ? "mod" : "");
  if (!x.source_broadcaster)
    return;
  line.tag("source-room-id", x.source_broadcaster->id);
  line.tag("source-id", x.source_message_id.value_or(""));
  auto badges = x.source_badges.value_or(std::vector<badge>{});
  line.tag("source-badges", versions(badges));
  line.tag("source-badge-info", infos(badges));
  line.flag("source-only", x.is_source_only.value_or(false));
}

std::string write(const channel_chat_message& x, const std::string& sent_at) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kinds{
    {{"channel_points_highlighted", "highlighted-message"},
     {"channel_points_sub_only", "skip-subs-mode-message"},
     {"user_intro", "user-intro"},
     {"power_ups_message_effect", "animated-message"},
     {"power_ups_gigantified_emote", "gigantified-emote-message"}}};
  line_writer line;
  add_sender(line, x, x.chatter, sent_at);
  for (const auto& [type, id] : kinds)
    if (x.message_type == type)
      line.tag("msg-id", id);
  if (x.cheer)
    line.tag("bits", x.cheer->bits);
  if (x.reward_id)
    line.tag("custom-reward-id", *x.reward_id);
  if (x.animation_id)
    line.tag("animation-id", *x.animation_id);
  if (x.reply) {
    line.tag("reply-parent-msg-id", x.reply->parent_message_id);
    line.tag("reply-parent-user-id", x.reply->parent_user.id);
    line.tag("reply-parent-user-login", x.reply->parent_user.login);
    line.tag("reply-parent-display-name", x.reply->parent_user.name);
    line.tag("reply-parent-msg-body", x.reply->parent_message_body);
    line.tag("reply-thread-parent-msg-id", x.reply->thread_message_id);
    line.tag("reply-thread-parent-user-id", x.reply->thread_user.id);
    line.tag("reply-thread-parent-user-login", x.reply->thread_user.login);
    line.tag("reply-thread-parent-display-name", x.reply->thread_user.name);
  }
  const auto& login = x.chatter.login;
  return line.finish(login + "!" + login + "@" + login + ".tmi.twitch.tv", "PRIVMSG", x.broadcaster.login,
                     &x.message.text);
}

// -- notices -----------------------------------------------------------------------------------------------------------------

/// Twitch's names of the same kind here and there.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> notice_kinds{
  {{"sub_gift", "subgift"},
   {"community_sub_gift", "submysterygift"},
   {"gift_paid_upgrade", "giftpaidupgrade"},
   {"prime_paid_upgrade", "primepaidupgrade"},
   {"pay_it_forward", "standardpayforward"},
   {"bits_badge_tier", "bitsbadgetier"},
   {"charity_donation", "charitydonation"},
   {"watch_streak", "viewermilestone"}}};

std::string kind_of(const channel_chat_notification& x, std::string_view type) {
  const auto& gift = x.gift_paid_upgrade ? x.gift_paid_upgrade : x.shared_gift_paid_upgrade;
  if (type == "gift_paid_upgrade" && gift && gift->is_anonymous)
    return "anongiftpaidupgrade";
  for (const auto& [name, kind] : notice_kinds)
    if (name == type)
      return std::string{kind};
  return std::string{type};
}

const char* yes_or_no(bool value) {
  return value ? "true" : "false";
}

void add(line_writer& line, const notice_sub& x) {
  line.param("cumulative-months", int64_t{1});
  line.param("months", int64_t{0});
  line.param("multimonth-duration", x.duration_months);
  line.param("should-share-streak", int64_t{0});
  line.param("sub-plan", x.is_prime ? "Prime" : x.tier);
  line.param("was-gifted", "false");
}

void add(line_writer& line, const notice_resub& x) {
  line.param("cumulative-months", x.cumulative_months);
  line.param("months", int64_t{0});
  line.param("multimonth-duration", x.duration_months);
  line.param("should-share-streak", int64_t{x.streak_months ? 1 : 0});
  if (x.streak_months)
    line.param("streak-months", *x.streak_months);
  line.param("sub-plan", x.is_prime.value_or(false) ? "Prime" : x.tier);
  line.param("was-gifted", yes_or_no(x.is_gift));
  if (!x.is_gift)
    return;
  line.param("anon-gift", yes_or_no(x.gifter_is_anonymous.value_or(false)));
  if (x.gifter) {
    line.param("gifter-id", x.gifter->id);
    line.param("gifter-login", x.gifter->login);
    line.param("gifter-name", x.gifter->name);
  }
}

void add(line_writer& line, const notice_sub_gift& x) {
  line.param("gift-months", x.duration_months);
  line.param("recipient-id", x.recipient.id);
  line.param("recipient-user-name", x.recipient.login);
  line.param("recipient-display-name", x.recipient.name);
  line.param("sender-count", x.cumulative_total.value_or(0));
  line.param("sub-plan", x.tier);
  if (x.community_gift_id)
    line.param("community-gift-id", *x.community_gift_id);
}

void add(line_writer& line, const notice_community_sub_gift& x) {
  line.param("mass-gift-count", x.total);
  if (x.cumulative_total)
    line.param("sender-count", *x.cumulative_total);
  line.param("sub-plan", x.tier);
  line.param("community-gift-id", x.id);
}

/// Two kinds of notice tell of who has given something, each with tags of its own.
void add_gifter(line_writer& line, const notice_gifter& x, bool is_upgrade) {
  if (!is_upgrade)
    line.param("prior-gifter-anonymous", yes_or_no(x.is_anonymous));
  if (!x.gifter)
    return;
  if (!is_upgrade)
    line.param("prior-gifter-id", x.gifter->id);
  line.param(is_upgrade ? "sender-login" : "prior-gifter-user-name", x.gifter->login);
  line.param(is_upgrade ? "sender-name" : "prior-gifter-display-name", x.gifter->name);
}

void add(line_writer& line, const notice_tier& x) {
  line.param("sub-plan", x.tier);
}

void add(line_writer& line, const notice_raid& x) {
  line.param("displayName", x.user.name);
  line.param("login", x.user.login);
  line.param("viewerCount", x.viewer_count);
  line.param("profileImageURL", x.profile_image_url);
}

void add(line_writer& line, const notice_announcement& x) {
  auto color = x.color;
  for (auto& c : color)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  line.param("color", color);
}

void add(line_writer& line, const notice_bits_badge& x) {
  line.param("threshold", x.tier);
}

void add(line_writer& line, const notice_charity& x) {
  line.param("charity-name", x.charity_name);
  line.param("donation-amount", x.amount.value);
  line.param("donation-currency", x.amount.currency);
  line.param("exponent", x.amount.decimal_places);
}

void add(line_writer& line, const notice_watch_streak& x) {
  line.param("category", "watch-streak");
  line.param("value", x.streak_count);
  line.param("copoReward", x.channel_points_awarded);
}

void add(line_writer& line, const notice_months& x) {
  line.param("months", x.months);
}

template <class T>
void add_one(line_writer& line, const std::optional<T>& here, const std::optional<T>& shared = std::nullopt) {
  if (here)
    add(line, *here);
  else if (shared)
    add(line, *shared);
}

std::string write(const channel_chat_notification& x, const std::string& sent_at) {
  constexpr std::string_view shared = "shared_chat_";
  const auto is_shared = x.notice_type.starts_with(shared);
  auto kind = kind_of(x, std::string_view{x.notice_type}.substr(is_shared ? shared.size() : 0));
  auto who = x.chatter.value_or(person{});
  if (x.chatter_is_anonymous || who.login.empty())
    who = {std::string{anonymous_id}, std::string{anonymous_login}, "AnAnonymousGifter"};
  line_writer line;
  add_sender(line, x, who, sent_at);
  line.tag("login", who.login);
  line.tag("msg-id", is_shared ? "sharedchatnotice" : kind);
  if (is_shared)
    line.tag("source-msg-id", kind);
  line.tag("system-msg", x.system_message);
  add_one(line, x.sub, x.shared_sub);
  add_one(line, x.resub, x.shared_resub);
  add_one(line, x.sub_gift, x.shared_sub_gift);
  add_one(line, x.community_sub_gift, x.shared_community_sub_gift);
  add_one(line, x.prime_paid_upgrade, x.shared_prime_paid_upgrade);
  add_one(line, x.raid, x.shared_raid);
  add_one(line, x.announcement, x.shared_announcement);
  add_one(line, x.modiversary, x.shared_modiversary);
  add_one(line, x.bits_badge_tier);
  add_one(line, x.charity_donation);
  add_one(line, x.watch_streak);
  if (const auto& gift = x.gift_paid_upgrade ? x.gift_paid_upgrade : x.shared_gift_paid_upgrade)
    add_gifter(line, *gift, true);
  if (const auto& gift = x.pay_it_forward ? x.pay_it_forward : x.shared_pay_it_forward)
    add_gifter(line, *gift, false);
  return line.finish(server, "USERNOTICE", x.broadcaster.login, x.message.text.empty() ? nullptr : &x.message.text);
}

// -- moderation --------------------------------------------------------------------------------------------------------------

void add_time(line_writer& line, const std::string& sent_at) {
  if (auto time = parse_rfc3339(sent_at))
    line.tag("tmi-sent-ts", *time);
}

std::string write(const channel_chat_clear& x, const std::string& sent_at) {
  line_writer line;
  line.tag("room-id", x.broadcaster.id);
  add_time(line, sent_at);
  return line.finish(server, "CLEARCHAT", x.broadcaster.login);
}

std::string write(const channel_chat_clear_user_messages& x, const std::string& sent_at) {
  line_writer line;
  line.tag("room-id", x.broadcaster.id);
  line.tag("target-user-id", x.target.id);
  add_time(line, sent_at);
  return line.finish(server, "CLEARCHAT", x.broadcaster.login, &x.target.login);
}

std::string write(const channel_chat_message_delete& x, const std::string& sent_at) {
  line_writer line;
  line.tag("login", x.target.login);
  line.tag("room-id", x.broadcaster.id);
  line.tag("target-msg-id", x.message_id);
  add_time(line, sent_at);
  const std::string unknown;
  return line.finish(server, "CLEARMSG", x.broadcaster.login, &unknown);
}

std::string write(const channel_chat_settings_update& x, const std::string&) {
  line_writer line;
  line.flag("emote-only", x.emote_mode);
  line.tag("followers-only", x.follower_mode ? x.follower_minutes.value_or(0) : int64_t{-1});
  line.flag("r9k", x.unique_chat_mode);
  line.tag("room-id", x.broadcaster.id);
  line.tag("slow", x.slow_mode ? x.slow_seconds.value_or(0) : int64_t{0});
  line.flag("subs-only", x.subscriber_mode);
  return line.finish(server, "ROOMSTATE", x.broadcaster.login);
}

bool is_login(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

template <class T>
result<std::string> write_as(const event& event) {
  auto content = event.as<T>();
  if (!content)
    return content.error();
  if (!is_login(content->broadcaster.login))
    return failure{event.type, "it doesn't tell in which channel"};
  if constexpr (std::is_same_v<T, channel_chat_message>)
    if (!is_login(content->chatter.login))
      return failure{event.type, "it doesn't tell who has written it"};
  return write(*content, event.sent_at);
}

using chat_event_types =
  type_list<channel_chat_message, channel_chat_notification, channel_chat_clear, channel_chat_clear_user_messages,
            channel_chat_message_delete, channel_chat_settings_update>;

template <class... Ts>
std::vector<std::string_view> names_of(type_list<Ts...>) {
  return {Ts::type...};
}

template <class... Ts>
result<std::string> write_as_one_of(type_list<Ts...>, const event& event) {
  result<std::string> line = failure{event.type, "isn't about chat"};
  (void)((event.type == Ts::type && (line = write_as<Ts>(event), true)) || ...);
  return line;
}

} // namespace

const std::vector<std::string_view>& chat_types() {
  static const auto all = names_of(chat_event_types{});
  return all;
}

bool is_chat(std::string_view type) {
  return std::find(chat_types().begin(), chat_types().end(), type) != chat_types().end();
}

result<std::string> chat_line(const event& event) {
  return write_as_one_of(chat_event_types{}, event);
}

} // namespace creamery::eventsub
