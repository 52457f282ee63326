#define CAF_SUITE store.reading_state

#include "runtime/store/reading_state.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

using times = std::map<std::string, int64_t>;

connection_report connection(int64_t read_until, const std::vector<std::string>& joined,
                             std::vector<reading_gap> gaps = {}) {
  connection_report result;
  result.read_until = read_until;
  for (const auto& channel : joined)
    result.channels.push_back({channel, true, 0, {}});
  for (const auto& gap : gaps)
    result.channels.push_back({gap.channel, false, 0, {}});
  result.gaps = std::move(gaps);
  return result;
}

cog_report cog(const std::string& name, uint64_t queued, int64_t handled_until) {
  cog_report result{name, {}};
  result.lines.queued = queued;
  result.handled_until = handled_until;
  return result;
}

bot_report bot(std::vector<connection_report> connections, std::vector<cog_report> cogs = {}) {
  bot_report result;
  result.name = "ann";
  result.connections = std::move(connections);
  result.router.cogs = std::move(cogs);
  return result;
}

} // namespace

SCENARIO("what was read counts once the next report has told how far the cogs were then") {
  reading_recorder recorder;
  recorder.add({bot({connection(1'000, {"red"})})});
  CHECK(recorder.state().bots.at("ann").read.empty());
  recorder.add({bot({connection(2'000, {"red"})}, {cog("slow", 3, 900), cog("quick", 0, 1'950)})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 1'000}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, (times{{"slow", 900}}));
  recorder.add({bot({connection(3'000, {"red"})}, {cog("slow", 0, 2'100), cog("quick", 0, 1'950)})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
  CHECK_EQ(recorder.state().bots.at("ann").behind, times{});
}

SCENARIO("a channel that isn't read was read until its gap began") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection(2'000, {"red"}, {{"blue", "", 1'500, 0}, {"new", "", 0, 0}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"blue", 1'500}, {"red", 2'000}}));
}

SCENARIO("of two connections the one that has read further counts") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection(2'000, {"red"}), connection(1'000, {}, {{"red", "", 500, 0}})})});
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
}

SCENARIO("whoever is missing in a report is where it was") {
  reading_recorder recorder;
  for (auto i = 0; i < 2; ++i)
    recorder.add({bot({connection(2'000, {"red"})})});
  recorder.add({bot({})}); // the connection is being restarted
  recorder.add({bot({})});
  recorder.add({}); // the bot is
  CHECK_EQ(recorder.state().bots.at("ann").read, (times{{"red", 2'000}}));
}

SCENARIO("a cog that was behind missed what had been read in each channel") {
  reading_state::bot last{{{"blue", 800}, {"red", 2'000}}, {{"slow", 900}}};
  CHECK_EQ(missed_by_cogs(last), (std::vector<reading_gap>{{"red", "slow", 900, 2'000}}));
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
