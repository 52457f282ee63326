#define CAF_SUITE eventsub.conduit

#include "runtime/eventsub/conduit.hpp"

#include "tests/unit/fixture.hpp"

#include <utility>

using namespace creamery;
using namespace creamery::eventsub;
using namespace std::chrono_literals;

namespace {

using conduits = std::vector<helix::conduit>;
using shards = std::vector<helix::conduit_shard>;

struct conduit_fixture : creamery::test::fixture {
  conduit::time_point now{1h};
  std::optional<conduit> it;

  void start(conduit::options options, const std::string& remembered = {}) {
    options.retry.jitter = 0;
    it.emplace(options, remembered, 1);
  }

  /// What it wants now, in words.
  std::string next() {
    auto step = it->next(now);
    if (!step)
      return "";
    CHECK(!it->next(now)); // one thing at a time
    CHECK(it->deadline() == conduit::time_point::max());
    if (std::holds_alternative<conduit_step::list>(*step))
      return "list";
    if (const auto* x = std::get_if<conduit_step::make>(&*step))
      return "make " + std::to_string(x->shards);
    if (const auto* x = std::get_if<conduit_step::resize>(&*step))
      return "resize " + x->id + " to " + std::to_string(x->shards);
    if (const auto* x = std::get_if<conduit_step::remember>(&*step))
      return "remember " + x->id;
    if (const auto* x = std::get_if<conduit_step::look>(&*step))
      return "look at " + x->id + (x->after.empty() ? "" : " after " + x->after);
    const auto& x = std::get<conduit_step::attach>(*step);
    return "attach " + x.session + " to " + x.id + "/" + std::to_string(x.shard);
  }

  /// … at the moment at which something is due.
  std::string next_due() {
    CHECK_EQ(next(), "");
    REQUIRE(it->deadline() != conduit::time_point::max());
    now = it->deadline() - 1ns;
    CHECK_EQ(next(), "");
    now += 1ns;
    return next();
  }

  static helix::error error(uint32_t status, const std::string& text) {
    return {helix::error::kind::refused, status, text};
  }

  bool attach(const std::string& number, const std::string& status = "enabled") {
    return it->attached(shards{{number, status, ""}}, now);
  }

  /// One of our own with a shard that is attached to "s".
  void begin() {
    start({}, "c");
    CHECK_EQ(next(), "list");
    it->listed(conduits{{"c", 1}}, now);
    it->use(0, "s", now);
    CHECK_EQ(next(), "attach s to c/0");
    CHECK(attach("0"));
    CHECK_EQ(next(), "");
    CHECK(it->deadline() == now + 30min);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(conduit_fixture)

SCENARIO("a conduit is made, remembered and used") {
  start({.adopted = {}, .shards = 2});
  it->use(1, "s1", now);
  CHECK_EQ(next(), "list");
  it->listed(conduits{{"somebody's", 5}}, now);
  CHECK_EQ(next(), "make 2");
  it->made(helix::conduit{"c", 2}, now);
  CHECK_EQ(it->id(), ""); // not before it is written down
  CHECK_EQ(next(), "remember c");
  it->remembered(false, now);
  CHECK_EQ(next_due(), "remember c");
  it->remembered(true, now);
  CHECK_EQ(it->id(), "c");
  CHECK_EQ(next(), "attach s1 to c/1");
  CHECK(attach("1"));
  it->use(0, "s0", now);
  CHECK_EQ(next(), "attach s0 to c/0");
  CHECK(attach("0"));
  CHECK_EQ(it->attached(), 2u);
  CHECK_EQ(it->problem(), "");
}

SCENARIO("our own is found again, and has as many shards as we have") {
  start({.adopted = {}, .shards = 2}, "c");
  CHECK_EQ(next(), "list");
  it->listed(conduits{{"c", 5}}, now);
  CHECK_EQ(next(), "resize c to 2");
  it->made(helix::conduit{"c", 2}, now);
  CHECK_EQ(it->id(), "c");
  WHEN("it has been deleted meanwhile") {
    start({.adopted = {}, .shards = 2}, "c");
    CHECK_EQ(next(), "list");
    it->listed(conduits{}, now);
    CHECK_EQ(next(), "make 2");
    it->made(helix::conduit{"d", 2}, now);
    CHECK_EQ(next(), "remember d");
  }
  WHEN("it is deleted before it can be resized") {
    start({.adopted = {}, .shards = 2}, "c");
    CHECK_EQ(next(), "list");
    it->listed(conduits{{"c", 1}}, now);
    CHECK_EQ(next(), "resize c to 2");
    it->made(error(404, "not found"), now);
    CHECK_EQ(next_due(), "list");
  }
}

SCENARIO("a named conduit is adopted, and never made smaller") {
  start({.adopted = "c", .shards = 2}, "old");
  CHECK_EQ(next(), "list");
  it->listed(conduits{{"old", 2}, {"c", 7}}, now);
  CHECK_EQ(it->id(), "c");
  CHECK_EQ(next(), "");
  WHEN("it has too few shards") {
    start({.adopted = "c", .shards = 2});
    CHECK_EQ(next(), "list");
    it->listed(conduits{{"c", 1}}, now);
    CHECK_EQ(next(), "resize c to 2");
    it->made(helix::conduit{"c", 2}, now);
    CHECK_EQ(it->id(), "c");
  }
  WHEN("there is none of this name") {
    start({.adopted = "c"});
    CHECK_EQ(next(), "list");
    it->listed(conduits{{"d", 1}}, now);
    CHECK_EQ(it->problem(), "the application has no conduit c");
    auto asked = now;
    CHECK_EQ(next_due(), "list");
    CHECK(now - asked == 30min);
  }
}

SCENARIO("what goes wrong is tried again, with growing pauses") {
  start({});
  for (auto pause : {1s, 2s, 4s}) {
    CHECK_EQ(next(), "list");
    it->listed(error(500, "oops"), now);
    CHECK(it->problem().find("oops") != std::string::npos);
    CHECK_EQ(next(), "");
    now += pause;
  }
  CHECK_EQ(next(), "list");
  it->listed(conduits{}, now);
  CHECK_EQ(next(), "make 1");
  it->made(error(429, "conduit limit exceeded"), now);
  CHECK(it->problem().find("as many conduits as Twitch allows (conduit limit exceeded)") != std::string::npos);
  auto asked = now;
  CHECK_EQ(next_due(), "list");
  CHECK(now - asked == 30min);
}

SCENARIO("a session that changes is attached anew, also while another one is being attached") {
  begin();
  it->use(0, "t", now);
  CHECK_EQ(it->attached(), 0u);
  CHECK_EQ(next(), "attach t to c/0");
  it->use(0, "u", now);
  CHECK(!attach("0"));
  CHECK_EQ(it->attached(), 0u);
  CHECK_EQ(next(), "attach u to c/0");
  CHECK(attach("0"));
}

SCENARIO("a shard that isn't attached is tried again, and doesn't hold up the others") {
  start({.adopted = {}, .shards = 2}, "c");
  CHECK_EQ(next(), "list");
  it->listed(conduits{{"c", 2}}, now);
  it->use(0, "s0", now);
  it->use(1, "s1", now);
  CHECK_EQ(next(), "attach s0 to c/0");
  WHEN("Twitch refuses it in an answer that is no error") {
    CHECK(!it->attached(shards{}, now));
    CHECK(it->problem().find("shard 0") != std::string::npos);
    CHECK_EQ(next(), "attach s1 to c/1");
    CHECK(attach("1"));
    CHECK_EQ(next_due(), "attach s0 to c/0");
    CHECK(!attach("0", "websocket_disconnected"));
    CHECK_EQ(next_due(), "attach s0 to c/0");
    CHECK(attach("0"));
    CHECK_EQ(it->problem(), "");
  }
}

SCENARIO("a shard that Twitch has disabled is attached again, if it is ours") {
  begin();
  it->disabled("another", "0", now);
  it->disabled("c", "7", now);
  CHECK_EQ(next(), "");
  it->disabled("c", "0", now);
  CHECK_EQ(it->attached(), 0u);
  CHECK_EQ(next(), "attach s to c/0");
}

SCENARIO("what Twitch says of the shards is looked at again and again") {
  using page = helix::page<helix::conduit_shard>;
  begin();
  GIVEN("several pages, and nothing has changed") {
    CHECK_EQ(next_due(), "look at c");
    it->seen(page{{{"1", "enabled", "another"}, {"0", "enabled", "s"}}, "more", {}}, now);
    CHECK_EQ(next(), "look at c after more");
    it->seen(page{}, now);
    CHECK_EQ(it->attached(), 1u);
    CHECK_EQ(it->problem(), "");
  }
  WHEN("it can't be asked") {
    CHECK_EQ(next_due(), "look at c");
    it->seen(error(500, "oops"), now);
    CHECK_EQ(it->attached(), 1u);
    auto asked = now;
    CHECK_EQ(next_due(), "look at c");
    CHECK(now - asked == 1s);
  }
  WHEN("somebody else has attached it") {
    it->seen(page{{{"0", "enabled", "another"}}, "", {}}, now);
    CHECK_EQ(it->attached(), 0u);
    CHECK_EQ(it->problem(), "shard 0 isn't attached to its session any more");
    CHECK_EQ(next(), "attach s to c/0");
    CHECK(attach("0"));
    CHECK_EQ(it->problem(), "");
  }
  WHEN("its session counts as lost") {
    CHECK_EQ(next_due(), "look at c");
    it->seen(page{{{"0", "websocket_disconnected", "s"}}, "", {}}, now);
    CHECK_EQ(next(), "attach s to c/0");
    CHECK(attach("0"));
  }
  WHEN("the conduit was deleted") {
    CHECK_EQ(next_due(), "look at c");
    it->seen(error(404, "conduit not found"), now);
    CHECK_EQ(it->id(), "");
    CHECK_EQ(it->attached(), 0u);
    CHECK_EQ(next_due(), "list");
  }
}

SCENARIO("a conduit that is gone is replaced") {
  begin();
  it->use(0, "t", now);
  CHECK_EQ(next(), "attach t to c/0");
  CHECK(!it->attached(error(404, "conduit not found"), now));
  CHECK_EQ(it->id(), "");
  CHECK_EQ(next_due(), "list");
  it->listed(conduits{}, now);
  CHECK_EQ(next(), "make 1");
  it->made(helix::conduit{"d", 1}, now);
  CHECK_EQ(next(), "remember d");
  it->remembered(true, now);
  CHECK_EQ(next(), "attach t to d/0");
  CHECK(attach("0"));
}

END_FIXTURE_SCOPE()
