#include "simulator/eventsub_types.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr std::string_view b = "broadcaster_user_id";
constexpr std::string_view mod = "moderator_user_id";
constexpr std::string_view user = "user_id";

/// Events of a channel that its broadcaster has to have allowed (or nobody, without a scope).
eventsub_type of_channel(std::string_view name, std::string_view version, std::string_view scope,
                         std::vector<std::string_view> may_have = {}) {
  eventsub_type made{name, version, {b}, std::move(may_have), {}, {}};
  if (!scope.empty()) {
    made.by = b;
    made.scopes = {scope};
  }
  return made;
}

/// Events that a moderator sees.
eventsub_type of_moderator(std::string_view name, std::string_view version, std::vector<std::string_view> scopes) {
  eventsub_type made{name, version, {b, mod}, {}, mod, std::move(scopes)};
  made.by_moderator = true;
  return made;
}

/// Events of chat that somebody reads.
eventsub_type of_chat(std::string_view name) {
  eventsub_type made{name, "1", {b, user}, {}, user, {"user:read:chat"}};
  made.is_chat = true;
  return made;
}

/// Events of an application.
eventsub_type of_app(std::string_view name, std::string_view key, std::vector<std::string_view> may_have,
                     bool only_webhook) {
  eventsub_type made{name, "1", {key}, std::move(may_have), {}, {}};
  made.needs_app = true;
  made.only_webhook = only_webhook;
  return made;
}

std::vector<eventsub_type> make_all() {
  constexpr std::string_view rewards = "channel:read:redemptions|channel:manage:redemptions";
  constexpr std::string_view polls = "channel:read:polls|channel:manage:polls";
  constexpr std::string_view predictions = "channel:read:predictions|channel:manage:predictions";
  constexpr std::string_view vips = "channel:read:vips|channel:manage:vips";
  constexpr std::string_view guest_star = "channel:read:guest_star|channel:manage:guest_star|moderator:read:guest_star|"
                                          "moderator:manage:guest_star";
  constexpr std::string_view shield = "moderator:read:shield_mode|moderator:manage:shield_mode";
  constexpr std::string_view shoutouts = "moderator:read:shoutouts|moderator:manage:shoutouts";
  constexpr std::string_view unban_requests = "moderator:read:unban_requests|moderator:manage:unban_requests";
  constexpr std::string_view warnings = "moderator:read:warnings|moderator:manage:warnings";
  std::vector<std::string_view> moderate{"moderator:read:blocked_terms|moderator:manage:blocked_terms",
                                         "moderator:read:chat_settings|moderator:manage:chat_settings",
                                         unban_requests,
                                         "moderator:read:banned_users|moderator:manage:banned_users",
                                         "moderator:read:chat_messages|moderator:manage:chat_messages",
                                         "moderator:read:moderators",
                                         "moderator:read:vips"};
  auto moderate_2 = moderate;
  moderate_2.push_back(warnings);
  std::vector<eventsub_type> all;
  for (auto version : {"1", "2"}) {
    all.push_back(of_moderator("automod.message.hold", version, {"moderator:manage:automod"}));
    all.push_back(of_moderator("automod.message.update", version, {"moderator:manage:automod"}));
    all.push_back(of_channel("channel.channel_points_automatic_reward_redemption.add", version, rewards));
  }
  all.push_back(of_moderator("automod.settings.update", "1", {"moderator:read:automod_settings"}));
  all.push_back(of_moderator("automod.terms.update", "1", {"moderator:manage:automod"}));
  all.push_back(of_channel("channel.ad_break.begin", "1", "channel:read:ads"));
  for (auto name : {"channel.ban", "channel.unban"})
    all.push_back(of_channel(name, "1", "channel:moderate"));
  for (auto name : {"channel.bits.use", "channel.cheer"})
    all.push_back(of_channel(name, "1", "bits:read"));
  all.push_back(of_channel("channel.custom_power_up_redemption.add", "1", "bits:read", {"reward_id"}));
  all.push_back(of_channel("channel.channel_points_custom_reward.add", "1", rewards));
  for (auto name : {"channel.channel_points_custom_reward.update", "channel.channel_points_custom_reward.remove",
                    "channel.channel_points_custom_reward_redemption.add",
                    "channel.channel_points_custom_reward_redemption.update"})
    all.push_back(of_channel(name, "1", rewards, {"reward_id"}));
  for (auto name : {"channel.charity_campaign.donate", "channel.charity_campaign.start",
                    "channel.charity_campaign.progress", "channel.charity_campaign.stop"})
    all.push_back(of_channel(name, "1", "channel:read:charity"));
  for (auto name : {"channel.chat.clear", "channel.chat.clear_user_messages", "channel.chat.message",
                    "channel.chat.message_delete", "channel.chat.notification", "channel.chat_settings.update"})
    all.push_back(of_chat(name));
  for (auto name : {"channel.chat.user_message_hold", "channel.chat.user_message_update"}) {
    all.push_back(of_chat(name));
    all.back().is_own_chat = true;
  }
  all.push_back(of_moderator("channel.follow", "2", {"moderator:read:followers"}));
  for (auto name : {"channel.goal.begin", "channel.goal.progress", "channel.goal.end"})
    all.push_back(of_channel(name, "1", "channel:read:goals"));
  for (auto name : {"channel.guest_star_session.begin", "channel.guest_star_session.end",
                    "channel.guest_star_guest.update", "channel.guest_star_settings.update"})
    all.push_back(of_moderator(name, "beta", {guest_star}));
  for (auto name : {"channel.hype_train.begin", "channel.hype_train.progress", "channel.hype_train.end"})
    all.push_back(of_channel(name, "2", "channel:read:hype_train"));
  all.push_back(of_moderator("channel.moderate", "1", moderate));
  all.push_back(of_moderator("channel.moderate", "2", moderate_2));
  for (auto name : {"channel.moderator.add", "channel.moderator.remove"})
    all.push_back(of_channel(name, "1", "moderation:read"));
  for (auto name : {"channel.poll.begin", "channel.poll.progress", "channel.poll.end"})
    all.push_back(of_channel(name, "1", polls));
  for (auto name :
       {"channel.prediction.begin", "channel.prediction.progress", "channel.prediction.lock", "channel.prediction.end"})
    all.push_back(of_channel(name, "1", predictions));
  all.push_back({"channel.raid", "1", {"to_broadcaster_user_id|from_broadcaster_user_id"}, {}, {}, {}});
  for (auto name : {"channel.shared_chat.begin", "channel.shared_chat.update", "channel.shared_chat.end",
                    "stream.online", "stream.offline"})
    all.push_back(of_channel(name, "1", ""));
  all.push_back(of_channel("channel.update", "2", ""));
  for (auto name : {"channel.shield_mode.begin", "channel.shield_mode.end"})
    all.push_back(of_moderator(name, "1", {shield}));
  for (auto name : {"channel.shoutout.create", "channel.shoutout.receive"})
    all.push_back(of_moderator(name, "1", {shoutouts}));
  for (auto name :
       {"channel.subscribe", "channel.subscription.end", "channel.subscription.gift", "channel.subscription.message"})
    all.push_back(of_channel(name, "1", "channel:read:subscriptions"));
  for (auto name : {"channel.suspicious_user.message", "channel.suspicious_user.update"})
    all.push_back(of_moderator(name, "1", {"moderator:read:suspicious_users"}));
  for (auto name : {"channel.unban_request.create", "channel.unban_request.resolve"})
    all.push_back(of_moderator(name, "1", {unban_requests}));
  for (auto name : {"channel.vip.add", "channel.vip.remove"})
    all.push_back(of_channel(name, "1", vips));
  for (auto name : {"channel.warning.acknowledge", "channel.warning.send"})
    all.push_back(of_moderator(name, "1", {warnings}));
  all.push_back(of_app("conduit.shard.disabled", "client_id", {"conduit_id"}, false));
  all.push_back(of_app("drop.entitlement.grant", "organization_id", {"category_id", "campaign_id"}, true));
  all.back().is_batched = true;
  all.push_back(of_app("extension.bits_transaction.create", "extension_client_id", {}, true));
  all.push_back(of_app("user.authorization.grant", "client_id", {}, true));
  all.push_back(of_app("user.authorization.revoke", "client_id", {}, true));
  all.push_back({"user.update", "1", {user}, {}, {}, {}});
  all.push_back({"user.whisper.message", "1", {user}, {}, user, {"user:read:whispers|user:manage:whispers"}});
  return all;
}

} // namespace

const eventsub_type* find_eventsub_type(std::string_view name, std::string_view version) {
  static const auto all = make_all();
  auto found =
    std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.name == name && x.version == version; });
  return found == all.end() ? nullptr : &*found;
}

bool was_eventsub_type(std::string_view name, std::string_view version) {
  return version == "1"
         && (name == "channel.follow" || name == "channel.update" || name == "channel.hype_train.begin"
             || name == "channel.hype_train.progress" || name == "channel.hype_train.end");
}

} // namespace creamery::simulator
