#define CAF_SUITE simulator.fault_book

#include "simulator/fault_book.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;

namespace {

fault waiting(fault_kind kind, fault_moment when, unsigned count = 0, std::string login = {}) {
  fault made;
  made.kind = kind;
  made.when = when;
  made.count = count;
  made.login = std::move(login);
  return made;
}

} // namespace

SCENARIO("a fault strikes as often as it was told to") {
  fault_book book;
  REQUIRE(book.add(waiting(fault_kind::half_open, fault_moment::connect, 2)));
  CHECK_EQ(book.take(fault_moment::connect, "", 1).size(), 1u);
  CHECK_EQ(book.take(fault_moment::login, "ann", 1).size(), 0u);
  CHECK_EQ(book.take(fault_moment::connect, "", 2).size(), 1u);
  CHECK_EQ(book.take(fault_moment::connect, "", 3).size(), 0u);
}

SCENARIO("a fault without a count stays until it is cleared") {
  fault_book book;
  REQUIRE(book.add(waiting(fault_kind::refuse_login, fault_moment::now, 0, "ann")));
  for (int i = 0; i < 10; ++i) {
    CHECK(book.take_refusal("ann", 1).has_value());
    CHECK(!book.take_refusal("bob", 1).has_value());
  }
  book.clear();
  CHECK(!book.take_refusal("ann", 1).has_value());
}

SCENARIO("only one of several refusals is used up by a login") {
  fault_book book;
  REQUIRE(book.add(waiting(fault_kind::refuse_login, fault_moment::now, 1)));
  REQUIRE(book.add(waiting(fault_kind::refuse_login, fault_moment::now, 1)));
  CHECK(book.take_refusal("ann", 1).has_value());
  CHECK(book.take_refusal("ann", 1).has_value());
  CHECK(!book.take_refusal("ann", 1).has_value());
}

SCENARIO("faults that make no sense are refused") {
  fault_book book;
  CHECK(!book.add(waiting(fault_kind::slow, fault_moment::now)));
  CHECK(!book.add(waiting(fault_kind::slice, fault_moment::now)));
  CHECK(!book.add(waiting(fault_kind::garbage, fault_moment::connect)));
  CHECK(!book.add(waiting(fault_kind::reset, fault_moment::connect, 1, "ann")));
  auto two_lines = waiting(fault_kind::garbage, fault_moment::now);
  two_lines.text = "a\r\nb";
  CHECK(!book.add(two_lines));
}

SCENARIO("faults of HTTP strike requests, by path, client and account") {
  fault_book book;
  auto what = waiting(fault_kind::http_lost, fault_moment::now, 2, "ann");
  what.path = "/oauth2/token";
  what.client = "mine";
  REQUIRE(book.add(what));
  CHECK(!book.take_http("/oauth2/validate", "mine", "ann").has_value());
  CHECK(!book.take_http("/oauth2/token", "other", "ann").has_value());
  CHECK(!book.take_http("/oauth2/token", "mine", "bob").has_value());
  CHECK(book.take_http("/oauth2/token", "mine", "ann").has_value());
  CHECK(book.take_http("/oauth2/token", "mine", "ann").has_value());
  CHECK(!book.take_http("/oauth2/token", "mine", "ann").has_value());
}

SCENARIO("faults of HTTP leave chat alone, and the other way round") {
  fault_book book;
  REQUIRE(book.add(waiting(fault_kind::http_lost, fault_moment::connect)));
  REQUIRE(book.add(waiting(fault_kind::reset, fault_moment::login)));
  CHECK(book.take(fault_moment::connect, "", 1).empty());
  CHECK(book.take_http("/", "", "")->kind == fault_kind::http_lost);
  CHECK_EQ(book.take(fault_moment::login, "", 1).size(), 1u);
  auto without_status = waiting(fault_kind::http_status, fault_moment::now);
  CHECK(!book.add(without_status));
  without_status.status = 200;
  CHECK(!book.add(without_status));
  CHECK(!book.add(waiting(fault_kind::http_slow, fault_moment::now)));
  auto with_path = waiting(fault_kind::reset, fault_moment::now);
  with_path.path = "/helix";
  CHECK(!book.add(with_path));
}

SCENARIO("kinds and moments have names") {
  for (auto name : {"reset", "finish", "half_open", "slow", "slice", "cut", "garbage", "refuse_login", "reconnect",
                    "ignore_ping", "http_status", "http_slow", "http_cut", "http_lost"}) {
    auto kind = parse_fault_kind(name);
    REQUIRE(kind.has_value());
    CHECK_EQ(std::string{to_string(*kind)}, name);
  }
  CHECK(!parse_fault_kind("explode"));
  CHECK(!parse_fault_moment("later"));
}
