#define CAF_SUITE eventsub.session

#include "runtime/eventsub/session.hpp"

#include "tests/unit/fixture.hpp"

#include <algorithm>

using namespace creamery;
using namespace creamery::eventsub;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

std::string metadata(const std::string& type, const std::string& id = "m") {
  return R"({"metadata":{"message_id":")" + id + R"(","message_type":")" + type
         + R"(","message_timestamp":"2026-05-01T10:11:12.634234626Z"},"payload":)";
}

std::string welcome(const std::string& session = "s1", int keepalive = 10) {
  return metadata("session_welcome") + R"({"session":{"id":")" + session
         + R"(","status":"connected","keepalive_timeout_seconds":)" + std::to_string(keepalive)
         + R"(,"reconnect_url":null}}})";
}

std::string reconnect(const std::string& url) {
  return metadata("session_reconnect") + R"({"session":{"id":"s1","status":"reconnecting","reconnect_url":")" + url
         + R"("}}})";
}

std::string notification(const std::string& id) {
  return metadata("notification", id) + R"({"subscription":{"id":"sub","status":"enabled","type":"channel.raid",)"
         + R"("version":"1"},"event":{"viewers":3}}})";
}

const std::string keepalive = metadata("session_keepalive") + "{}}";
const std::string base{};
/// Twitch's own, and what stands for a socket that went away without one.
const std::vector<uint16_t> close_codes{4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 1006, 0};
const std::string elsewhere = "wss://other.example/ws?id=1";

/// A session whose owner does what it is told, and notes it.
struct session_fixture : creamery::test::fixture {
  session::time_point now{1h};
  session_options options = calm();
  std::optional<session> it;
  session_action::list todo;
  /// What was to be done since the last look, in words.
  strings done;
  /// The address of each link that is open or being opened, by its number.
  std::map<uint64_t, std::string> links;

  session_fixture() {
    restart();
  }

  static session_options calm() {
    session_options x;
    x.redial.jitter = x.handover_redial.jitter = 0;
    return x;
  }

  void restart() {
    it.emplace(options, 1);
    links.clear();
    done.clear();
  }

  void perform() {
    for (auto& one : std::exchange(todo, {})) {
      if (auto* open = std::get_if<session_action::open>(&one)) {
        links[open->link] = open->url;
        done.push_back("open " + std::to_string(open->link) + (open->url.empty() ? "" : " " + open->url));
      } else if (auto* close = std::get_if<session_action::close>(&one)) {
        links.erase(close->link);
        done.push_back("close " + std::to_string(close->link));
      } else if (auto* begun = std::get_if<session_action::begun>(&one)) {
        done.push_back("begun " + begun->session_id);
      } else if (auto* moved = std::get_if<session_action::moved>(&one)) {
        done.push_back("moved " + moved->session_id);
      } else if (auto* lost = std::get_if<session_action::lost>(&one)) {
        done.push_back((lost->is_own_fault ? "lost by our own fault: " : "lost: ") + lost->why);
      } else if (auto* revoked = std::get_if<session_action::revoked>(&one)) {
        done.push_back("revoked " + revoked->what.id + " " + revoked->what.status);
      }
    }
  }

  strings take() {
    return std::exchange(done, {});
  }

  void want(bool is_wanted = true) {
    it->set_wanted(is_wanted, now, todo);
    perform();
  }

  void open(uint64_t link) {
    it->opened(link, now);
  }

  /// What the session hands on: the message's id, or nothing.
  std::string hear(uint64_t link, const std::string& text) {
    auto event = it->receive(link, text, now, todo);
    perform();
    return event ? event->id : "";
  }

  void close(uint64_t link, uint16_t code = 0, const std::string& why = "gone") {
    links.erase(link);
    it->closed(link, code, why, now, todo);
    perform();
  }

  /// Lets time pass, with whatever is due on the way.
  void pass(session_options::duration time) {
    auto end = now + time;
    while (it->deadline() <= end) {
      now = std::max(now, it->deadline());
      it->expire(now, todo);
      perform();
    }
    now = end;
  }

  /// A session that is welcomed on link 1.
  void begin() {
    want();
    open(1);
    hear(1, welcome());
    CHECK_EQ(take(), (strings{"open 1", "begun s1"}));
  }

  /// … and is told to go on elsewhere.
  void begin_to_move() {
    begin();
    hear(1, reconnect(elsewhere));
    CHECK_EQ(take(), (strings{"open 2 " + elsewhere}));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(session_fixture)

SCENARIO("a session begins when there is something to subscribe to, and not before") {
  pass(10min);
  CHECK_EQ(take(), strings{});
  want();
  CHECK_EQ(take(), strings{"open 1"});
  open(1);
  hear(1, welcome("s1"));
  CHECK_EQ(take(), strings{"begun s1"});
  CHECK_EQ(it->id(), "s1");
  CHECK_EQ(hear(1, notification("a")), "a");
  want();
  CHECK_EQ(take(), strings{});
  want(false);
  CHECK_EQ(take(), strings{"close 1"});
  CHECK_EQ(it->id(), "");
  pass(10min);
  CHECK_EQ(take(), strings{});
  want();
  CHECK_EQ(take(), strings{"open 2"});
}

SCENARIO("a socket that isn't welcomed in time is given up") {
  want();
  pass(1h); // whoever opens it has time-outs
  CHECK_EQ(take(), strings{"open 1"});
  open(1);
  pass(9999ms);
  CHECK_EQ(take(), strings{});
  pass(1ms);
  CHECK_EQ(take(), strings{"close 1"});
  pass(1s);
  CHECK_EQ(take(), strings{"open 2"});
}

SCENARIO("silence that is longer than was agreed means that the session is dead") {
  begin();
  pass(12s);
  hear(1, keepalive);
  pass(12s);
  CHECK_EQ(hear(1, notification("a")), "a");
  pass(12999ms);
  CHECK_EQ(take(), strings{});
  pass(1ms);
  CHECK_EQ(take(), (strings{"close 1", "lost: nothing was heard for 10 s and longer"}));
  CHECK_EQ(it->id(), "");
  pass(1s);
  CHECK_EQ(take(), strings{"open 2"});
  open(2);
  hear(2, welcome("s2", 600));
  CHECK_EQ(take(), strings{"begun s2"});
  pass(602s);
  CHECK_EQ(take(), strings{});
}

SCENARIO("only what Twitch means as a sign of life is one") {
  begin();
  pass(10s);
  hear(1, metadata("session_novelty") + "{}}"); // a kind that is new
  hear(1, "nonsense");
  CHECK_EQ(it->count().bad_messages, 1u);
  pass(3s);
  CHECK_EQ(take(), (strings{"close 1", "lost: nothing was heard for 10 s and longer"}));
}

SCENARIO("silence isn't the server's fault while we don't read") {
  begin();
  for (int i = 0; i < 10; ++i) {
    pass(10s);
    it->excuse_silence(now);
  }
  CHECK_EQ(take(), strings{});
}

SCENARIO("a session is moved without a gap: the old socket is read until the new one is welcomed, and beyond") {
  begin_to_move();
  CHECK_EQ(hear(1, notification("a")), "a");
  open(2);
  CHECK_EQ(hear(1, notification("b")), "b");
  hear(2, welcome("s2"));
  CHECK_EQ(take(), strings{"moved s2"}); // no subscription is made again
  CHECK_EQ(it->id(), "s2");
  CHECK_EQ(hear(1, notification("c")), "c");
  CHECK_EQ(hear(2, notification("d")), "d");
  pass(999ms);
  CHECK_EQ(hear(1, notification("e")), "e");
  pass(999ms);
  CHECK_EQ(take(), strings{});
  pass(1ms);
  CHECK_EQ(take(), strings{"close 1"});
  CHECK_EQ(hear(1, notification("f")), "");
  CHECK_EQ(it->count().handovers, 1u);
  CHECK_EQ(it->count().losses, 0u);
}

SCENARIO("an old socket that never stops talking is closed in the end") {
  begin_to_move();
  open(2);
  hear(2, welcome("s2"));
  CHECK_EQ(take(), strings{"moved s2"});
  for (int i = 0; i < 40; ++i) {
    pass(500ms);
    hear(1, keepalive);
    hear(2, keepalive);
  }
  CHECK_EQ(take(), strings{"close 1"});
}

SCENARIO("an old socket that is closed after its successor was welcomed is nobody's loss") {
  for (uint16_t code : close_codes) {
    restart();
    begin_to_move();
    open(2);
    hear(2, welcome("s2"));
    take();
    close(1, code);
    CHECK_EQ(take(), strings{});
    CHECK_EQ(it->id(), "s2");
    pass(5s);
    CHECK_EQ(hear(2, notification("a")), "a");
  }
}

SCENARIO("an old socket that is closed before its successor was welcomed takes no subscription along") {
  for (uint16_t code : close_codes) {
    restart();
    begin_to_move();
    close(1, code);
    CHECK_EQ(take(), strings{});
    open(2);
    hear(2, welcome("s2"));
    CHECK_EQ(take(), strings{"moved s2"});
    CHECK_EQ(it->count().losses, 0u);
  }
}

SCENARIO("a successor that is closed before its welcome is dialled again, unless its address is invalid") {
  for (auto is_old_there : {true, false})
    for (uint16_t code : close_codes) {
      restart();
      begin_to_move();
      if (!is_old_there)
        close(1, 4004);
      open(2);
      take();
      close(2, code, "because");
      if (code == 4007) { // the session can't be had any more
        CHECK_EQ(take(),
                 is_old_there ? strings{"open 3"} : strings{"lost: it could not be moved: because (close code 4007)"});
        pass(is_old_there ? 0s : 1s);
      } else {
        CHECK_EQ(take(), strings{});
        pass(500ms);
        CHECK_EQ(links[3], elsewhere);
      }
      take();
      CHECK_EQ(hear(1, notification("a")), is_old_there ? "a" : "");
      open(3);
      hear(3, welcome("s3"));
      CHECK_EQ(take(), strings{code == 4007 ? "begun s3" : "moved s3"});
      it->subscribed(now);
      pass(5s);
      CHECK_EQ(hear(3, notification("b")), "b");
      CHECK(!links.contains(1));
    }
}

SCENARIO("a successor that is closed after its welcome is a loss like any other") {
  for (auto is_old_there : {true, false})
    for (uint16_t code : close_codes) {
      restart();
      begin_to_move();
      open(2);
      hear(2, welcome("s2"));
      if (!is_old_there)
        pass(2s);
      take();
      close(2, code);
      CHECK_EQ(take().size(), 1u);
      CHECK_EQ(it->id(), "");
      CHECK_EQ(it->count().losses, 1u);
      CHECK_EQ(hear(1, notification("a")), is_old_there ? "a" : ""); // what it still has counts
      pass(1s);
      CHECK(links.contains(3));
      CHECK_EQ(links[3], base);
    }
}

SCENARIO("while two sessions are read, what both tell is told once") {
  auto copy = [](const std::string& id, int viewers) {
    auto text = notification(id);
    return text.replace(text.find(":3}"), 3, ":" + std::to_string(viewers) + "}");
  };
  begin_to_move();
  close(2, 4007);
  open(3);
  CHECK_EQ(hear(1, copy("a", 1)), "a");
  hear(3, welcome("s3"));
  CHECK_EQ(hear(1, copy("b", 2)), "b");
  CHECK_EQ(hear(3, copy("c", 2)), ""); // the same under another id
  CHECK_EQ(hear(3, copy("d", 3)), "d");
  CHECK_EQ(hear(1, copy("e", 3)), "");
  CHECK_EQ(hear(3, copy("f", 3)), "f"); // once more
  CHECK_EQ(it->count().doubles, 2u);
  pass(5s);
  CHECK(links.contains(1)); // the new session doesn't have its subscriptions yet
  CHECK_EQ(hear(1, copy("last", 4)), "last");
  it->subscribed(now);
  pass(1s);
  CHECK(!links.contains(1));
  CHECK_EQ(hear(3, copy("of last", 4)), ""); // the old one was faster
  CHECK_EQ(hear(3, copy("g", 2)), "g");
  CHECK_EQ(hear(3, copy("h", 2)), "h");
  WHEN("a session is moved, which tells each event by one of both sockets") {
    hear(3, reconnect(elsewhere));
    open(4);
    CHECK_EQ(hear(3, copy("i", 2)), "i");
    hear(4, welcome("s4"));
    CHECK_EQ(hear(4, copy("j", 2)), "j");
    CHECK_EQ(hear(3, copy("k", 2)), "k");
  }
}

SCENARIO("a loss tells since when nothing was received") {
  auto since = [&] {
    session_options::duration ago{-1};
    for (const auto& one : todo)
      if (const auto* lost = std::get_if<session_action::lost>(&one))
        ago = now - lost->since;
    perform();
    return ago;
  };
  GIVEN("silence") {
    begin();
    now += 4s;
    hear(1, keepalive);
    now += 13s;
    it->expire(now, todo);
    CHECK(since() == 13s);
  }
  GIVEN("a socket that breaks, and one that Twitch closes") {
    for (uint16_t code : {0, 4000}) {
      restart();
      begin();
      now += 4s;
      it->closed(1, code, "gone", now, todo);
      CHECK(since() == (code == 0 ? 4s : 0s));
    }
  }
  GIVEN("a session whose old socket breaks before it is moved") {
    restart();
    begin_to_move();
    now += 3s;
    close(1);
    now += 5s;
    open(2);
    it->receive(2, welcome("s2"), now, todo);
    REQUIRE_EQ(todo.size(), 1u);
    const auto& moved = std::get<session_action::moved>(todo.front());
    REQUIRE(moved.deaf_since);
    CHECK(now - *moved.deaf_since == 8s);
    perform();
  }
  GIVEN("silence that was excused, since we didn't read ourselves") {
    restart();
    begin();
    now += 5s;
    it->excuse_silence(now);
    now += 13s;
    it->expire(now, todo);
    CHECK(since() == 18s);
  }
  GIVEN("a session that is moved nowhere, and cut off") {
    restart();
    begin_to_move();
    now += 2s;
    close(1, 4000);
    pass(27s);
    now += 1s;
    it->expire(now, todo);
    CHECK(since() == 28s);
  }
}

SCENARIO("an address that is named while a new session is being begun is where the session goes on") {
  begin_to_move();
  close(2, 4007);
  CHECK_EQ(take(), strings{"open 3"});
  hear(1, reconnect(elsewhere + "2"));
  CHECK_EQ(take(), (strings{"close 3", "open 4 " + elsewhere + "2"}));
  open(4);
  hear(4, welcome("s4"));
  CHECK_EQ(take(), strings{"moved s4"});
}

SCENARIO("the old socket is closed while a new session is being begun") {
  begin_to_move();
  close(2, 4007);
  CHECK_EQ(take(), strings{"open 3"});
  close(1, 4004);
  CHECK_EQ(take(), strings{"lost: gone (close code 4004)"});
  pass(10min); // it is already being dialled
  CHECK_EQ(take(), strings{});
  open(3);
  hear(3, welcome("s3"));
  CHECK_EQ(take(), strings{"begun s3"});
}

SCENARIO("an address that isn't reached at once is tried again while there is time") {
  begin_to_move();
  close(2);
  CHECK_EQ(take(), strings{});
  pass(500ms);
  CHECK_EQ(take(), strings{"open 3 " + elsewhere});
  close(3);
  pass(1s);
  CHECK_EQ(take(), strings{"open 4 " + elsewhere});
  CHECK_EQ(hear(1, notification("a")), "a");
  open(4);
  hear(4, welcome("s4"));
  CHECK_EQ(take(), strings{"moved s4"});
}

SCENARIO("an address that isn't reached at all is given up in time, while the old socket is still read") {
  begin_to_move();
  for (uint64_t link = 2; now < session::time_point{1h} + 28s; ++link) {
    close(link);
    pass(4s);
  }
  auto tries = take();
  CHECK_GE(tries.size(), 6u);
  auto last = links.rbegin()->first;
  pass(30s - (now - session::time_point{1h}));
  CHECK_EQ(take(), (strings{"close " + std::to_string(last), "open " + std::to_string(last + 1)}));
  CHECK_EQ(hear(1, notification("a")), "a");
  open(last + 1);
  hear(last + 1, welcome("s9"));
  CHECK_EQ(take(), strings{"begun s9"}); // with new subscriptions
  close(1, 4004);
  CHECK_EQ(take(), strings{});
  CHECK_EQ(it->count().failed_handovers, 1u);
}

SCENARIO("an address that isn't reached, while the old socket has been closed, is a loss") {
  begin_to_move();
  close(1, 4004);
  CHECK_EQ(take(), strings{});
  open(2);
  pass(10s); // no welcome
  CHECK_EQ(take(), (strings{"close 2"}));
  pass(500ms);
  CHECK_EQ(take(), (strings{"open 3 " + elsewhere}));
  pass(20s);
  CHECK_EQ(take(), (strings{"close 3", "lost: it could not be moved: not in time"}));
  pass(1s);
  CHECK_EQ(take(), strings{"open 4"});
  open(4);
  hear(4, welcome("s4"));
  CHECK_EQ(take(), strings{"begun s4"});
}

SCENARIO("an address that Twitch calls invalid is not tried again") {
  begin_to_move();
  open(2);
  close(2, 4007);
  CHECK_EQ(take(), strings{"open 3"});
  CHECK_EQ(hear(1, notification("a")), "a");
  open(3);
  hear(3, welcome("s3"));
  CHECK_EQ(take(), strings{"begun s3"});
  it->subscribed(now);
  pass(1s);
  CHECK_EQ(take(), strings{"close 1"});
}

SCENARIO("a session that is to be moved to nowhere, or out of TLS, is begun anew") {
  for (const auto* url : {"", "http://x/", "ws://other.example/ws"}) {
    restart();
    begin();
    hear(1, reconnect(url));
    CHECK_EQ(take(), strings{"open 2"});
    CHECK_EQ(hear(1, notification("a")), "a");
  }
  WHEN("TLS isn't used anyway") {
    options.encrypted = false;
    restart();
    begin();
    hear(1, reconnect("ws://other.example/ws"));
    CHECK_EQ(take(), strings{"open 2 ws://other.example/ws"});
  }
}

SCENARIO("a newer address counts more than an older one") {
  begin_to_move();
  hear(1, reconnect(elsewhere + "2"));
  CHECK_EQ(take(), (strings{"close 2", "open 3 " + elsewhere + "2"}));
  close(3);
  hear(1, reconnect(elsewhere + "3"));
  CHECK_EQ(take(), (strings{"open 4 " + elsewhere + "3"}));
  open(4);
  hear(4, welcome("s4"));
  CHECK_EQ(take(), strings{"moved s4"});
}

SCENARIO("a session can be moved again and again") {
  begin_to_move();
  for (uint64_t link = 2; link < 20; ++link) {
    open(link);
    hear(link, welcome("s" + std::to_string(link)));
    hear(link, reconnect(elsewhere));
    CHECK_EQ(take(), (strings{"moved s" + std::to_string(link), "open " + std::to_string(link + 1) + " " + elsewhere}));
    hear(link - 1, reconnect(elsewhere)); // an old one that says it again
    CHECK_EQ(take(), strings{});
  }
  CHECK_EQ(it->count().handovers, 18u);
}

SCENARIO("the old socket may be silent while its session is moved") {
  begin_to_move();
  open(2);
  pass(9s);
  close(2);
  pass(6s);
  CHECK(links.contains(1));
  CHECK_EQ(hear(1, notification("a")), "a");
}

SCENARIO("a session that is closed is begun anew after a pause, whatever the reason") {
  for (uint16_t code : close_codes) {
    restart();
    begin();
    pass(5s);
    close(1, code, "because");
    auto shown = code == 0 ? std::string{} : " (close code " + std::to_string(code) + ")";
    CHECK_EQ(take(), strings{(code == 4001 ? "lost by our own fault: because" : "lost: because") + shown});
    CHECK_EQ(it->id(), "");
    pass(999ms);
    CHECK_EQ(take(), strings{});
    pass(1ms);
    CHECK_EQ(take(), strings{"open 2"});
  }
}

SCENARIO("a session that isn't used is begun anew only if there is something to subscribe to") {
  begin();
  close(1, 4003);
  CHECK_EQ(take(), strings{"lost: gone (close code 4003)"});
  want(false);
  pass(10min);
  CHECK_EQ(take(), strings{});
  CHECK(it->deadline() == session::time_point::max());
  want();
  CHECK_EQ(take(), strings{"open 2"});
  WHEN("it isn't used any more") {
    want(false);
    CHECK_EQ(take(), strings{"close 2"});
    close(2, 4003);
    pass(10min);
    CHECK_EQ(take(), strings{});
  }
}

SCENARIO("pauses grow while sessions fail or don't last, and begin anew after one that has lasted") {
  begin();
  uint64_t link = 1;
  for (auto pause : {1s, 2s, 4s, 8s}) {
    close(link, 4003);
    take();
    pass(pause - 1ms);
    CHECK_EQ(take(), strings{});
    pass(1ms);
    ++link;
    CHECK_EQ(take(), strings{"open " + std::to_string(link)});
    open(link);
    hear(link, welcome());
    take();
  }
  for (int i = 0; i < 10; ++i) {
    pass(10s);
    hear(link, keepalive);
  }
  close(link, 4000);
  take();
  pass(1s);
  CHECK_EQ(take(), strings{"open 6"});
  WHEN("nothing can be reached for hours") {
    for (int i = 0; i < 20; ++i) {
      close(6 + static_cast<uint64_t>(i));
      take();
      pass(2min);
      CHECK_EQ(take().size(), 1u);
    }
  }
}

SCENARIO("a session that Twitch counts as one too many is given up for a while") {
  begin();
  it->abandon("one too many", 20s, now, todo);
  perform();
  CHECK_EQ(take(), (strings{"close 1", "lost: one too many"}));
  pass(20s - 1ms);
  CHECK_EQ(take(), strings{});
  pass(1ms);
  CHECK_EQ(take(), strings{"open 2"});
  WHEN("Twitch doesn't know it") {
    open(2);
    hear(2, welcome("s2"));
    take();
    it->abandon("no such session", 0s, now, todo);
    perform();
    CHECK_EQ(take(), (strings{"close 2", "lost: no such session"}));
    pass(2s);
    CHECK_EQ(take(), strings{"open 3"}); // after the usual pause
  }
}

SCENARIO("a session that is welcomed twice has begun once") {
  begin();
  hear(1, welcome("s7"));
  CHECK_EQ(take(), strings{});
  CHECK_EQ(it->id(), "s1");
}

SCENARIO("what the owner tells of links that are no more changes nothing") {
  begin();
  open(7);
  close(7, 4000);
  CHECK_EQ(hear(7, notification("a")), "");
  CHECK_EQ(take(), strings{});
}

SCENARIO("a revoked subscription is told") {
  begin();
  hear(1, metadata("revocation")
            + R"({"subscription":{"id":"sub-1","status":"authorization_revoked","type":"channel.follow",)"
            + R"("version":"2"}}})");
  CHECK_EQ(take(), strings{"revoked sub-1 authorization_revoked"});
}

SCENARIO("a keep-alive time that makes no sense is brought to one that does") {
  begin();
  close(1);
  pass(1s);
  open(2);
  hear(2, welcome("s2", -5));
  take();
  pass(3999ms);
  CHECK_EQ(take(), strings{});
  pass(1ms);
  CHECK_EQ(take().size(), 2u);
}

END_FIXTURE_SCOPE()
