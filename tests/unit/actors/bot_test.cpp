#define CAF_SUITE actors.bot

#include "actors/bot.hpp"

#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/environment.hpp"

#include <map>

using namespace creamery;
using creamery::test::lines_of;
using creamery::test::privmsg;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// What the doubles of account and outbox heard, and who spoke.
struct world {
  /// The connections that asked for credentials, in order.
  std::vector<chat_connection_actor> dialled;
  std::vector<account_user_actor> followers;
  strings joined;
  /// The connections that said that they had joined something, in order.
  std::vector<chat_connection_actor> speakers;
};

account_directory_actor::behavior_type accounts_double(account_directory_actor::pointer self, std::shared_ptr<world> w,
                                                       outbox_actor outbox) {
  return {
    [self, w](caf::get_atom, const std::string& id) {
      CHECK_EQ(id, "creamybot");
      w->dialled.push_back(caf::actor_cast<chat_connection_actor>(self->current_sender()));
      return credentials{"creamybot", secret{"token"}};
    },
    [](const std::string&, const login_refused&) {},
    [](const std::string&, const helix::request&) { return helix::answer{}; },
    [self, w, outbox](follow_atom, const std::string&, const std::string&, const account_user_actor& follower) {
      w->followers.push_back(follower);
      self->send(follower, use_atom_v, outbox);
    },
  };
}

outbox_actor::behavior_type outbox_double(std::shared_ptr<world> w) {
  return {
    [](const say&) { return true; },
    [](login_atom) {},
    [](join_atom, uint64_t wanted) { return wanted; },
    [w](const membership_change& change, const chat_writer_actor& writer) {
      if (change.what != membership_change::kind::joined)
        return;
      w->joined.push_back(change.channel);
      w->speakers.push_back(caf::actor_cast<chat_connection_actor>(writer));
    },
    [](const own_state&) {},
    [](const channel_notice&) {},
    [](const send_verdict&) {},
    [](use_atom, const store_actor&) {},
    [](caf::tick_atom) {},
    [](caf::get_atom) { return outbox_report{}; },
    [](ready_atom) {},
    [](drain_atom) { return true; },
  };
}

struct bot_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::environment surroundings;
  std::shared_ptr<world> w = std::make_shared<world>();
  outbox_actor box = sys.spawn(outbox_double, w);
  account_directory_actor accounts = sys.spawn(accounts_double, w, box);
  bot_actor creamy;
  size_t messages = 0;
  uint64_t received = 0;

  ~bot_fixture() {
    if (creamy)
      kill(creamy);
    kill(accounts);
    kill(box);
    for (const auto& one : w->dialled)
      kill(one);
    for (const auto& one : w->speakers)
      kill(one);
    *w = {};
  }

  void start(strings channels, std::vector<cog_settings> cogs = {}, size_t redundancy = 1) {
    surroundings.get().chat.channels_per_connection = 2;
    creamy = sys.spawn<bot>(bot_settings{"creamy", "creamybot", "!", std::move(channels), std::move(cogs), redundancy},
                            accounts, store_actor{}, surroundings.get());
    pass({});
  }

  bot_report report() {
    return ask<bot_report>(creamy, caf::get_atom_v);
  }

  std::vector<child_report> children() {
    return ask<std::vector<child_report>>(creamy, tree_atom_v);
  }

  child_report child(const std::string& name) {
    for (auto& one : children())
      if (one.name == name)
        return one;
    FAIL("no such child");
  }

  /// The bot's router, which is caught when it is asked for its report.
  caf::actor find_router() {
    caf::anon_send(creamy, caf::get_atom_v);
    std::vector<caf::actor> found;
    while (found.empty() && sched.try_run_once())
      found = busy("creamery.router");
    sched.run();
    if (found.empty())
      FAIL("there is no router");
    return found.front();
  }

  /// A connection's link from its opening to its last channel.
  void settle(const chat_connection_actor& connection, link_id id, const strings& channels) {
    tell(connection, link_opened{id});
    strings lines{":tmi.twitch.tv 001 creamybot :Welcome, GLHF!"};
    for (const auto& channel : channels)
      lines.push_back("@room-id=1;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #" + channel);
    receive(connection, id, lines);
  }

  void receive(const chat_connection_actor& connection, link_id id, const strings& lines) {
    auto batch = lines_of(lines);
    batch.first = std::exchange(received, received + lines.size()); // gaps in a link's numbers do no harm
    tell(connection, link_lines{id, std::move(batch), nanoseconds()});
  }

  void chat(const chat_connection_actor& connection, link_id id, const std::string& text) {
    receive(connection, id, {privmsg("id-" + std::to_string(++messages), text)});
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(bot_fixture)

SCENARIO("a bot spreads its channels over connections, which dial as soon as the account's outbox is known") {
  start({"one", "two", "three"});
  CHECK_EQ(w->followers.size(), 1u);
  CHECK_EQ(w->dialled.size(), 2u);
  auto x = report();
  CHECK_EQ(x.name, "creamy");
  auto below = children();
  REQUIRE_EQ(below.size(), 3u);
  CHECK_EQ(below[0].name, "router");
  CHECK_EQ(below[1].name, "irc-1");
  CHECK_EQ(below[2].name, "irc-2");
  for (const auto& one : below)
    CHECK_EQ(one.state, "running");
  REQUIRE_EQ(x.connections.size(), 2u);
  CHECK_EQ(x.connections[0].name, "creamy/irc-1");
  CHECK_EQ(x.connections[0].state, "dialling");
  CHECK_EQ(x.connections[0].channels.size() + x.connections[1].channels.size(), 3u);
}

SCENARIO("lines of all connections reach the router") {
  start({"one", "two", "three"});
  for (const auto& one : w->dialled) {
    settle(one, 1, {});
    chat(one, 1, "hello");
  }
  auto x = report();
  CHECK_EQ(x.router.lines.chat, 2u);
  CHECK_EQ(x.router.lines.ignored, x.router.lines.received);
  for (const auto& one : x.connections)
    CHECK_EQ(one.lines_pending, 0u);
}

SCENARIO("a bot goes on without a cog that can't be loaded, and shows it") {
  start({"one"}, {{"no_such_cog", {}}});
  auto cog = child("cog no_such_cog");
  CHECK_EQ(cog.state, "failed to load");
  CHECK(cog.last_error.find("no_such_cog") != std::string::npos);
  CHECK_EQ(child("irc-1").state, "running");
  CHECK_EQ(log.count("no_such_cog"), 1u);
}

SCENARIO("a bot without channels and cogs has a router and a report") {
  start({});
  auto x = report();
  CHECK_EQ(children().size(), 1u);
  CHECK(x.connections.empty());
}

SCENARIO("a router that fails is replaced alone, and gets what arrived meanwhile") {
  GIVEN("a bot with one connection that is in its channel") {
    start({"one"});
    auto connection = w->dialled.at(0);
    settle(connection, 1, {"one"});
    auto first = find_router();
    WHEN("its router is killed and chat goes on") {
      kill(first);
      chat(connection, 1, "between");
      CHECK_EQ(child("router").state, "restarting");
      CHECK_EQ(report().connections.at(0).lines_pending, 1u);
      pass(20ms);
      chat(connection, 1, "afterwards");
      THEN("the new router got both, and the connection is the old one") {
        auto x = report();
        CHECK_EQ(x.router.lines.chat, 2u);
        CHECK_EQ(x.connections.at(0).lines_pending, 0u);
        CHECK_EQ(x.connections.at(0).dials, 1u);
        CHECK_EQ(child("router").restarts, 1u);
        CHECK_EQ(child("irc-1").restarts, 0u);
        CHECK(find_router() != first);
      }
    }
  }
}

SCENARIO("a connection that fails is replaced alone, and introduced to router and outbox") {
  start({"one", "two", "three"});
  for (const auto& one : w->dialled)
    settle(one, 1,
           report().connections[one == w->dialled[0] ? 0 : 1].channels.size() == 2 ? strings{"one", "three"}
                                                                                   : strings{"two"});
  auto before = find_router();
  auto first = w->speakers.at(0);
  kill(first);
  pass(20ms);
  CHECK_EQ(w->dialled.size(), 2u); // the socket of the one before is still there
  auto next = w->speakers.back();
  CHECK(next != first);
  chat(next, 1, "hello");
  CHECK_EQ(report().router.lines.chat, 1u);
  CHECK(find_router() == before);
  CHECK_EQ(child("irc-1").restarts + child("irc-2").restarts, 1u);
  CHECK_EQ(report().connections.size(), 2u);
}

SCENARIO("a new outbox is made known to the connections, now and to those that come later") {
  start({"one"});
  settle(w->dialled.at(0), 1, {"one"});
  CHECK_EQ(w->joined, (strings{"one"}));
  kill(box);
  box = sys.spawn(outbox_double, w);
  sched.run();
  tell(creamy, use_atom_v, box);
  CHECK_EQ(w->joined, (strings{"one", "one"}));
  kill(w->dialled.at(0));
  pass(20ms);
  CHECK_EQ(w->joined, (strings{"one", "one", "one"}));
  CHECK_EQ(w->dialled.size(), 1u);
}

SCENARIO("a redundant bot reads each channel by two connections, and hands on each line once") {
  start({"one", "two", "three"}, {}, 2);
  CHECK_EQ(w->dialled.size(), 4u);
  auto x = report();
  std::map<std::string, int> times;
  for (const auto& one : x.connections)
    for (const auto& channel : one.channels)
      ++times[channel.channel];
  CHECK_EQ(times, (std::map<std::string, int>{{"one", 2}, {"two", 2}, {"three", 2}}));
  for (size_t i = 0; i < 2; ++i) {
    settle(w->dialled[i], 1, {});
    receive(w->dialled[i], 1, {privmsg("same", "hello")});
  }
  CHECK_EQ(report().router.lines.chat, 2u);
  CHECK_EQ(report().router.lines.duplicates, 1u);
}

SCENARIO("everything ends with the bot") {
  auto count = [this] { return sys.registry().running(); };
  auto before = count();
  start({"one", "two", "three"});
  CHECK_EQ(count(), before + 4);
  WHEN("it is asked to") {
    caf::anon_send_exit(creamy, caf::exit_reason::user_shutdown);
    pass(1h);
    THEN("nothing is left") {
      CHECK_EQ(count(), before);
    }
  }
}

SCENARIO("everything ends with a bot that is killed, or its successor would have a twin") {
  auto before = sys.registry().running();
  start({"one", "two", "three"});
  kill(creamy);
  pass(1h);
  CHECK_EQ(sys.registry().running(), before);
}

END_FIXTURE_SCOPE()
