#define CAF_SUITE store.durable_store

#include "runtime/store/durable_store.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/store/file_size_limit.hpp"
#include "tests/unit/store/temporary_folder.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

constexpr int64_t now = 1'800'000'000'000;

std::unique_ptr<durable_store> open(const std::filesystem::path& folder) {
  auto opened = durable_store::open(folder);
  if (!opened)
    CAF_FAIL(to_string(opened.error()));
  return std::move(*opened);
}

eventsub::event raid(const std::string& message_id, const std::string& bot = "ann") {
  return {0, bot, message_id, "channel.raid", "1", "sub", "2026-05-01T10:11:12Z", R"({"viewers":3})"};
}

using arrival = durable_store::arrival;
using verdict = durable_store::verdict;

arrival add(durable_store& store, eventsub::event what, std::string_view key = {}, int64_t at = now) {
  store.begin();
  auto how = store.add(what, key, at);
  if (auto why = store.commit())
    CAF_FAIL(to_string(*why));
  return how;
}

verdict try_to_finish(durable_store& store, const cog_outcome& what) {
  store.begin();
  auto how = store.add(std::span{&what, 1}, now);
  if (auto why = store.commit())
    CAF_FAIL(to_string(*why));
  return how;
}

bool finish(durable_store& store, const cog_outcome& what) {
  return try_to_finish(store, what) == verdict::written;
}

void set_cogs(durable_store& store, const std::string& bot, const std::vector<std::string>& cogs) {
  store.begin();
  store.set_cogs({{bot, cogs}});
  CHECK(!store.commit());
}

void clean_up(durable_store& store, int64_t at) {
  store.begin();
  store.clean_up(at);
  CHECK(!store.commit());
}

std::vector<uint64_t> numbers(durable_store& store, const std::string& bot, uint64_t after = 0) {
  std::vector<uint64_t> found;
  for (const auto& one : store.events(bot, after, 100))
    found.push_back(one.number);
  return found;
}

cog_outcome outcome(uint64_t number, uint64_t event, std::vector<value_change> changes = {}) {
  cog_outcome x;
  x.bot = "ann";
  x.cog = "points";
  x.numbering = 1;
  x.number = number;
  x.event = event;
  x.changes = std::move(changes);
  return x;
}

using list = std::vector<uint64_t>;

} // namespace

SCENARIO("events are kept in order, each once, until all cogs are done with them") {
  GIVEN("a store with two cogs of a bot") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points", "log"});
    CHECK(add(*store, raid("a")) == arrival::fresh);
    CHECK(add(*store, raid("b")) == arrival::fresh);
    CHECK(add(*store, raid("a")) == arrival::same_message);
    CHECK(add(*store, raid("a", "bob")) == arrival::fresh); // another bot's
    CHECK(numbers(*store, "ann") == (list{1, 2}));
    CHECK(numbers(*store, "ann", 1) == (list{2}));
    CHECK(store->events("ann", 0, 1).size() == 1);
    auto kept = store->events("ann", 0, 1).front();
    CHECK_EQ(kept.message_id, "a");
    CHECK_EQ(kept.json, R"({"viewers":3})");
    CHECK(store->waiting() == (std::map<std::string, uint64_t>{{"ann", 2}}));
    WHEN("one of them is done with the first") {
      CHECK(finish(*store, outcome(1, 1)));
      clean_up(*store, now);
      CHECK(numbers(*store, "ann") == (list{1, 2}));
      THEN("it is gone when the other one is, too") {
        auto other = outcome(1, 1);
        other.cog = "log";
        CHECK(finish(*store, other));
        clean_up(*store, now);
        CHECK(numbers(*store, "ann") == (list{2}));
        CHECK(store->waiting() == (std::map<std::string, uint64_t>{{"ann", 1}}));
      }
    }
    WHEN("a cog is added") {
      set_cogs(*store, "ann", {"points", "log", "new"});
      THEN("it begins with the next event, and the others go on where they were") {
        CHECK_EQ(store->find("ann", "new").done, 3u);
        CHECK_EQ(store->find("ann", "points").done, 1u);
      }
    }
    WHEN("the file is opened again") {
      store.reset();
      store = open(folder.path());
      THEN("all is as it was, and numbers go on") {
        CHECK(numbers(*store, "ann") == (list{2}));
        CHECK(add(*store, raid("b")) == arrival::same_message);
        CHECK(add(*store, raid("c")) == arrival::fresh);
        CHECK(numbers(*store, "ann") == (list{2, 4}));
      }
    }
  }
  GIVEN("an event that one of two cogs is done with") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points", "log"});
    add(*store, raid("a"));
    CHECK(finish(*store, outcome(1, 1)));
    WHEN("the other one is no cog of the bot any more") {
      set_cogs(*store, "ann", {"points"});
      clean_up(*store, now);
      CHECK(numbers(*store, "ann").empty());
    }
  }
}

SCENARIO("a cog that wants no events isn't waited for") {
  temporary_folder folder;
  auto store = open(folder.path());
  set_cogs(*store, "ann", {"points", "chat"});
  CHECK(store->set_idle("ann", "chat", true));
  CHECK(!store->set_idle("ann", "chat", true));
  add(*store, raid("a"));
  CHECK(store->waiting() == (std::map<std::string, uint64_t>{{"ann", 1}}));
  CHECK(finish(*store, outcome(1, 1)));
  CHECK(store->waiting().empty());
  clean_up(*store, now);
  CHECK(numbers(*store, "ann").empty());
  CHECK_EQ(store->find("ann", "chat").done, 1u); // also after a restart
  CHECK(store->set_idle("ann", "points", true));
  add(*store, raid("b"));
  CHECK(store->waiting().empty()); // nobody is left
}

SCENARIO("an event under way is seen by nobody") {
  temporary_folder folder;
  auto store = open(folder.path());
  set_cogs(*store, "ann", {"points"});
  store->begin();
  CHECK(store->add(raid("a"), {}, now) == arrival::fresh);
  CHECK(numbers(*store, "ann").empty());
  CHECK(!store->commit());
  CHECK(numbers(*store, "ann") == (list{1}));
}

SCENARIO("what a transaction that failed had taken is taken when it comes again") {
  temporary_folder folder;
  auto store = open(folder.path());
  set_cogs(*store, "ann", {"points"});
  store->begin();
  CHECK(store->add(raid("a"), {}, now) == arrival::fresh);
  CHECK(store->add(raid("a"), {}, now) == arrival::same_message);
  store->roll_back();
  CHECK(add(*store, raid("a")) == arrival::fresh);
  store->roll_back(); // of nothing: what was written stays known
  CHECK(add(*store, raid("a")) == arrival::same_message);
  store.reset();
  store = open(folder.path());
  CHECK(add(*store, raid("a")) == arrival::same_message);
}

SCENARIO("a bot that isn't configured any more holds up nothing") {
  temporary_folder folder;
  auto store = open(folder.path());
  store->begin();
  store->set_cogs({{"ann", {"points"}}, {"bob", {"points"}}});
  CHECK(!store->commit());
  add(*store, raid("a"));
  add(*store, raid("b", "bob"));
  CHECK(store->waiting() == (std::map<std::string, uint64_t>{{"ann", 1}, {"bob", 1}}));
  set_cogs(*store, "ann", {"points"});
  CHECK(store->waiting() == (std::map<std::string, uint64_t>{{"ann", 1}}));
  clean_up(*store, now);
  CHECK(numbers(*store, "bob").empty());
}

SCENARIO("a cog that is skipped goes on with the next event") {
  temporary_folder folder;
  auto store = open(folder.path());
  set_cogs(*store, "ann", {"points", "log"});
  add(*store, raid("a"));
  add(*store, raid("b"));
  add(*store, raid("c", "bob"));
  CHECK(finish(*store, outcome(1, 1)));
  store->begin();
  CHECK_EQ(store->skip("ann", "points"), 1u);
  CHECK_EQ(store->skip("ann", "points"), 0u);
  CHECK(!store->commit());
  CHECK_EQ(store->find("ann", "log").done, 0u);
  add(*store, raid("d"));
  CHECK(store->events("ann", store->find("ann", "points").done, 10).size() == 1);
}

SCENARIO("a durable message that nobody has said goes when it has been too old for a while") {
  temporary_folder folder;
  auto store = open(folder.path());
  set_cogs(*store, "ann", {"points"});
  add(*store, raid("a"));
  auto what = outcome(1, 1);
  what.says.push_back({.bot = "ann", .channel = "red", .text = "hi", .max_age_ms = 1'000});
  CHECK(finish(*store, what));
  auto removed = [&](int64_t at) {
    store->begin();
    auto count = store->clean_up(at).says;
    CHECK(!store->commit());
    return count;
  };
  CHECK_EQ(removed(now + 60'000), 0);
  CHECK_EQ(store->says("ann", 0, 10, now).size(), 1u);
  CHECK_EQ(removed(now + 62'000), 1);
  CHECK_EQ(removed(now + 62'000), 0);
  CHECK(store->says("ann", 0, 10, now).empty());
}

SCENARIO("numbers go on though all events are gone") {
  GIVEN("a store whose only event is done") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points"});
    add(*store, raid("a"));
    CHECK(finish(*store, outcome(1, 1)));
    clean_up(*store, now);
    CHECK(numbers(*store, "ann").empty());
    store.reset();
    store = open(folder.path());
    add(*store, raid("b"));
    CHECK(numbers(*store, "ann") == (list{2}));
  }
}

SCENARIO("what is the same under another id is taken once") {
  GIVEN("an event with a key") {
    temporary_folder folder;
    auto store = open(folder.path());
    CHECK(add(*store, raid("a"), "redemption 7") == arrival::fresh);
    CHECK(add(*store, raid("b"), "redemption 7") == arrival::same_event);
    CHECK(add(*store, raid("c"), "redemption 8") == arrival::fresh);
    CHECK(add(*store, raid("d", "bob"), "redemption 7") == arrival::fresh);
    auto update = raid("e");
    update.type = "channel.other";
    CHECK(add(*store, update, "redemption 7") == arrival::fresh);
    update.message_id = "f";
    update.version = "2";
    CHECK(add(*store, update, "redemption 7") == arrival::fresh);
  }
}

SCENARIO("ids are remembered for as long as they have to be, and no longer") {
  GIVEN("an event with an id and a key") {
    temporary_folder folder;
    auto store = open(folder.path());
    add(*store, raid("a"), "key");
    auto later = now + durable_store::message_memory.count();
    clean_up(*store, later);
    CHECK(add(*store, raid("a"), {}, later) == arrival::same_message);
    clean_up(*store, later + 1);
    CHECK(add(*store, raid("a"), "key", later) == arrival::same_event);
    clean_up(*store, now + durable_store::key_memory.count() + 1);
    CHECK(add(*store, raid("z"), "key", later) == arrival::fresh);
  }
}

SCENARIO("what a handler leaves behind is written once and as a whole") {
  GIVEN("a cog with an event") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points"});
    add(*store, raid("a"));
    add(*store, raid("b"));
    auto reader = value_reader::open(store->file());
    REQUIRE(reader);
    auto value = [&](std::string_view key, std::string_view space = "") {
      return (*reader)->get("ann", "points", space, key).value_or("nothing");
    };
    auto done = outcome(1, 1, {{"", "count", "1"}, {"room", "count", "2"}, {"", "old", std::nullopt}});
    done.says.push_back({.bot = "ann",
                         .channel = "room",
                         .text = "thanks",
                         .promise = delivery_promise::at_least_once,
                         .max_age_ms = 5,
                         .cog = "points"});
    CHECK(finish(*store, done));
    CHECK_EQ(value("count"), "1");
    CHECK_EQ(value("count", "room"), "2");
    CHECK_EQ(value("old"), "nothing");
    auto says = store->says("ann", 0, 10, now + 2);
    REQUIRE_EQ(says.size(), 1u);
    auto expected = done.says.front();
    expected.durable = says.front().durable;
    expected.max_age_ms = 3; // two have passed
    CHECK_EQ(says.front(), expected);
    CHECK(store->says("ben", 0, 10, now).empty());
    CHECK(store->says("ann", expected.durable, 10, now).empty());
    THEN("the same once more is none") {
      CHECK(!finish(*store, outcome(1, 1, {{"", "count", "9"}})));
      CHECK_EQ(value("count"), "1");
    }
    THEN("a successor that handles the same event has come too late") {
      auto again = outcome(1, 1, {{"", "count", "9"}});
      again.numbering = 2;
      CHECK(try_to_finish(*store, again) == verdict::passed_over);
      CHECK_EQ(value("count"), "1");
    }
    THEN("what belongs to no event is written, too") {
      auto later = outcome(2, 0, {{"", "count", std::nullopt}});
      later.numbering = 2;
      CHECK(finish(*store, later));
      CHECK_EQ(value("count"), "nothing");
      CHECK_EQ(store->find("ann", "points").done, 1u);
    }
    THEN("a poisoned event is done") {
      auto poisoned = outcome(3, 2);
      poisoned.numbering = 2;
      poisoned.is_poisoned = true;
      CHECK(finish(*store, poisoned));
      CHECK_EQ(store->find("ann", "points").done, 2u);
      CHECK_EQ(store->find("ann", "points").poisoned, 1u);
    }
    THEN("one that comes before the one before it has to come again") {
      auto fourth = outcome(4, 0, {{"", "count", "4"}});
      auto fifth = outcome(5, 0, {{"", "count", "5"}});
      fourth.numbering = fifth.numbering = 2;
      CHECK(try_to_finish(*store, fifth) == verdict::too_early);
      CHECK(finish(*store, fourth));
      CHECK(finish(*store, fifth));
      CHECK_EQ(value("count"), "5");
    }
    THEN("somebody who is no cog of the bot leaves nothing behind") {
      auto stranger = outcome(4, 2, {{"", "count", "9"}});
      stranger.cog = "stranger";
      CHECK(!finish(*store, stranger));
    }
    THEN("a message is forgotten when it was said") {
      store->begin();
      store->forget_say(expected.durable);
      CHECK(!store->commit());
      CHECK(store->says("ann", 0, 10, now).empty());
    }
  }
}

SCENARIO("what a transaction did is undone if it can't be written") {
  GIVEN("a store whose file can't grow") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points"});
    add(*store, raid("a"));
    std::optional<failure> why;
    {
      file_size_limit limit{std::filesystem::file_size(store->file())};
      store->begin();
      auto lost = raid("b");
      lost.json = std::string(1'000'000, ' ');
      CHECK(store->add(lost, "key", now) == arrival::fresh);
      CHECK(store->add(std::vector{outcome(1, 1, {{"", "count", "1"}})}, now) == verdict::written);
      why = store->commit();
    }
    REQUIRE(why);
    CHECK_EQ(why->place, store->file().string());
    THEN("it goes on as if that had never been, as soon as it can") {
      CHECK(numbers(*store, "ann") == (list{1}));
      CHECK_EQ(store->find("ann", "points").done, 0u);
      CHECK(add(*store, raid("b"), "key") == arrival::fresh);
      CHECK(numbers(*store, "ann") == (list{1, 2}));
      CHECK(finish(*store, outcome(1, 1, {{"", "count", "1"}})));
    }
  }
}

SCENARIO("values are listed in order, by what their keys begin with") {
  GIVEN("some values") {
    temporary_folder folder;
    auto store = open(folder.path());
    set_cogs(*store, "ann", {"points"});
    CHECK(finish(
      *store,
      outcome(
        1, 0,
        {{"", "user/b", "2"}, {"", "user/a", "1"}, {"", "use", "0"}, {"", "user0", "x"}, {"other", "user/c", "3"}})));
    auto reader = value_reader::open(store->file());
    REQUIRE(reader);
    using pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK((*reader)->list("ann", "points", "", "user/", 10) == (pairs{{"user/a", "1"}, {"user/b", "2"}}));
    CHECK((*reader)->list("ann", "points", "", "user/", 1) == (pairs{{"user/a", "1"}}));
    CHECK((*reader)->list("ann", "points", "", "", 10).size() == 4);
    CHECK((*reader)->list("ann", "other", "", "", 10).empty());
    CHECK(!(*reader)->problem());
  }
}

SCENARIO("settings are kept") {
  GIVEN("a store") {
    temporary_folder folder;
    auto store = open(folder.path());
    auto kept = [&store] {
      auto found = store->get("secret");
      return found ? *found : to_string(found.error());
    };
    CHECK_EQ(kept(), "");
    store->begin();
    store->set("secret", "abc");
    CHECK(!store->commit());
    store.reset();
    store = open(folder.path());
    CHECK_EQ(kept(), "abc");
  }
}

SCENARIO("a store without a folder has one of its own, and takes it with it") {
  GIVEN("such a store") {
    auto store = open({});
    auto file = store->file();
    CHECK(std::filesystem::exists(file));
    set_cogs(*store, "ann", {"points"});
    add(*store, raid("a"));
    store.reset();
    CHECK(!std::filesystem::exists(file.parent_path()));
  }
}
