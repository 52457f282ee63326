#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace creamery::simulator {

/// A viewer's line. The viewer needs no connection and no account.
struct say_request {
  std::string channel;
  std::string login;
  std::string text;
  /// `/me`.
  bool action = false;
  /// Bits cheered with it.
  unsigned bits = 0;
  /// The id of the line that this one answers.
  std::string reply_to;
  /// Further tags, unescaped; one that is there already is replaced.
  std::map<std::string, std::string> tags;
};

/// A raid: JOINs, the USERNOTICE, then chat that grows to a peak and ebbs away.
struct raid_request {
  std::string channel;
  /// Login of the raiding broadcaster.
  std::string from = "big_streamer";
  /// How many come. As many different people chat, as far as the lines reach.
  unsigned viewers = 1000;
  /// Lines a second at the peak.
  double peak = 100;
  /// From the first line to the peak.
  std::chrono::milliseconds ramp{3'000};
  /// How long the peak lasts; afterwards chat ebbs away in another `ramp`.
  std::chrono::milliseconds lasts{10'000};
  /// What the raiders write; empty: the built-in phrases.
  std::vector<std::string> phrases;
  /// Commands among it …
  std::vector<std::string> commands;
  /// … one in so many lines; 0: none.
  unsigned command_every = 50;
};

/// A USERNOTICE.
struct notice_request {
  std::string channel;
  /// Whose event it is.
  std::string login;
  /// `msg-id`: sub, resub, subgift, announcement, …
  std::string kind;
  /// `system-msg`; empty: made up.
  std::string system_message;
  /// What the user wrote with it, if anything.
  std::string text;
  /// `msg-param-…` tags, by their names without that prefix, unescaped.
  std::map<std::string, std::string> params;
};

/// A moderator's deed: CLEARCHAT or CLEARMSG.
struct clear_request {
  std::string channel;
  /// Whose lines; empty: everybody's.
  std::string login;
  /// Ban for so long; absent: for ever. Only with `login`.
  std::optional<std::chrono::seconds> ban;
  /// Deletes this one line instead (CLEARMSG).
  std::string message_id;
};

/// What a room's settings shall become; what is absent stays.
struct room_request {
  std::string channel;
  std::optional<bool> emote_only;
  std::optional<bool> subscribers_only;
  std::optional<bool> unique_chat;
  /// Minutes; -1: off.
  std::optional<int> followers_only;
  /// Seconds; 0: off.
  std::optional<unsigned> slow;
  /// JOINs are answered with `msg_channel_suspended`.
  std::optional<bool> suspended;
  /// JOINs are answered with `msg_room_not_found`.
  std::optional<bool> missing;
  /// JOINs are not answered at all.
  std::optional<bool> silent;
  /// Role of some logins: `moderator`, `vip`, `subscriber`, `follower`, `banned`, `none` (takes all of them away).
  std::map<std::string, std::string> roles;
};

/// An account that can log in.
struct account_request {
  std::string login;
  /// A token to log in with (without `oauth:`), in addition to those it has; empty: none.
  std::string token;
  /// Scopes of that token; empty: all that chat needs.
  std::vector<std::string> scopes;
  /// The client it belongs to; absent: `sim-client`.
  std::optional<std::string> client_id;
  /// How long it is good; absent: 58 days.
  std::optional<std::chrono::seconds> expires_in;
  std::optional<std::string> display_name;
  std::optional<std::string> user_id;
  std::optional<std::string> color;
  std::optional<bool> verified;
};

/// An application that asks for tokens; what is absent stays.
struct client_request {
  std::string client_id;
  /// Empty: a public client.
  std::optional<std::string> secret;
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> redirect_uris;
  /// Each refresh gives a new refresh token, and the old one ends. Public clients: always.
  std::optional<bool> rotate;
};

/// What becomes of those who ask for a user's consent.
struct consent_request {
  enum class answer {
    /// A page asks.
    ask,
    /// Nobody is asked: `login` agrees, or doesn't.
    approve,
    deny,
  };
  answer mode = answer::ask;
  /// Who agrees; also what the page suggests.
  std::string login;
};

/// Consent that a user has given somewhere else.
struct grant_request {
  std::string login;
  std::string client_id;
  std::vector<std::string> scopes;
  /// How long the access token is good; absent: as usual.
  std::optional<std::chrono::milliseconds> expires_in;
};

/// What comes of it.
struct granted_tokens {
  std::string access_token;
  std::string refresh_token;
};

/// What a channel shows; what is absent stays.
struct stream_request {
  std::string channel;
  std::optional<bool> live;
  std::optional<std::string> title;
  std::optional<std::string> language;
  std::optional<std::string> game_id;
  std::optional<std::string> game_name;
  std::optional<std::vector<std::string>> tags;
  std::optional<unsigned> viewers;
};

/// A viewer redeems a reward that was made with Helix.
struct redemption_request {
  std::string channel;
  std::string login;
  std::string reward_id;
  std::string user_input;
};

/// Times and limits of identity server and Helix, as in `api_settings`; what is absent stays.
struct api_settings_request {
  std::optional<std::chrono::milliseconds> token_life;
  std::optional<std::chrono::milliseconds> app_token_life;
  std::optional<std::chrono::milliseconds> code_life;
  std::optional<std::chrono::milliseconds> device_life;
  std::optional<std::chrono::milliseconds> device_interval;
  std::optional<unsigned> rate_limit;
  std::optional<unsigned> send_rate_limit;
  std::optional<std::chrono::milliseconds> rate_period;
};

/// Real lines out of a file, sent again.
struct replay_request {
  enum class speed_kind {
    /// As `tmi-sent-ts` says, times `factor`.
    recorded,
    /// `rate` lines a second.
    fixed,
    /// As fast as the clients take it.
    fastest,
  };

  /// One IRC line in each line.
  std::string file;
  /// Used instead of `file`, if not empty.
  std::vector<std::string> lines;
  speed_kind speed = speed_kind::recorded;
  double factor = 1;
  double rate = 100;
  /// How often the lines are sent; 0: until it is stopped.
  uint64_t rounds = 1;
  /// Where they are sent: none: where the lines say; one: all of them there; several: in turn.
  std::vector<std::string> channels;
  /// Waits until somebody is in each of the channels. Lines to a channel that nobody is in are skipped in any case.
  bool wait_for_join = true;
  /// True: waits for slow clients. False: a slow client misses lines, which are counted.
  bool wait_for_slow = true;
};

/// How far a replay is.
struct replay_status {
  uint64_t id = 0;
  /// `waiting` (for joins), `running`, `done`, `stopped`.
  std::string state;
  /// Lines in the file.
  uint64_t lines = 0;
  /// Rounds completed.
  uint64_t round = 0;
  /// Lines that somebody was sent.
  uint64_t sent = 0;
  /// Lines that nobody was there for.
  uint64_t skipped = 0;
  /// Since the first line, until now or the last one.
  std::chrono::microseconds elapsed{};
};

/// An event that happens now.
struct trigger_request {
  std::string type;
  /// Empty: every version that somebody has subscribed to.
  std::string version;
  /// Only of this channel; empty: of all.
  std::string channel;
  /// What `event` doesn't say is made up, for each subscription as it could happen there.
  bool sample = false;
  /// The `event` object.
  nlohmann::json event = nlohmann::json::object();
  /// How often it happens, each time as another message.
  unsigned count = 1;
  /// Each message is sent so many times more, under the same id …
  unsigned repeat = 0;
  /// … and so many times under another id.
  unsigned repeat_as_another = 0;
  /// They are sent in another order than that in which they happened.
  bool out_of_order = false;
  /// Over webhooks: with a signature that is wrong, or as if they had been sent so long ago.
  bool wrong_signature = false;
  std::chrono::milliseconds age{0};
};

/// Ends subscriptions as Twitch does it, with a revocation.
struct revocation_request {
  /// Only this one; empty: all of the type.
  std::string id;
  std::string type;
  std::string status = "user_removed";
};

/// Something that the old PubSub says.
struct pubsub_request {
  std::string topic;
  /// The inner message.
  nlohmann::json message = nlohmann::json::object();
  /// Each has a number `n`, if there are several.
  unsigned count = 1;
};

/// What is done to PubSub's WebSockets.
struct pubsub_sockets_request {
  enum class what {
    reconnect,
    close,
    /// They say nothing more, not even PONG.
    silence,
    /// All authorisations are taken back.
    revoke,
  };
  what action = what::reconnect;
};

/// What is done to EventSub's WebSockets.
struct event_sockets_request {
  enum class what {
    /// They are asked to go on elsewhere.
    reconnect,
    /// They are closed with `code`.
    close,
    /// They say nothing more, not even that they are alive.
    silence,
  };
  what action = what::reconnect;
  /// Only the session with this id; empty: all of them.
  std::string session;
  uint16_t code = 4000;
  /// After `reconnect`, where they are sent to leads nowhere …
  bool to_nowhere = false;
  /// … or is answered with close code 4007.
  bool to_invalid = false;
  /// For so long after `reconnect`, until the old socket is closed, it gets the events, though the new one is there.
  std::chrono::milliseconds old_until{0};
  /// After `reconnect`, the new socket is welcomed so long after it was opened.
  std::chrono::milliseconds welcome_after{0};
};

} // namespace creamery::simulator
