#define CAF_SUITE simulator.helix_chat

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct helix_chat_fixture : test::web_fixture {
  http_answer send(const std::string& token, const std::string& login, const std::string& channel,
                   const std::string& text, nlohmann::json more = nlohmann::json::object()) {
    more.update({{"broadcaster_id", id_of(channel)}, {"sender_id", id_of(login)}, {"message", text}});
    return helix("POST", "chat/messages", token, more);
  }

  static nlohmann::json outcome(const http_answer& answer) {
    return json_of(answer)["data"][0];
  }

  static std::string drop_code(const http_answer& answer) {
    return outcome(answer)["drop_reason"]["code"].get<std::string>();
  }

  std::string as_moderator(const std::string& login, const std::string& channel) {
    return "broadcaster_id=" + id_of(channel) + "&moderator_id=" + id_of(login);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(helix_chat_fixture)

SCENARIO("a message sent with Helix is like any other") {
  auto& cat = enter("cat", "chan");
  auto first = send("sim-ann", "ann", "chan", "hello\r\nPRIVMSG #chan :injected");
  REQUIRE_EQ(first.status, 200u);
  CHECK(outcome(first)["is_sent"].get<bool>());
  CHECK(outcome(first)["drop_reason"].is_null());
  auto id = outcome(first)["message_id"].get<std::string>();
  auto heard = cat.last("PRIVMSG");
  CHECK(heard.ends_with(":ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hello PRIVMSG #chan :injected"));
  CHECK(heard.find(";id=" + id + ";") != std::string::npos);
  CHECK(heard.find("bot-badge") == std::string::npos);
  CHECK(logged("message", "\"over\":\"helix\",\"login\":\"ann\",\"channel\":\"chan\""));
  CHECK_EQ(chat.counters().posts, 1u);
  CHECK_EQ(chat.counters().messages_delivered, 1u);
  WHEN("it is answered") {
    now += 1s;
    CHECK_EQ(send("sim-bob", "bob", "chan", "yes", {{"reply_parent_message_id", id}}).status, 200u);
    CHECK(cat.last("yes").find("reply-parent-msg-id=" + id) != std::string::npos);
  }
}

SCENARIO("messages are judged by the same rules and limits as over IRC") {
  CHECK(outcome(send("sim-ann", "ann", "chan", "hi"))["is_sent"].get<bool>());
  auto fast = send("sim-ann", "ann", "chan", "too fast");
  CHECK_EQ(fast.status, 200u);
  CHECK_EQ(drop_code(fast), "msg_ratelimit");
  CHECK_EQ(outcome(fast)["message_id"].get<std::string>(), "");
  CHECK_EQ(chat.counters().message_violations, 1u);
  now += 2s;
  CHECK_EQ(drop_code(send("sim-ann", "ann", "chan", "hi")), "msg_duplicate");
  room_request mode;
  mode.channel = "chan";
  mode.subscribers_only = true;
  REQUIRE(chat.apply(mode, now));
  now += 2s;
  CHECK_EQ(drop_code(send("sim-ann", "ann", "chan", "more")), "msg_subsonly");
  now += 2s;
  CHECK_EQ(drop_code(send("sim-ann", "ann", "chan", "/ban cat")), "no_permission");
  THEN("both ways share one window") {
    auto& ann = enter("ann", "chan");
    for (int i = 0; i < 15; ++i) {
      now += 1s;
      type(ann, "PRIVMSG #other :" + std::to_string(i));
    }
    now += 1s;
    CHECK_EQ(drop_code(send("sim-ann", "ann", "other", "one too many")), "msg_ratelimit");
    now += 1min;
    CHECK_EQ(drop_code(send("sim-ann", "ann", "other", "locked out")), "msg_ratelimit");
    CHECK_EQ(verdict_on_last(), "locked_out");
  }
}

SCENARIO("the ids of a message may stand in the query, as some clients send them") {
  make("chan", "ann", "moderator");
  auto target = "chat/messages?broadcaster_id=" + id_of("chan") + "&sender_id=" + id_of("ann");
  auto answer = helix("POST", target, "sim-ann", {{"message", "hi"}});
  REQUIRE_EQ(answer.status, 200u);
  CHECK(outcome(answer)["is_sent"].get<bool>());
  CHECK_EQ(helix("POST", target, "sim-ann").status, 400u); // the text has to be there, wherever
}

SCENARIO("who is banned may not send at all") {
  make("chan", "ann", "banned");
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi").status, 403u);
}

SCENARIO("messages that make no sense are refused") {
  CHECK_EQ(helix("POST", "chat/messages", "sim-ann", {{"message", "hi"}}).status, 400u);
  CHECK_EQ(send("sim-bob", "ann", "chan", "hi").status, 401u);
  CHECK_EQ(send(token("ann", {"chat:edit"}), "ann", "chan", "hi").status, 401u);
  CHECK_EQ(send("sim-ann", "ann", "chan", " \n ").status, 400u);
  CHECK_EQ(send("sim-ann", "ann", "chan", std::string(501, 'x')).status, 422u);
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"reply_parent_message_id", "nothing"}}).status, 400u);
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"for_source_only", true}}).status, 400u);
  auto bad = nlohmann::json{{"broadcaster_id", "999"}, {"sender_id", id_of("ann")}, {"message", "hi"}};
  CHECK_EQ(message_of(helix("POST", "chat/messages", "sim-ann", bad)), "The ID in broadcaster_id is not valid.");
  bad["broadcaster_id"] = id_of("chan");
  bad["sender_id"] = "999";
  CHECK_EQ(message_of(helix("POST", "chat/messages", "sim-ann", bad)), "The ID in sender_id is not valid.");
  auto elsewhere = chat.say({.channel = "other", .login = "x", .text = "hi", .reply_to = {}, .tags = {}}, now);
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"reply_parent_message_id", *elsewhere}}).status, 400u);
  CHECK_EQ(chat.counters().posts, 0u);
}

SCENARIO("pinning is for moderators") {
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"pin", true}}).status, 403u);
  CHECK_EQ(send(token("ann", {"user:write:chat"}), "ann", "chan", "hi", {{"pin", true}}).status, 401u);
  make("chan", "ann", "moderator");
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"pin", true}}).status, 200u);
  CHECK_EQ(send("sim-ann", "ann", "chan", "hi", {{"pin", true}, {"reply_parent_message_id", "x"}}).status, 400u);
}

SCENARIO("an app sends for who allowed it, where it is allowed, with the badge of a bot") {
  auto& cat = enter("cat", "chan");
  auto app = app_token();
  CHECK_EQ(message_of(send(app, "ann", "chan", "hi")), "Missing scope: user:write:chat");
  (void)grant("ann", {"user:write:chat"});
  CHECK_EQ(message_of(send(app, "ann", "chan", "hi")), "Missing scope: user:bot");
  (void)grant("ann", {"user:bot"});
  CHECK_EQ(send(app, "ann", "chan", "hi").status, 403u);
  WHEN("the broadcaster has allowed it") {
    (void)grant("chan", {"channel:bot"});
    CHECK_EQ(send(app, "ann", "chan", "hi", {{"for_source_only", true}}).status, 200u);
    CHECK(cat.last("PRIVMSG").find("badges=bot-badge/1;") != std::string::npos);
  }
  WHEN("the sender is a moderator") {
    make("chan", "ann", "moderator");
    CHECK_EQ(send(app, "ann", "chan", "hi").status, 200u);
    CHECK(cat.last("PRIVMSG").find("badges=moderator/1,bot-badge/1;") != std::string::npos);
  }
  WHEN("another app tries") {
    register_client("mine", "s");
    auto body = nlohmann::json{{"broadcaster_id", id_of("chan")}, {"sender_id", id_of("ann")}, {"message", "hi"}};
    CHECK_EQ(ask("POST", "/helix/chat/messages", "Bearer " + app_token("mine", "s"), "mine", body.dump()).status, 401u);
  }
}

SCENARIO("moderators announce") {
  auto& cat = enter("cat", "chan");
  auto announce = [&](const nlohmann::json& body, const std::string& login = "ann") {
    return helix("POST", "chat/announcements?" + as_moderator(login, "chan"), "sim-" + login, body);
  };
  CHECK_EQ(announce({{"message", "hi"}}).status, 403u);
  make("chan", "ann", "moderator");
  CHECK_EQ(announce({{"message", "hear\nhear"}, {"color", "purple"}}).status, 204u);
  auto heard = cat.last("USERNOTICE");
  CHECK(heard.ends_with("USERNOTICE #chan :hear hear"));
  CHECK(heard.find(";msg-id=announcement;msg-param-color=PURPLE;") != std::string::npos);
  CHECK_EQ(announce({{"message", "again"}}).status, 429u);
  now += 2s;
  CHECK_EQ(announce({{"message", std::string(600, 'x')}}).status, 204u);
  CHECK(cat.last("USERNOTICE").ends_with(" :" + std::string(500, 'x')));
  CHECK(cat.last("USERNOTICE").find("msg-param-color=PRIMARY") != std::string::npos);
  CHECK_EQ(announce({{"message", "x"}, {"color", "red"}}).status, 400u);
  CHECK_EQ(announce({{"message", ""}}).status, 400u);
  CHECK_EQ(announce(nlohmann::json::object()).status, 400u);
  CHECK_EQ(helix("POST", "chat/announcements?" + as_moderator("ann", "chan"), "sim-bob", {{"message", "x"}}).status,
           401u);
  WHEN("an app does it for a moderator") {
    now += 2s;
    auto by_app = [&] {
      return helix("POST", "chat/announcements?" + as_moderator("ann", "chan"), app_token(), {{"message", "app"}});
    };
    (void)grant("ann", {"user:bot", "moderator:manage:announcements"});
    CHECK_EQ(message_of(by_app()), "Missing scope: channel:bot");
    (void)grant("chan", {"channel:bot"});
    CHECK_EQ(by_app().status, 204u);
  }
}

SCENARIO("shoutouts need a live stream and some patience") {
  auto shout = [&](const std::string& to) {
    return helix("POST",
                 "chat/shoutouts?from_broadcaster_id=" + id_of("ann") + "&to_broadcaster_id=" + id_of(to)
                   + "&moderator_id=" + id_of("ann"),
                 "sim-ann")
      .status;
  };
  CHECK_EQ(shout("bob"), 400u);
  stream_request live;
  live.channel = "ann";
  live.live = true;
  live.viewers = 3;
  REQUIRE(web.helix().world().apply(live, now));
  CHECK_EQ(shout("ann"), 400u);
  CHECK_EQ(shout("bob"), 204u);
  CHECK_EQ(shout("cat"), 429u);
  now += 2min;
  CHECK_EQ(shout("bob"), 429u);
  CHECK_EQ(shout("cat"), 204u);
  now += 60min;
  CHECK_EQ(shout("bob"), 204u);
}

SCENARIO("chatters are those who are in the room") {
  (void)enter("bob", "ann");
  (void)enter("cat", "ann");
  auto& reader = connect();
  type(reader, "NICK justinfan1");
  type(reader, "JOIN #ann");
  auto shown = json_of(helix("GET", "chat/chatters?" + as_moderator("ann", "ann"), "sim-ann"));
  CHECK_EQ(shown["total"].get<int>(), 2);
  CHECK_EQ(shown["data"][0]["user_login"].get<std::string>(), "bob");
  CHECK_EQ(shown["data"][1]["user_id"].get<std::string>(), id_of("cat"));
  CHECK_EQ(helix("GET", "chat/chatters?" + as_moderator("bob", "ann"), "sim-bob").status, 403u);
}

SCENARIO("chat settings are shown and changed, and the room is told") {
  auto& bob = enter("bob", "ann");
  auto change = [&](const nlohmann::json& body) {
    return helix("PATCH", "chat/settings?" + as_moderator("ann", "ann"), "sim-ann", body);
  };
  auto changed = change({{"slow_mode", true}, {"slow_mode_wait_time", 10}, {"follower_mode", true}});
  REQUIRE_EQ(changed.status, 200u);
  CHECK_EQ(outcome(changed)["slow_mode_wait_time"].get<int>(), 10);
  CHECK_EQ(outcome(changed)["follower_mode_duration"].get<int>(), 0);
  CHECK(bob.saw(";slow=10 :tmi.twitch.tv ROOMSTATE #ann"));
  CHECK(bob.saw(";followers-only=0 :tmi.twitch.tv ROOMSTATE #ann"));
  CHECK_EQ(
    change({{"slow_mode", false}, {"emote_mode", true}, {"subscriber_mode", true}, {"unique_chat_mode", true}}).status,
    200u);
  CHECK(bob.saw(";slow=0 "));
  CHECK_EQ(change({{"non_moderator_chat_delay", true}, {"non_moderator_chat_delay_duration", 4}}).status, 200u);
  auto shown = outcome(helix("GET", "chat/settings?broadcaster_id=" + id_of("ann"), "sim-bob"));
  CHECK(shown["slow_mode_wait_time"].is_null());
  CHECK(shown["emote_mode"].get<bool>());
  CHECK(!shown.contains("non_moderator_chat_delay"));
  shown = outcome(helix("GET", "chat/settings?" + as_moderator("ann", "ann"), "sim-ann"));
  CHECK_EQ(shown["non_moderator_chat_delay_duration"].get<int>(), 4);
  CHECK_EQ(change({{"slow_mode_wait_time", 10}}).status, 400u);
  CHECK_EQ(change({{"slow_mode", true}, {"slow_mode_wait_time", 2}}).status, 400u);
  CHECK_EQ(change({{"follower_mode", true}, {"follower_mode_duration", 129'601}}).status, 400u);
  CHECK_EQ(change({{"non_moderator_chat_delay", true}, {"non_moderator_chat_delay_duration", 3}}).status, 400u);
  CHECK_EQ(change({{"slow_mode", "yes"}}).status, 400u);
}

SCENARIO("whispers reach who may read them, and not too many of them") {
  auto& bob = enter("bob");
  auto whisper = [&](const std::string& to, const std::string& text) {
    return helix("POST", "whispers?from_user_id=" + id_of("ann") + "&to_user_id=" + id_of(to), "sim-ann",
                 {{"message", text}})
      .status;
  };
  CHECK_EQ(whisper("bob", "psst"), 204u);
  CHECK(bob.last("WHISPER").ends_with(":ann!ann@ann.tmi.twitch.tv WHISPER bob :psst"));
  CHECK_EQ(whisper("ann", "psst"), 400u);
  CHECK_EQ(whisper("bob", ""), 400u);
  for (int i = 0; i < 2; ++i)
    CHECK_EQ(whisper("bob", "more"), 204u);
  CHECK_EQ(whisper("bob", "too fast"), 429u);
  CHECK_EQ(helix("POST", "whispers?from_user_id=" + id_of("ann") + "&to_user_id=" + id_of("bob"), "sim-cat",
                 {{"message", "x"}})
             .status,
           401u);
  WHEN("there are many new recipients") {
    for (int i = 1; i < 40; ++i) {
      now += 1s;
      CHECK_EQ(whisper("user" + std::to_string(i), "hi"), 204u);
    }
    now += 1s;
    CHECK_EQ(whisper("somebody_else", "hi"), 429u);
    CHECK_EQ(whisper("bob", "hi"), 204u);
  }
}

END_FIXTURE_SCOPE()
