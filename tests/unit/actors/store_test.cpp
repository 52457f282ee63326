#define CAF_SUITE actors.store

#include "actors/store.hpp"

#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/store/file_size_limit.hpp"
#include "tests/unit/store/temporary_folder.hpp"

using namespace creamery;
using namespace creamery::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

eventsub::arrivals raid(const std::string& message_id, size_t bytes = 20) {
  return {{{{0, "ann", message_id, "channel.raid", "1", "sub", "2026-05-01T10:11:12Z", std::string(bytes, ' ')}, {}}}};
}

constexpr int64_t now = 1'800'000'000'000;

/// What a handler leaves behind that says one thing for certain.
std::vector<cog_outcome> outcome_with_say(uint64_t number, const std::string& text) {
  cog_outcome x{.bot = "ann", .cog = "points", .numbering = 1, .number = number};
  say message;
  message.bot = "ann";
  message.channel = "red";
  message.text = text;
  x.says = {message};
  return {x};
}

struct store_fixture : timed_fixture {
  temporary_folder folder;
  std::shared_ptr<durable_store> file = open(folder);
  store_actor keeper = sys.spawn<store>(
    std::vector<std::pair<std::string, strings>>{{"ann", {"points"}}}, kept<store_memory>::make(file),
    +[](std::chrono::steady_clock::time_point) { return now; });

  store_fixture() {
    sched.run();
  }

  ~store_fixture() {
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  }

  static std::shared_ptr<durable_store> open(const temporary_folder& where) {
    auto opened = durable_store::open(where.path());
    if (!opened)
      CAF_FAIL(to_string(opened.error()));
    return std::move(*opened);
  }

  /// Puts a question into the store's mailbox.
  template <class... Ts>
  auto put(Ts... question) {
    return self->request(keeper, caf::infinite, std::move(question)...);
  }

  auto ask_for_events(uint64_t after) {
    return put(caf::get_atom_v, std::string{"ann"}, std::string{"points"}, after);
  }

  auto ask_for_says(uint64_t after) {
    return put(caf::get_atom_v, strings{"ann"}, after);
  }

  bool is_answered() {
    return !self->mailbox().empty();
  }

  /// What the only one that was answered got.
  template <class Answer>
  Answer answer(auto& question) {
    REQUIRE(is_answered());
    Answer result{};
    question.receive([&](Answer& x) { result = std::move(x); }, [](caf::error& why) { CAF_FAIL(to_string(why)); });
    return result;
  }

  strings message_ids(auto& question) {
    strings ids;
    for (const auto& one : answer<std::vector<eventsub::event>>(question))
      ids.push_back(one.message_id);
    return ids;
  }

  strings texts(auto& question) {
    strings all;
    for (const auto& one : answer<std::vector<say>>(question))
      all.push_back(one.text);
    return all;
  }

  template <class Answer>
  bool is_refused(auto& question) {
    REQUIRE(is_answered());
    auto refused = false;
    auto note = [&](const caf::error&) { refused = true; };
    if constexpr (std::is_void_v<Answer>)
      question.receive([] {}, note);
    else
      question.receive([](const Answer&) {}, note);
    return refused;
  }

  /// What was put is written while the disk is full.
  void pass_without_room() {
    file_size_limit limit{std::filesystem::file_size(file->file())};
    pass(10ms);
  }

  store_report report() {
    return ask<store_report>(keeper, caf::get_atom_v);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(store_fixture)

SCENARIO("whoever waits for events gets them once they are on the disk") {
  auto reader = ask_for_events(0);
  pass(1s);
  CHECK(!is_answered());
  auto receipt = put(raid("a"));
  sched.run_once(); // taken, and the transaction is open
  CHECK(!is_answered());
  sched.run();
  CHECK_EQ(answer<eventsub::receipt>(receipt).fresh, 1u);
  CHECK(message_ids(reader) == strings{"a"});
}

SCENARIO("an instance of a cog that was replaced waits for no events any more") {
  auto older = ask_for_events(0);
  auto younger = ask_for_events(0);
  sched.run();
  CHECK(is_refused<std::vector<eventsub::event>>(older));
  CHECK(!is_answered());
  auto receipt = put(raid("a"));
  sched.run();
  CHECK_EQ(answer<eventsub::receipt>(receipt).fresh, 1u);
  CHECK(message_ids(younger) == strings{"a"});
}

SCENARIO("as soon as cogs have handled some of too many events, others are taken") {
  constexpr uint64_t at_once = 10'000;
  for (uint64_t count = 0; count < store_state::max_waiting; count += at_once) {
    eventsub::arrivals many;
    for (auto number = count; number < count + at_once; ++number)
      many.events.push_back(raid(std::to_string(number)).events.front());
    auto receipt = put(std::move(many));
    sched.run();
    CHECK_EQ(answer<eventsub::receipt>(receipt).fresh, at_once);
  }
  auto one_too_many = put(raid("one too many"));
  sched.run();
  CHECK(is_refused<eventsub::receipt>(one_too_many));
  cog_outcome all_done{.bot = "ann", .cog = "points", .numbering = 1, .number = 1};
  all_done.event = store_state::max_waiting;
  auto done = put(std::vector{all_done});
  pass(10ms);
  CHECK(!is_refused<void>(done));
  pass(1s); // sooner than anything is cleaned up
  auto next = put(raid("next"));
  sched.run();
  CHECK_EQ(answer<eventsub::receipt>(next).fresh, 1u);
  CHECK_EQ(report().refused, 1u);
}

SCENARIO("those who ask while a transaction fails are answered by one that doesn't") {
  GIVEN("an event and a message on the disk") {
    auto first = put(raid("a"));
    auto said = put(outcome_with_say(1, "hello"));
    pass(10ms);
    CHECK_EQ(answer<eventsub::receipt>(first).fresh, 1u);
    CHECK(!is_refused<void>(said));
    WHEN("an event comes that the disk has no room for, and cogs and outboxes ask before that is known") {
      auto lost = put(raid("b", 1'000'000));
      auto unsaid = put(outcome_with_say(2, "bye"));
      auto reader = ask_for_events(1);
      auto speaker = ask_for_says(1);
      pass_without_room();
      THEN("whoever sent it is told, and the others wait on") {
        CHECK(is_refused<eventsub::receipt>(lost));
        CHECK(is_refused<void>(unsaid));
        CHECK(!is_answered());
        CHECK_EQ(report().failures, 1u);
        CHECK_EQ(report().events, 1u);
        AND("once there is room, all goes on as if nothing had been") {
          auto again = put(raid("b", 1'000'000));
          pass(10ms);
          CHECK_EQ(answer<eventsub::receipt>(again).fresh, 1u);
          CHECK(message_ids(reader) == strings{"b"});
          auto said_again = put(outcome_with_say(2, "bye"));
          pass(10ms);
          CHECK(!is_refused<void>(said_again));
          CHECK(texts(speaker) == strings{"bye"});
          CHECK_EQ(report().events, 2u);
          CHECK_EQ(report().outcomes, 2u);
          CHECK(report().last_error.empty());
        }
      }
    }
    WHEN("they ask for what is on the disk already") {
      auto lost = put(raid("c", 1'000'000));
      auto reader = ask_for_events(0);
      auto speaker = ask_for_says(0);
      pass_without_room();
      THEN("they have it in spite of the failure") {
        CHECK(is_refused<eventsub::receipt>(lost));
        CHECK(message_ids(reader) == (strings{"a", "b"}));
        CHECK(texts(speaker) == (strings{"hello", "bye"}));
      }
    }
    WHEN("they ask after something else than an event or a message has failed already") {
      cog_outcome large{.bot = "ann", .cog = "points", .numbering = 1, .number = 3};
      large.changes = {{"", "key", std::string(20'000'000, 'x')}};
      auto lost = put(std::vector{large});
      auto reader = ask_for_events(0);
      auto speaker = ask_for_says(0);
      pass_without_room();
      THEN("they have it in spite of that, too") {
        CHECK(is_refused<void>(lost));
        CHECK(message_ids(reader) == (strings{"a", "b"}));
        CHECK(texts(speaker) == (strings{"hello", "bye"}));
      }
    }
  }
}

END_FIXTURE_SCOPE()
