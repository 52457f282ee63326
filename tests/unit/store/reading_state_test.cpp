#define CAF_SUITE store.reading_state

#include "runtime/store/reading_state.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

using times = std::map<std::string, int64_t>;

connection_report connection(const times& read_until) {
  connection_report result;
  for (const auto& [channel, time] : read_until)
    result.channels.push_back({channel, true, 0, {}, time});
  return result;
}

cog_report cog(const std::string& name, uint64_t queued, int64_t unhandled_since) {
  cog_report result{name, {}};
  result.lines.queued = queued;
  result.unhandled_since = unhandled_since;
  return result;
}

bot_report bot(std::vector<connection_report> connections, std::vector<cog_report> cogs = {}) {
  bot_report result;
  result.name = "ann";
  result.connections = std::move(connections);
  result.has_router = true;
  result.router.cogs = std::move(cogs);
  return result;
}

} // namespace

SCENARIO("what was read counts once the next report has told how far the cogs were then") {
  reading_recorder recorder;
  recorder.add({bot({connection({{"red", 1'000}})})});
  CHECK(recorder.state().bots.at("ann").read.empty());
  recorder.add({bot({connection({{"red", 2'000}})}, {cog("slow", 3, 900), cog("quick", 0, 0)})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 1'000}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, (times{{"slow", 900}}));
  recorder.add({bot({connection({{"red", 3'000}})}, {cog("slow", 0, 0), cog("quick", 0, 0)})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, times{});
}

SCENARIO("a channel that was never read isn't written down") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection({{"red", 2'000}, {"new", 0}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
}

SCENARIO("of two connections the one that has read further counts") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection({{"red", 2'000}}), connection({{"red", 500}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
}

SCENARIO("whoever is missing in a report is where it was") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection({{"red", 2'000}})})});
  recorder.add({bot({})}); // the connection is being restarted
  recorder.add({bot({})});
  recorder.add({}); // the bot is
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
}

SCENARIO("while a router is being restarted nothing is known of its cogs, so nothing counts") {
  reading_recorder recorder;
  recorder.add({bot({connection({{"red", 1'000}})})});
  recorder.add({bot({connection({{"red", 2'000}})}, {cog("slow", 3, 900)})});
  auto without_router = bot({connection({{"red", 3'000}})});
  without_router.has_router = false;
  recorder.add({without_router});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 1'000}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, (times{{"slow", 900}}));
}

SCENARIO("what an earlier process has left holds until something newer is known") {
  reading_state last;
  last.bots["ann"] = {{{"red", 500}, {"blue", 600}}, {{"slow", 400}}};
  reading_recorder recorder{last};
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 500}, {"blue", 600}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, times{}); // that was told when the process began
  recorder.add({bot({connection({{"red", 1'000}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 500}, {"blue", 600}}));
  recorder.add({bot({connection({{"red", 2'000}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 1'000}, {"blue", 600}}));
}

SCENARIO("a cog that was behind missed what had been read in each channel") {
  reading_state::bot last{{{"blue", 800}, {"green", 900}, {"red", 2'000}}, {{"slow", 900}}};
  CHECK_EQ(missed_by_cogs(last), (std::vector<reading_gap>{{"green", "slow", 900, 900}, {"red", "slow", 900, 2'000}}));
}

SCENARIO("a state is written and read") {
  reading_state state;
  state.bots["ann"] = {{{"red", 1'767'225'600'123}}, {{"slow", 5}}};
  state.bots["a \"name\""] = {};
  auto read = parse_reading_state(to_text(state));
  REQUIRE(read);
  CHECK(*read == state);
}

SCENARIO("what is no state is refused, with its place") {
  for (const auto* text : {"", "[]", "{}", "{\"bots\": 1}", "{\"bots\": {}"})
    CHECK(!parse_reading_state(text));
  for (const auto* bot :
       {"1", "[]", "{}", "{\"read\": {}, \"behind\": []}", "{\"read\": {\"red\": \"x\"}, \"behind\": {}}",
        "{\"read\": {\"red\": 1.5}, \"behind\": {}}"}) {
    auto read = parse_reading_state("{\"bots\": {\"ann\": " + std::string{bot} + "}}");
    REQUIRE(!read);
    CHECK_EQ(read.error().place, "bots.ann");
  }
}
