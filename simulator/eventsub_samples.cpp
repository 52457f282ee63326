#include "simulator/eventsub_samples.hpp"

#include "simulator/helix_call.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

constexpr std::string_view text_message =
  R"(message={"text":"hello~there","fragments":[{"type":"text","text":"hello~there"}]} )";

constexpr std::string_view reward_members =
  R"(id# b is_enabled=true is_paused=false is_in_stock=true title="Hydrate" cost=100 prompt="drink~something" )"
  R"(is_user_input_required=true should_redemptions_skip_request_queue=false cooldown_expires_at=null )"
  R"(redemptions_redeemed_current_stream=null max_per_stream={"is_enabled":false,"value":0} )"
  R"(max_per_user_per_stream={"is_enabled":false,"value":0} global_cooldown={"is_enabled":false,"seconds":0} )"
  R"(background_color="#FA1ED2" image=null )"
  R"(default_image={"url_1x":"https://example/1","url_2x":"https://example/2","url_4x":"https://example/4"})";

constexpr std::string_view redemption_members =
  R"(id# b u user_input="with~ice" status="unfulfilled" redeemed_at@0 )"
  R"(reward={"id":"92af127c-7326-4483-a52b-b0da0be61c01","title":"Hydrate","cost":100,"prompt":"drink~something"})";

constexpr std::string_view moderation_members =
  R"(b source_broadcaster_user_id=null source_broadcaster_user_login=null source_broadcaster_user_name=null m action="timeout" )"
  R"(followers=null slow=null vip=null unvip=null mod=null unmod=null ban=null unban=null untimeout=null raid=null unraid=null )"
  R"(delete=null automod_terms=null unban_request=null )"
  R"(timeout={"user_id":"141981764","user_login":"rude","user_name":"Rude","reason":"too~loud","expires_at":"2030-01-01T00:00:00Z"})";

constexpr std::string_view poll_members =
  R"(id# b title="Tea~or~coffee?" choices=[{"id":"1","title":"Tea","bits_votes":0,"channel_points_votes":3,"votes":7},)"
  R"({"id":"2","title":"Coffee","bits_votes":0,"channel_points_votes":0,"votes":4}] )"
  R"(bits_voting={"is_enabled":false,"amount_per_vote":0} channel_points_voting={"is_enabled":true,"amount_per_vote":10} started_at@-60 )";

constexpr std::string_view prediction_members =
  R"(id# b title="Will~it~work?" outcomes=[{"id":"1","title":"Yes","color":"blue","users":3,"channel_points":300,"top_predictors":[]},)"
  R"({"id":"2","title":"No","color":"pink","users":1,"channel_points":50,"top_predictors":[]}] started_at@-60 )";

constexpr std::string_view goal_members =
  R"(id# b type="follow" description="a~thousand" current_amount=120 target_amount=1000 started_at@-3600 )";

constexpr std::string_view charity_members =
  R"(id# broadcaster* charity_name="Example" charity_description="does~good" charity_logo="https://example/logo.png" )"
  R"(charity_website="https://example" current_amount={"value":1500,"decimal_places":2,"currency":"EUR"} )"
  R"(target_amount={"value":150000,"decimal_places":2,"currency":"EUR"} )";

constexpr std::string_view hype_members =
  R"(id# b total=137 level=1 top_contributions=[{"user_id":"123","user_login":"fan","user_name":"Fan","type":"bits","total":50}] )"
  R"(shared_train_participants=null is_shared_train=false type="regular" started_at@-60 )";

constexpr std::string_view guest_members =
  R"(b session_id="guest-1" m guest_user* host_user* slot_id="1" state="live" host_video_enabled=true host_audio_enabled=true host_volume=100)";

constexpr std::string_view chat_members =
  R"(b chatter_user* message_id# color="#00FF7F" badges=[] source_broadcaster_user_id=null source_broadcaster_user_login=null )"
  R"(source_broadcaster_user_name=null source_message_id=null source_badges=null is_source_only=null )";

/// An event's members, with spaces between them. `b`, `u`, `m`: id, login and name of the broadcaster, a user, a moderator; `x*`: the
/// same for the prefix `x`; `x@N`: a time, N seconds from now; `x#`: an id; `x=J`: this JSON, in which `~` stands for a space.
struct sample {
  std::string_view type;
  std::string_view version;
  /// What it has in common with other types, and what is its own.
  std::string_view common;
  std::string_view special = {};
};

constexpr sample samples[] = {
  {"automod.message.hold", "2", text_message,
   R"(b u message_id# held_at@0 reason="automod" automod={"category":"swearing","level":2,"boundaries":[{"start_pos":0,"end_pos":4}]} blocked_term=null)"},
  {"automod.message.hold", "1", text_message, R"(b u message_id# held_at@0 category="swearing" level=2)"},
  {"automod.message.update", "2", text_message,
   R"(b u m message_id# held_at@0 status="approved" reason="automod" automod={"category":"swearing","level":2,"boundaries":[]} blocked_term=null)"},
  {"automod.message.update", "1", text_message,
   R"(b u m message_id# held_at@0 status="Approved" category="swearing" level=2)"},
  {"automod.settings.update", "1",
   R"(b m overall_level=null bullying=1 disability=0 race_ethnicity_or_religion=2 misogyny=2 sexuality_sex_or_gender=2 aggression=1 sex_based_terms=0 swearing=0)"},
  {"automod.terms.update", "1", R"(b m action="add_blocked" from_automod=false terms=["nonsense"])"},
  {"channel.ad_break.begin", "1", R"(duration_seconds=90 started_at@0 is_automatic=false b requester_user*)"},
  {"channel.ban", "1", R"(u b m reason="rude" banned_at@0 ends_at@600 is_permanent=false)"},
  {"channel.unban", "1", "u b m"},
  {"channel.bits.use", "1", text_message, R"(b u bits=100 type="cheer" power_up=null custom_power_up=null)"},
  {"channel.channel_points_automatic_reward_redemption.add", "2", text_message,
   R"(b u id# reward={"type":"send_highlighted_message","channel_points":100,"emote":null} redeemed_at@0)"},
  {"channel.channel_points_automatic_reward_redemption.add", "1",
   R"(b u id# reward={"type":"send_highlighted_message","cost":100,"unlocked_emote":null} message={"text":"hello","emotes":null} user_input="hello" redeemed_at@0)"},
  {"channel.channel_points_custom_reward.add", "1", reward_members},
  {"channel.channel_points_custom_reward.update", "1", reward_members},
  {"channel.channel_points_custom_reward.remove", "1", reward_members},
  {"channel.channel_points_custom_reward_redemption.add", "1", redemption_members},
  {"channel.channel_points_custom_reward_redemption.update", "1", redemption_members},
  {"channel.charity_campaign.donate", "1",
   R"(id# campaign_id# b u charity_name="Example" charity_description="does~good" charity_logo="https://example/logo.png" charity_website="https://example" amount={"value":500,"decimal_places":2,"currency":"EUR"})"},
  {"channel.charity_campaign.start", "1", charity_members, "started_at@0"},
  {"channel.charity_campaign.progress", "1", charity_members},
  {"channel.charity_campaign.stop", "1", charity_members, "stopped_at@0"},
  {"channel.chat.clear", "1", "b"},
  {"channel.chat.clear_user_messages", "1", "b target_user*"},
  {"channel.chat.message", "1", chat_members,
   R"(message={"text":"hello~there","fragments":[{"type":"text","text":"hello~there","cheermote":null,"emote":null,"mention":null}]} message_type="text" cheer=null reply=null channel_points_custom_reward_id=null channel_points_animation_id=null)"},
  {"channel.chat.message_delete", "1", "b target_user* message_id#"},
  {"channel.chat.notification", "1", chat_members,
   R"(chatter_is_anonymous=false system_message="it~rains" message={"text":"","fragments":[]} notice_type="announcement" announcement={"color":"BLUE"} sub=null resub=null sub_gift=null community_sub_gift=null gift_paid_upgrade=null prime_paid_upgrade=null pay_it_forward=null raid=null unraid=null bits_badge_tier=null charity_donation=null)"},
  {"channel.chat_settings.update", "1",
   "b emote_mode=true follower_mode=false follower_mode_duration_minutes=null slow_mode=true "
   "slow_mode_wait_time_seconds=10 subscriber_mode=false unique_chat_mode=false"},
  {"channel.chat.user_message_hold", "1", text_message, "b u message_id#"},
  {"channel.chat.user_message_update", "1", text_message, R"(b u message_id# status="approved")"},
  {"channel.cheer", "1", R"(is_anonymous=false u b message="cheer100~well~done" bits=100)"},
  {"channel.custom_power_up_redemption.add", "1",
   R"(id# b u user_input="" status="unfulfilled" custom_power_up={"id":"p1","title":"Fireworks","bits":50,"prompt":""} redeemed_at@0)"},
  {"channel.follow", "2", "u b followed_at@0"},
  {"channel.goal.begin", "1", goal_members},
  {"channel.goal.progress", "1", goal_members},
  {"channel.goal.end", "1", goal_members, "is_achieved=false ended_at@0"},
  {"channel.guest_star_session.begin", "beta", "b session_id# started_at@0"},
  {"channel.guest_star_session.end", "beta", "b session_id# started_at@-600 ended_at@0 host_user*"},
  {"channel.guest_star_guest.update", "beta", guest_members},
  {"channel.guest_star_settings.update", "beta",
   R"(b is_moderator_send_live_enabled=true slot_count=5 is_browser_source_audio_enabled=true group_layout="tiled")"},
  {"channel.hype_train.begin", "2", hype_members,
   "progress=137 goal=500 expires_at@300 all_time_high_level=4 all_time_high_total=2845"},
  {"channel.hype_train.progress", "2", hype_members, "progress=137 goal=500 expires_at@300"},
  {"channel.hype_train.end", "2", hype_members, "ended_at@0 cooldown_ends_at@3600"},
  {"channel.moderate", "2", moderation_members, "warn=null"},
  {"channel.moderate", "1", moderation_members},
  {"channel.moderator.add", "1", "b u"},
  {"channel.moderator.remove", "1", "b u"},
  {"channel.poll.begin", "1", poll_members, "ends_at@60"},
  {"channel.poll.progress", "1", poll_members, "ends_at@60"},
  {"channel.poll.end", "1", poll_members, R"(status="completed" ended_at@0)"},
  {"channel.prediction.begin", "1", prediction_members, "locks_at@60"},
  {"channel.prediction.progress", "1", prediction_members, "locks_at@60"},
  {"channel.prediction.lock", "1", prediction_members, "locked_at@0"},
  {"channel.prediction.end", "1", prediction_members, R"(winning_outcome_id="1" status="resolved" ended_at@0)"},
  {"channel.raid", "1", "from_broadcaster_user* to_broadcaster_user* viewers=42"},
  {"channel.shared_chat.begin", "1",
   R"(session_id# b host_broadcaster_user* participants=[{"broadcaster_user_id":"1971641","broadcaster_user_login":"friend","broadcaster_user_name":"Friend"}])"},
  {"channel.shared_chat.update", "1",
   R"(session_id# b host_broadcaster_user* participants=[{"broadcaster_user_id":"1971641","broadcaster_user_login":"friend","broadcaster_user_name":"Friend"}])"},
  {"channel.shared_chat.end", "1", "session_id# b host_broadcaster_user*"},
  {"channel.shield_mode.begin", "1", "b m started_at@0"},
  {"channel.shield_mode.end", "1", "b m ended_at@0"},
  {"channel.shoutout.create", "1",
   "b m to_broadcaster_user* started_at@0 viewer_count=12 cooldown_ends_at@120 target_cooldown_ends_at@3600"},
  {"channel.shoutout.receive", "1", "b from_broadcaster_user* viewer_count=12 started_at@0"},
  {"channel.subscribe", "1", R"(u b tier="1000" is_gift=false)"},
  {"channel.subscription.end", "1", R"(u b tier="1000" is_gift=false)"},
  {"channel.subscription.gift", "1", R"(u b total=2 tier="1000" cumulative_total=284 is_anonymous=false)"},
  {"channel.subscription.message", "1",
   R"(u b tier="1000" message={"text":"a~year!","emotes":null} cumulative_months=12 streak_months=3 duration_months=1)"},
  {"channel.suspicious_user.message", "1",
   R"(b u low_trust_status="active_monitoring" shared_ban_channel_ids=null types=["ban_evader"] ban_evasion_evaluation="likely" message={"message_id":"m","text":"hello","fragments":[{"type":"text","text":"hello"}]})"},
  {"channel.suspicious_user.update", "1", R"(b m u low_trust_status="restricted")"},
  {"channel.unban_request.create", "1", R"(id# b u text="sorry" created_at@0)"},
  {"channel.unban_request.resolve", "1", R"(id# b m u resolution_text="welcome~back" status="approved")"},
  {"channel.update", "2",
   R"(b title="Baking~bread" language="en" category_id="509670" category_name="Food~&~Drink" content_classification_labels=[])"},
  {"channel.vip.add", "1", "b u"},
  {"channel.vip.remove", "1", "b u"},
  {"channel.warning.acknowledge", "1", "b u"},
  {"channel.warning.send", "1", R"(b m u reason="be~kind" chat_rules_cited=null)"},
  {"conduit.shard.disabled", "1",
   R"(conduit_id# shard_id="0" status="websocket_disconnected" transport={"method":"websocket","session_id":"s"})"},
  {"drop.entitlement.grant", "1",
   R"(organization_id="9001" category_id="9002" category_name="Fortnite" campaign_id="9003" u entitlement_id# benefit_id="74c52265-e214-48a6-91b9-23b6014e8041" created_at@0)"},
  {"extension.bits_transaction.create", "1",
   R"(extension_client_id="deadbeef" id# b u product={"name":"Fireworks","sku":"fireworks","bits":100,"in_development":false})"},
  {"stream.online", "1", R"(id# b type="live" started_at@0)"},
  {"stream.offline", "1", "id# b"},
  {"user.authorization.grant", "1", R"(client_id="app" u)"},
  {"user.authorization.revoke", "1", R"(client_id="app" u)"},
  {"user.update", "1", R"(u email_verified=true description="bakes")"},
  {"user.whisper.message", "1", R"(from_user* to_user* whisper_id# whisper={"text":"psst"})"},
};

const sample* find(std::string_view type, std::string_view version) {
  auto place = std::find_if(std::begin(samples), std::end(samples),
                            [&](const auto& x) { return x.type == type && x.version == version; });
  return place == std::end(samples) ? nullptr : place;
}

/// Adds what a notation says to an event.
class sample_writer {
public:
  sample_writer(json& event, const std::map<std::string, std::string>& condition,
                const std::function<event_person(std::string_view)>& find_person,
                const std::function<std::string()>& next_id, time_point now)
    : event_(event), condition_(condition), find_person_(find_person), next_id_(next_id), now_(now) {
  }

  void add(std::string_view members) {
    while (!members.empty()) {
      auto end = std::min(members.find(' '), members.size());
      if (end > 0)
        add_one(members.substr(0, end));
      members.remove_prefix(std::min(end + 1, members.size()));
    }
  }

private:
  void add_one(std::string_view member) {
    auto mark = member.find_first_of("=@#*");
    auto name = std::string{member.substr(0, mark)};
    if (mark == std::string_view::npos)
      return add_person(name == "b" ? "broadcaster_user" : name == "m" ? "moderator_user" : "user");
    auto rest = member.substr(mark + 1);
    switch (member[mark]) {
      case '*': return add_person(name);
      case '#': event_[name] = next_id_(); return;
      case '@': {
        int64_t seconds = 0;
        std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
        event_[name] = rfc3339(now_ + std::chrono::seconds{seconds});
        return;
      }
      default: {
        std::string text{rest};
        std::replace(text.begin(), text.end(), '~', ' ');
        event_[name] = json::parse(text, nullptr, false);
      }
    }
  }

  /// Whoever the condition names, or somebody.
  void add_person(const std::string& prefix) {
    auto named = condition_.find(prefix == "broadcaster" ? "broadcaster_user_id" : prefix + "_id");
    // In a chat's condition, `user_id` is who reads.
    auto is_reader = prefix == "user" && condition_.contains("broadcaster_user_id");
    event_person who{"141981764", "somebody", "Somebody"};
    if (named != condition_.end() && !is_reader)
      who = find_person_(named->second);
    else if (prefix == "moderator" && condition_.contains("moderator_user_id"))
      who = find_person_(condition_.at("moderator_user_id"));
    event_[prefix + "_id"] = who.id;
    event_[prefix + "_login"] = who.login;
    event_[prefix + "_name"] = who.name;
  }

  json& event_;
  const std::map<std::string, std::string>& condition_;
  const std::function<event_person(std::string_view)>& find_person_;
  const std::function<std::string()>& next_id_;
  time_point now_;
};

} // namespace

event_samples::event_samples(std::function<event_person(std::string_view)> find_person)
  : find_person_(std::move(find_person)), ids_(spread("samples") ^ random_seed()) {
}

bool event_samples::has(std::string_view type, std::string_view version) {
  return find(type, version) != nullptr;
}

json event_samples::make(const eventsub_subscription& about, time_point now) {
  auto event = json::object();
  const auto* known = find(about.type, about.version);
  if (known == nullptr)
    return event;
  std::function<std::string()> next_id = [this] { return ids_.text(next_id_++); };
  sample_writer writer{event, about.condition, find_person_, next_id, now};
  writer.add(known->common);
  writer.add(known->special);
  for (const auto* name : {"client_id", "organization_id", "extension_client_id", "conduit_id"})
    if (auto named = about.condition.find(name); named != about.condition.end() && event.contains(name))
      event[name] = named->second;
  if (auto reward = about.condition.find("reward_id"); reward != about.condition.end())
    (event.contains("reward") ? event["reward"] : event)["id"] = reward->second;
  return event;
}

} // namespace creamery::simulator
