#pragma once

#include "messages/helix/request.hpp"
#include "messages/helix/types.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// The calls that bots need, each made by a function: what to ask, and how to read the answer. For the others there is
/// `generic`. Ids are users' ids, also those of channels; where a moderator is asked for, it is the token's own user.
namespace creamery::helix {

template <class T>
using outcome = result<T, error>;

/// A call whose answer is a `T`. `what` may be changed before it is made: its identity, priority or time.
template <class T>
struct call {
  request what;
  outcome<T> (*read)(const answer&);
};

/// Any call; the answer's JSON as it is.
call<std::string> generic(request what);

// -- users, channels, streams ---------------------------------------------------------------------------------------------

/// Up to 100 of them together; those that don't exist are missing in the answer. None: the token's own user.
call<std::vector<user>> get_users(const std::vector<std::string>& ids, const std::vector<std::string>& logins);

call<std::vector<channel>> get_channels(const std::vector<std::string>& broadcaster_ids);

/// Title and game, those that aren't empty. Needs the broadcaster's token with `channel:manage:broadcast`.
call<nothing> change_channel(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view title,
                             std::string_view game_id);

/// Those of up to 100 users that are live.
call<page<stream>> get_streams(const std::vector<std::string>& user_ids, const std::vector<std::string>& logins,
                               std::string_view after = {});

// -- chat ------------------------------------------------------------------------------------------------------------------

/// Who is in chat, up to 1,000 at a time. Needs `moderator:read:chatters`.
call<page<person>> get_chatters(std::string_view broadcaster_id, std::string_view after = {});

/// Says something. Cogs use `say`, which keeps to the limits. Needs `user:write:chat`; as an application: also `user:bot` of the
/// bot's account and `channel:bot` of the broadcaster. @param sender_id empty: the token's own user.
call<sent_message> send_message(std::string_view broadcaster_id, std::string_view sender_id, std::string_view text,
                                std::string_view reply_to);

/// @param color blue, green, orange, purple or primary. Needs `moderator:manage:announcements`.
call<nothing> announce(std::string_view broadcaster_id, std::string_view text, std::string_view color = "primary");

/// Needs `moderator:manage:shoutouts`.
call<nothing> shout_out(std::string_view from_broadcaster_id, std::string_view to_broadcaster_id);

/// Needs `moderator:manage:chat_settings` to be changed, and nothing to be read.
call<chat_settings> get_chat_settings(std::string_view broadcaster_id);
call<chat_settings> change_chat_settings(std::string_view broadcaster_id, const chat_settings_change& change);

/// Up to 500 characters to somebody for the first time. Needs `user:manage:whispers` and a verified phone number.
call<nothing> whisper(std::string_view to_user_id, std::string_view text);

// -- moderation ------------------------------------------------------------------------------------------------------------

/// @param duration at most two weeks; 0: for ever. Needs `moderator:manage:banned_users`.
call<ban> ban_user(std::string_view broadcaster_id, std::string_view user_id, std::chrono::seconds duration,
                   std::string_view reason);
call<nothing> unban_user(std::string_view broadcaster_id, std::string_view user_id);

/// @param message_id empty: all messages. Needs `moderator:manage:chat_messages`.
call<nothing> delete_messages(std::string_view broadcaster_id, std::string_view message_id);

/// Needs `moderator:manage:warnings`.
call<nothing> warn_user(std::string_view broadcaster_id, std::string_view user_id, std::string_view reason);

/// Whether it is on. Needs `moderator:manage:shield_mode`.
call<bool> get_shield_mode(std::string_view broadcaster_id);
call<bool> set_shield_mode(std::string_view broadcaster_id, bool on);

// -- what a broadcaster does, with their token (`broadcaster` is the channel's name) -----------------------------------------

/// Needs `channel:manage:raids`.
call<nothing> start_raid(std::string_view broadcaster, std::string_view from_id, std::string_view to_id);
call<nothing> cancel_raid(std::string_view broadcaster, std::string_view broadcaster_id);

/// 2 to 5 choices, 15 to 1,800 seconds. Needs `channel:manage:polls`.
call<poll> create_poll(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view title,
                       const std::vector<std::string>& choices, std::chrono::seconds duration);
call<page<poll>> get_polls(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view after = {});
/// @param archive it is no longer shown either.
call<poll> end_poll(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view poll_id,
                    bool archive);

/// 2 to 10 outcomes, 30 to 1,800 seconds to bet. Needs `channel:manage:predictions`.
call<prediction> create_prediction(std::string_view broadcaster, std::string_view broadcaster_id,
                                   std::string_view title, const std::vector<std::string>& outcomes,
                                   std::chrono::seconds window);
call<page<prediction>> get_predictions(std::string_view broadcaster, std::string_view broadcaster_id,
                                       std::string_view after = {});
/// @param status `RESOLVED` (with the winner), `CANCELED` or `LOCKED`.
call<prediction> end_prediction(std::string_view broadcaster, std::string_view broadcaster_id,
                                std::string_view prediction_id, std::string_view status,
                                std::string_view winning_outcome_id = {});

/// Needs `channel:manage:redemptions`.
call<std::vector<reward>> get_rewards(std::string_view broadcaster, std::string_view broadcaster_id);
/// @param status of those that are wanted.
call<page<redemption>> get_redemptions(std::string_view broadcaster, std::string_view broadcaster_id,
                                       std::string_view reward_id, std::string_view status,
                                       std::string_view after = {});
/// @param status `FULFILLED` or `CANCELED`; only rewards of this application's own making.
call<std::vector<redemption>> set_redemptions(std::string_view broadcaster, std::string_view broadcaster_id,
                                              std::string_view reward_id, const std::vector<std::string>& ids,
                                              std::string_view status);

/// Needs `clips:edit`, of the bot's account.
call<clip> create_clip(std::string_view broadcaster_id);

// -- EventSub --------------------------------------------------------------------------------------------------------------

/// @param condition, @param transport JSON objects (twitch-platform 3.7).
/// @param is_batched whether a message may hold several events, which some types want.
call<subscription> create_subscription(std::string_view type, std::string_view version, std::string_view condition,
                                       std::string_view transport, bool is_batched = false);
call<page<subscription>> get_subscriptions(std::string_view after = {});
call<nothing> delete_subscription(std::string_view id);

/// As the application.
call<std::vector<conduit>> get_conduits();
call<conduit> create_conduit(int64_t shards);
call<conduit> resize_conduit(std::string_view id, int64_t shards);
call<nothing> delete_conduit(std::string_view id);
call<page<conduit_shard>> get_conduit_shards(std::string_view conduit_id, std::string_view after = {});
/// Attaches a WebSocket session to a shard.
call<std::vector<conduit_shard>> attach_conduit_shard(std::string_view conduit_id, std::string_view shard_id,
                                                      std::string_view session_id);

} // namespace creamery::helix
