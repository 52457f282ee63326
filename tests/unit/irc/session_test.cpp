#define CAF_SUITE irc.session

#include "runtime/irc/session.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

using namespace creamery;
using creamery::test::owned_line;
using creamery::test::strings;
using namespace std::chrono_literals;

namespace {

using time_point = irc_session::time_point;

/// An action in one line, to compare tables with.
std::string show(const irc_action::any& action) {
  struct shower {
    std::string operator()(const irc_action::send& x) const {
      std::string text = "send ";
      for (size_t begin = 0; begin < x.lines.size();) {
        auto end = x.lines.find("\r\n", begin);
        if (end == std::string::npos)
          return "send without CR LF: " + x.lines;
        text += (begin > 0 ? " | " : "") + x.lines.substr(begin, end - begin);
        begin = end + 2;
      }
      return text;
    }

    std::string operator()(const irc_action::welcomed& x) const {
      return "welcomed " + x.login;
    }

    std::string operator()(const irc_action::login_refused& x) const {
      return "refused: " + x.text;
    }

    std::string operator()(const irc_action::request_joins& x) const {
      return "request " + std::to_string(x.count);
    }

    std::string operator()(const irc_action::joined& x) const {
      return "joined " + x.channel;
    }

    std::string operator()(const irc_action::join_failed& x) const {
      auto seconds = std::chrono::duration_cast<std::chrono::seconds>(x.retry_in).count();
      return "failed " + x.channel + " #" + std::to_string(x.attempts) + " again in " + std::to_string(seconds)
             + " s: " + x.reason;
    }

    std::string operator()(const irc_action::parted& x) const {
      return "parted " + x.channel;
    }

    std::string operator()(const irc_action::own_state& x) const {
      return "state " + x.channel + (x.privileged ? " privileged" : " ordinary") + " id=" + x.message_id
             + " nonce=" + x.nonce;
    }

    std::string operator()(const irc_action::noticed& x) const {
      return "noticed " + x.channel + " " + x.msg_id + ": " + x.text;
    }

    std::string operator()(const irc_action::replace&) const {
      return "replace";
    }

    std::string operator()(const irc_action::flushed&) const {
      return "flushed";
    }

    std::string operator()(const irc_action::give_up& x) const {
      return "give up: " + x.reason;
    }
  };

  return std::visit(shower{}, action);
}

const std::string no_answer = "no answer (does the channel exist?)";

/// A session, its clock, and short words for what happens to it. Each returns the actions that follow.
struct session_fixture : creamery::test::fixture {
  time_point now{1h};
  irc_session_options options;
  std::optional<irc_session> session;
  irc_session::verdict verdict{};

  strings open(std::string_view token = "s3cret", std::string nick = "mybot") {
    return shown([&](auto& todo) { session.emplace(options, irc_login{std::move(nick), secret{token}}, now, todo); });
  }

  strings hear(std::string text) {
    owned_line line{std::move(text)};
    return shown([&](auto& todo) { verdict = session->receive(line.view(), now, todo); });
  }

  strings want(const strings& channels) {
    return shown([&](auto& todo) { session->join(channels, now, todo); });
  }

  strings permit(size_t count) {
    return shown([&](auto& todo) { session->permit_joins(count, now, todo); });
  }

  strings leave(const std::string& channel) {
    return shown([&](auto& todo) { session->part(channel, todo); });
  }

  strings flush() {
    return shown([&](auto& todo) { session->flush(todo); });
  }

  strings ask_again() {
    return shown([&](auto& todo) { session->repeat_requests(todo); });
  }

  strings expire() {
    return shown([&](auto& todo) { session->expire(now, todo); });
  }

  /// Lets time pass up to the deadline, which has to be in the future, but not a moment longer.
  strings wait_for_deadline() {
    CHECK(session->deadline() > now);
    REQUIRE(session->deadline() != time_point::max());
    now = session->deadline() - 1ns;
    CHECK_EQ(expire(), strings{}); // not too early
    now += 1ns;
    return expire();
  }

  /// How long until the deadline.
  std::chrono::milliseconds until_deadline() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(session->deadline() - now);
  }

  void log_in() {
    open();
    CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), (strings{"welcomed mybot"}));
  }

  /// Is in this channel.
  void log_in_and_join(const std::string& channel) {
    log_in();
    want({channel});
    permit(1);
    CHECK_EQ(hear(room(channel)), (strings{"joined " + channel}));
  }

  static std::string room(const std::string& channel) {
    return "@emote-only=0;followers-only=-1;r9k=0;rituals=0;room-id=1234;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #"
           + channel;
  }

  static std::string own(const std::string& verb, const std::string& channel) {
    return ":mybot!mybot@mybot.tmi.twitch.tv " + verb + " #" + channel;
  }

  irc_session::membership membership(const std::string& channel) const {
    return session->channels().at(channel).state;
  }

private:
  template <class Body>
  static strings shown(Body body) {
    irc_action::list todo;
    body(todo);
    strings result;
    for (const auto& action : todo)
      result.push_back(show(action));
    return result;
  }
};

const std::string login =
  "send CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership | PASS oauth:s3cret | NICK mybot";

} // namespace

BEGIN_FIXTURE_SCOPE(session_fixture)

SCENARIO("a login goes out at once, and its welcome is all that is waited for") {
  CHECK_EQ(open(), (strings{login}));
  CHECK(session->where() == irc_session::phase::logging_in);
  CHECK(!session->settled());
  GIVEN("the whole greeting, the capabilities acknowledged before or after") {
    CHECK_EQ(hear(":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands twitch.tv/membership"), strings{});
    CHECK(verdict == irc_session::verdict::consumed);
    CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), (strings{"welcomed mybot"}));
    CHECK(session->where() == irc_session::phase::welcome);
    CHECK(session->settled()); // there is nothing to join
    for (auto line :
         {":tmi.twitch.tv 002 mybot :Your host is tmi.twitch.tv", ":tmi.twitch.tv 003 mybot :This server is rather new",
          ":tmi.twitch.tv 004 mybot :-", ":tmi.twitch.tv 375 mybot :-", ":tmi.twitch.tv 372 mybot :You are in a maze",
          ":tmi.twitch.tv 376 mybot :>", "@badges=;user-id=5551 :tmi.twitch.tv GLOBALUSERSTATE",
          ":tmi.twitch.tv CAP * ACK :twitch.tv/tags", ":tmi.twitch.tv 421 mybot FOO :Unknown command",
          ":tmi.twitch.tv 001 mybot :Welcome, GLHF!"}) {
      CHECK_EQ(hear(line), strings{});
      CHECK(verdict == irc_session::verdict::consumed);
    }
  }
}

SCENARIO("an anonymous session sends no PASS") {
  CHECK_EQ(open("", "justinfan123"),
           (strings{"send CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership | NICK justinfan123"}));
}

SCENARIO("Twitch's word on our name counts") {
  open("s3cret", "MyBot");
  CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), (strings{"welcomed mybot"}));
  want({"a"});
  permit(1);
  hear(room("a"));
  CHECK_EQ(hear(own("PART", "a")).size(), 2u); // so that was us
}

SCENARIO("the server doesn't know our capabilities") {
  open();
  CHECK_EQ(hear(":tmi.twitch.tv CAP * NAK :twitch.tv/foo"),
           (strings{"give up: the server refused the capabilities twitch.tv/foo"}));
  CHECK(session->where() == irc_session::phase::given_up);
  CHECK(session->deadline() == time_point::max());
  CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), strings{});
}

SCENARIO("the answer to a PING shows that all before it has arrived") {
  open();
  hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!");
  CHECK(session->complete_until() == time_point{});
  while (wait_for_deadline() != strings{"send PING :creamery"}) {
    // something else comes first
  }
  now += 3s;
  hear("@id=1 :ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hi"); // life, but no answer
  CHECK(session->complete_until() == time_point{});
  while (wait_for_deadline() != strings{"send PING :creamery"}) {
    // something else comes first
  }
  auto asked = now;
  now += 3s;
  hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery");
  CHECK(session->complete_until() == asked);
}

SCENARIO("a welcome that doesn't come is given up after its time") {
  GIVEN("a server that says nothing at all") {
    open();
    CHECK(until_deadline() == 5s); // before the welcome we ask early whether anybody is there
    CHECK_EQ(wait_for_deadline(), (strings{"send PING :creamery"}));
    CHECK(until_deadline() == 10s);
    CHECK_EQ(wait_for_deadline(), (strings{"give up: no answer to a PING: the connection is half-open"}));
    CHECK(session->where() == irc_session::phase::given_up);
    CHECK_EQ(expire(), strings{});
  }
  GIVEN("a server that answers our PINGs, but doesn't let us in") {
    open();
    const auto opened = now;
    strings all;
    while (session->where() == irc_session::phase::logging_in) {
      for (const auto& one : wait_for_deadline()) {
        all.push_back(one);
        if (one == "send PING :creamery")
          CHECK_EQ(hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery"), strings{});
      }
      REQUIRE_LT(all.size(), 10u);
    }
    REQUIRE(!all.empty());
    CHECK_EQ(all.back(), "give up: no welcome within the time-out");
    CHECK(now - opened == 20s);
  }
}

SCENARIO("a PING is answered at any time, with its own words") {
  GIVEN("one before the welcome") {
    open();
    CHECK_EQ(hear("PING :tmi.twitch.tv"), (strings{"send PONG :tmi.twitch.tv"}));
    CHECK(verdict == irc_session::verdict::consumed);
    CHECK(session->where() == irc_session::phase::logging_in);
  }
  GIVEN("others after it") {
    hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!");
    CHECK_EQ(hear("PING :tmi.twitch.tv"), (strings{"send PONG :tmi.twitch.tv"}));
    CHECK_EQ(hear(":tmi.twitch.tv PING tmi.twitch.tv"), (strings{"send PONG :tmi.twitch.tv"}));
    CHECK_EQ(hear("PING :two words"), (strings{"send PONG :two words"}));
    CHECK_EQ(hear("PING :"), (strings{"send PONG :"}));
    CHECK_EQ(hear("PING"), (strings{"send PONG"}));
    CHECK_EQ(hear("PING :#chan"), (strings{"send PONG :#chan"}));
  }
}

SCENARIO("a silent server is asked after a minute, and given up ten seconds later") {
  log_in();
  CHECK(until_deadline() == 60s);
  CHECK_EQ(wait_for_deadline(), (strings{"send PING :creamery"}));
  GIVEN("any line as an answer") {
    now += 9s;
    CHECK_EQ(hear(":ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hello"), strings{});
    CHECK(verdict == irc_session::verdict::forward);
    CHECK(until_deadline() == 60s);
    CHECK_EQ(wait_for_deadline(), (strings{"send PING :creamery"}));
  }
  GIVEN("a PONG") {
    now += 9s;
    CHECK_EQ(hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery"), strings{});
    CHECK(verdict == irc_session::verdict::consumed);
    CHECK(until_deadline() == 60s);
    CHECK_EQ(wait_for_deadline(), (strings{"send PING :creamery"}));
  }
  GIVEN("silence") {
    now += 5s;
    CHECK_EQ(expire(), strings{}); // one PING is enough
    CHECK_EQ(wait_for_deadline(), (strings{"give up: no answer to a PING: the connection is half-open"}));
    CHECK(session->deadline() == time_point::max());
  }
}

SCENARIO("a refused login is told in Twitch's words, whatever their case") {
  for (auto text : {"Login authentication failed", "Improperly formatted auth", "Improperly formatted Auth",
                    "IMPROPERLY FORMATTED AUTH", "Invalid NICK", "Login unsuccessful",
                    "You don't have permission to perform that action"}) {
    open();
    CHECK_EQ(hear(std::string{":tmi.twitch.tv NOTICE * :"} + text), (strings{std::string{"refused: "} + text}));
    CHECK(verdict == irc_session::verdict::consumed);
    CHECK(session->where() == irc_session::phase::refused);
    CHECK(session->deadline() == time_point::max());
    CHECK(!session->settled());
    // Once is enough, and nothing follows from it that would be written to a connection that is about to end.
    CHECK_EQ(hear(std::string{":tmi.twitch.tv NOTICE * :"} + text), strings{});
    CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), strings{});
    CHECK_EQ(want({"a"}), strings{});
    CHECK_EQ(permit(1), strings{});
    now += 1h;
    CHECK_EQ(expire(), strings{});
  }
  GIVEN("other notices to everybody") {
    open();
    for (auto text : {"Login", "Login authentication failed!", "Server restarts in 5 minutes", ""})
      CHECK_EQ(hear(std::string{":tmi.twitch.tv NOTICE * :"} + text), strings{});
    CHECK(session->where() == irc_session::phase::logging_in);
  }
  GIVEN("the same words as a message in a channel") {
    CHECK_EQ(hear("@msg-id=x :tmi.twitch.tv NOTICE #chan :Login authentication failed"),
             (strings{"noticed chan x: Login authentication failed"}));
    CHECK_EQ(hear(":ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :Login authentication failed"), strings{});
    CHECK(session->where() == irc_session::phase::logging_in);
  }
}

SCENARIO("a token that is revoked later ends the session, too") {
  log_in_and_join("chan");
  CHECK_EQ(hear(":tmi.twitch.tv NOTICE * :Login authentication failed"),
           (strings{"refused: Login authentication failed"}));
  CHECK(session->where() == irc_session::phase::refused);
}

SCENARIO("channels are joined when they are permitted, and are in when their room's state comes") {
  open();
  CHECK_EQ(want({"b", "a"}), strings{}); // nothing before the welcome
  CHECK(!session->settled());
  CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), (strings{"welcomed mybot", "request 2"}));
  CHECK_EQ(want({"a"}), strings{}); // wanted already
  CHECK_EQ(permit(2), (strings{"send JOIN #a,#b"}));
  CHECK(membership("a") == irc_session::membership::asked);
  CHECK(!session->settled());
  GIVEN("everything that Twitch answers") {
    CHECK_EQ(hear(own("JOIN", "a")), strings{});
    CHECK(membership("a") == irc_session::membership::asked); // an echo is not enough
    CHECK_EQ(hear(":mybot.tmi.twitch.tv 353 mybot = #a :mybot viewer1"), strings{});
    CHECK_EQ(hear(":mybot.tmi.twitch.tv 366 mybot #a :End of /NAMES list"), strings{});
    CHECK_EQ(hear(room("a")), (strings{"joined a"}));
    CHECK(verdict == irc_session::verdict::forward);
    CHECK(membership("a") == irc_session::membership::joined);
    CHECK_EQ(hear(room("a")), strings{}); // once
    CHECK(!session->settled());
    CHECK_EQ(hear(room("b")), (strings{"joined b"}));
    CHECK(session->settled());
  }
  GIVEN("later changes and rooms of others") {
    CHECK_EQ(want({"c"}), (strings{"request 1"}));
    CHECK_EQ(permit(1), (strings{"send JOIN #c"}));
    CHECK_EQ(hear("@room-id=1234;slow=5 :tmi.twitch.tv ROOMSTATE #c"), strings{});
    CHECK_EQ(hear("@room-id=1234;subs-only=1 :tmi.twitch.tv ROOMSTATE #c"), strings{});
    CHECK_EQ(hear(room("stranger")), strings{});
    CHECK(membership("c") == irc_session::membership::asked);
    CHECK_EQ(session->channels().size(), 3u);
  }
}

SCENARIO("no more JOINs are sent than were permitted") {
  log_in();
  CHECK_EQ(want({"a", "b", "c"}), (strings{"request 3"}));
  CHECK_EQ(permit(0), strings{});
  GIVEN("fewer than were asked for") {
    auto todo = permit(2);
    THEN("those are sent, and the rest is asked for again, since the request is answered") {
      CHECK_EQ(todo, (strings{"send JOIN #a,#b", "request 1"}));
      CHECK_EQ(permit(1), (strings{"send JOIN #c"}));
    }
  }
  GIVEN("two requests at a time, which are answered in their order") {
    CHECK_EQ(want({"x", "y"}), (strings{"request 2"}));
    CHECK_EQ(want({"z"}), (strings{"request 1"}));
    CHECK_EQ(permit(2), (strings{"send JOIN #x,#y"})); // the other one is still open
    CHECK_EQ(permit(1), (strings{"send JOIN #z"}));
  }
  GIVEN("more than are still needed") {
    CHECK_EQ(want({"d", "e"}), (strings{"request 2"}));
    leave("e");
    CHECK_EQ(permit(2), (strings{"send JOIN #d"}));
    CHECK_EQ(permit(7), strings{});
    CHECK_EQ(want({"f"}), (strings{"request 1"})); // nothing was saved up
  }
}

SCENARIO("long lists of channels are asked for in lines that RFC 1459 allows") {
  log_in();
  strings channels;
  for (int i = 100; i < 200; ++i)
    channels.push_back("a_channel_of_25_letter" + std::to_string(i));
  CHECK_EQ(want(channels), (strings{"request 100"}));
  auto lines = permit(100);
  size_t names = 0;
  size_t longest = 0;
  for (const auto& line : lines) {
    CHECK(line.starts_with("send JOIN #"));
    longest = std::max(longest, line.size() - 5 + 2);
    names += static_cast<size_t>(std::count(line.begin(), line.end(), '#'));
  }
  CHECK_EQ(names, 100u);
  CHECK_LE(longest, 512u);
}

SCENARIO("a JOIN that is not answered is tried again, later and later") {
  log_in();
  want({"a"});
  strings all;
  for (int attempt = 1; attempt <= 7; ++attempt) {
    CHECK_EQ(permit(1), (strings{"send JOIN #a"}));
    CHECK(until_deadline() == 15s);
    CHECK_EQ(hear("PING :x").size(), 1u); // the server is there otherwise
    auto failed = wait_for_deadline();
    REQUIRE_EQ(failed.size(), 1u);
    all.push_back(failed.front());
    CHECK(membership("a") == irc_session::membership::failed);
    CHECK(session->settled());
    CHECK_EQ(permit(1), strings{}); // not before its time
    const auto again = session->channels().at("a").due;
    strings todo;
    while (now < again) {
      now = session->deadline();
      todo = expire();
      if (now < again) {
        CHECK_EQ(todo, (strings{"send PING :creamery"}));
        hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery");
      }
    }
    REQUIRE(!todo.empty());
    CHECK_EQ(todo.back(), "request 1");
    CHECK(session->settled()); // it was tried once; that is all that can be expected
  }
  CHECK_EQ(all, (strings{"failed a #1 again in 30 s: " + no_answer, "failed a #2 again in 60 s: " + no_answer,
                         "failed a #3 again in 120 s: " + no_answer, "failed a #4 again in 240 s: " + no_answer,
                         "failed a #5 again in 480 s: " + no_answer, "failed a #6 again in 600 s: " + no_answer,
                         "failed a #7 again in 600 s: " + no_answer}));
  GIVEN("a success at last") {
    permit(1);
    CHECK_EQ(hear(room("a")), (strings{"joined a"}));
    CHECK_EQ(session->channels().at("a").attempts, 0u);
    CHECK_EQ(session->channels().at("a").reason, "");
  }
}

SCENARIO("an answer that comes after the time-out still counts") {
  log_in();
  want({"a"});
  permit(1);
  now += 15s;
  CHECK_EQ(expire(), (strings{"failed a #1 again in 30 s: " + no_answer}));
  CHECK_EQ(hear(room("a")), (strings{"joined a"}));
  now += 30s;
  CHECK_EQ(expire(), strings{}); // and it is not joined again
}

SCENARIO("a refused JOIN is told with its reason") {
  log_in();
  for (auto id : {"msg_channel_suspended", "msg_banned", "msg_room_not_found"}) {
    want({"a"});
    permit(1);
    CHECK_EQ(hear(std::string{"@msg-id="} + id + " :tmi.twitch.tv NOTICE #a :No."),
             (strings{std::string{"failed a #1 again in 30 s: "} + id + ": No."}));
    leave("a");
  }
  GIVEN("the limit of a hundred channels") {
    want({"a"});
    permit(1);
    CHECK_EQ(
      hear("@msg-id=msg_concurrent_channel_limit_reached :tmi.twitch.tv NOTICE #a :Too many"),
      (strings{
        "failed a #1 again in 30 s: the account is in as many channels as Twitch allows (100, not counting those it "
        "moderates)"}));
    CHECK(session->settled());
  }
  GIVEN("the same notice about a channel that we are in") {
    want({"b"});
    permit(1);
    hear(room("b"));
    CHECK_EQ(hear("@msg-id=msg_banned :tmi.twitch.tv NOTICE #b :You are banned."),
             (strings{"noticed b msg_banned: You are banned."}));
    CHECK(verdict == irc_session::verdict::forward);
    CHECK(membership("b") == irc_session::membership::joined);
  }
  GIVEN("another notice about a channel that was asked for") {
    want({"c"});
    permit(1);
    CHECK_EQ(hear("@msg-id=slow_on :tmi.twitch.tv NOTICE #c :Slow."), (strings{"noticed c slow_on: Slow."}));
    CHECK(membership("c") == irc_session::membership::asked);
  }
  GIVEN("a notice about a channel that nobody asked for") {
    CHECK_EQ(hear("@msg-id=msg_banned :tmi.twitch.tv NOTICE #z :No."), (strings{"noticed z msg_banned: No."}));
  }
}

SCENARIO("a channel that is no longer wanted is left") {
  log_in_and_join("a");
  CHECK_EQ(leave("a"), (strings{"send PART #a", "parted a"}));
  CHECK_EQ(hear(own("PART", "a")), strings{}); // the echo of what we asked for
  CHECK_EQ(leave("a"), strings{});
  CHECK_EQ(leave("never"), strings{});
  CHECK(session->channels().empty());
  GIVEN("one that was never asked for") {
    want({"b"});
    CHECK_EQ(leave("b"), (strings{"parted b"})); // nobody there knows
  }
  GIVEN("one that was asked for and not answered") {
    want({"c"});
    permit(2); // one of them was meant for b
    CHECK_EQ(leave("c"), (strings{"send PART #c", "parted c"}));
    CHECK_EQ(hear(room("c")), strings{}); // the answer crosses our PART
  }
}

SCENARIO("the echo of our own PART is not taken for a removal when the channel is wanted again") {
  log_in_and_join("a");
  leave("a");
  GIVEN("the echo before the JOIN is permitted") {
    CHECK_EQ(want({"a"}), (strings{"request 1"}));
    CHECK_EQ(hear(own("PART", "a")), strings{});
    CHECK_EQ(permit(1), (strings{"send JOIN #a"}));
    CHECK_EQ(hear(room("a")), (strings{"joined a"}));
  }
  GIVEN("the echo behind our JOIN") {
    leave("a");
    want({"a"});
    CHECK_EQ(permit(1), (strings{"send JOIN #a"}));
    CHECK_EQ(hear(own("PART", "a")), strings{});
    CHECK_EQ(hear(room("a")), (strings{"joined a"}));
  }
}

SCENARIO("being removed from a channel is noticed, and it is joined again") {
  log_in_and_join("a");
  CHECK_EQ(hear(own("PART", "a")),
           (strings{"parted a", "failed a #0 again in 30 s: Twitch removed us from the channel"}));
  CHECK(verdict == irc_session::verdict::forward);
  CHECK(until_deadline() == 30s);
  CHECK_EQ(wait_for_deadline(), (strings{"request 1"}));
  CHECK_EQ(permit(1), (strings{"send JOIN #a"}));
  GIVEN("other people's comings and goings") {
    CHECK_EQ(hear(":ann!ann@ann.tmi.twitch.tv PART #a"), strings{});
    CHECK_EQ(hear(":ann!ann@ann.tmi.twitch.tv JOIN #a"), strings{});
    CHECK_EQ(hear("PART #a"), strings{});
    CHECK(membership("a") == irc_session::membership::asked);
  }
}

SCENARIO("our own state tells which limits hold and what was delivered") {
  log_in();
  auto state = [this](const std::string& tags) { return hear("@" + tags + " :tmi.twitch.tv USERSTATE #a"); };
  CHECK_EQ(state("badges=;mod=0"), (strings{"state a ordinary id= nonce="}));
  CHECK(verdict == irc_session::verdict::consumed);
  CHECK_EQ(state("badges=;mod=1"), (strings{"state a privileged id= nonce="}));
  CHECK_EQ(state("badges=subscriber/1,moderator/1;mod=0"), (strings{"state a privileged id= nonce="}));
  CHECK_EQ(state("badges=broadcaster/1"), (strings{"state a privileged id= nonce="}));
  CHECK_EQ(state("badges=vip/1"), (strings{"state a privileged id= nonce="}));
  CHECK_EQ(state("badges=lead_moderator/1"), (strings{"state a privileged id= nonce="}));
  CHECK_EQ(state("badges=vipsubscriber/1,subscriber/1"), (strings{"state a ordinary id= nonce="}));
  CHECK_EQ(state("badge-info=vip/1;badges="), (strings{"state a ordinary id= nonce="}));
  CHECK_EQ(state("id=abc;client-nonce=def;mod=0"), (strings{"state a ordinary id=abc nonce=def"}));
}

SCENARIO("RECONNECT asks for another connection while this one is still read") {
  log_in_and_join("a");
  CHECK_EQ(hear(":tmi.twitch.tv RECONNECT"), (strings{"replace"}));
  CHECK(verdict == irc_session::verdict::consumed);
  CHECK(session->where() == irc_session::phase::welcome);
  CHECK_EQ(hear(":ann!ann@ann.tmi.twitch.tv PRIVMSG #a :still here"), strings{});
  CHECK(verdict == irc_session::verdict::forward);
  CHECK_EQ(hear("PING :x"), (strings{"send PONG :x"}));
}

SCENARIO("a session can ask whether all that was sent before has arrived") {
  log_in();
  CHECK_EQ(flush(), strings{"send PING :creamery-flush"});
  CHECK_EQ(hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery"), strings{});
  CHECK_EQ(hear(":tmi.twitch.tv PONG tmi.twitch.tv :creamery-flush"), strings{"flushed"});
  CHECK_EQ(verdict, irc_session::verdict::consumed);
}

SCENARIO("silence that is our own fault doesn't count") {
  log_in();
  want({"a"});
  permit(1);
  GIVEN("a minute in which we didn't read") {
    now += 70s;
    session->excuse_silence(now);
    CHECK_EQ(expire(), strings{}); // neither the JOIN nor the connection has failed
    CHECK(until_deadline() == 15s);
    CHECK_EQ(wait_for_deadline(), (strings{"failed a #1 again in 30 s: " + no_answer}));
  }
  GIVEN("a PING whose answer lies unread") {
    now += 45s;
    CHECK_EQ(expire(), (strings{"send PING :creamery", "request 1"}));
    now += 9s;
    session->excuse_silence(now);
    now += 5s;
    CHECK_EQ(expire(), strings{});
  }
}

SCENARIO("a new counterpart is asked again for what the old one still owed") {
  log_in();
  CHECK_EQ(ask_again(), strings{});
  want({"a", "b", "c"});
  CHECK_EQ(ask_again(), (strings{"request 3"}));
  permit(3);
  CHECK_EQ(ask_again(), strings{});
  GIVEN("a session that isn't welcome yet") {
    open();
    want({"a"});
    CHECK_EQ(ask_again(), strings{});
  }
}

SCENARIO("a permission that comes too early or too late sends nothing") {
  GIVEN("one before the welcome") {
    open();
    want({"a"});
    CHECK_EQ(permit(1), strings{});
    CHECK_EQ(hear(":tmi.twitch.tv 001 mybot :Welcome, GLHF!"), (strings{"welcomed mybot", "request 1"}));
  }
  GIVEN("one after the connection was given up") {
    now += 60s;
    expire();
    now += 10s;
    expire();
    REQUIRE(session->where() == irc_session::phase::given_up);
    CHECK_EQ(permit(1), strings{});
  }
}

SCENARIO("everything that is no part of the protocol goes on to others") {
  log_in_and_join("a");
  for (auto line :
       {":ann!ann@ann.tmi.twitch.tv PRIVMSG #a :PING", "@msg-id=sub :tmi.twitch.tv USERNOTICE #a",
        ":tmi.twitch.tv CLEARCHAT #a :bob", ":tmi.twitch.tv CLEARMSG #a :x", ":tmi.twitch.tv HOSTTARGET #a :- -",
        ":ann!ann@ann.tmi.twitch.tv WHISPER mybot :hi", ":ann!ann@ann.tmi.twitch.tv JOIN #a", "SOMETHING new"}) {
    CHECK_EQ(hear(line), strings{});
    CHECK(verdict == irc_session::verdict::forward);
  }
}

END_FIXTURE_SCOPE()
