#define CAF_SUITE simulator.token_book

#include "simulator/scopes.hpp"
#include "simulator/token_book.hpp"
#include "tests/unit/fixture.hpp"

#include <set>

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct token_fixture {
  token_book book{true};
  time_point now{std::chrono::hours{400'000}};

  access_token access(time_point expires = time_point::max()) {
    return {"ann", "client", {"chat:read"}, expires};
  }

  refresh_token refresh(time_point expires = time_point::max()) {
    return {"ann", "client", {"chat:read"}, expires};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(token_fixture)

SCENARIO("a token is good until it expires or is revoked") {
  auto text = book.issue(access(now + 3s));
  REQUIRE(book.find(text, now));
  CHECK(book.find(text, now)->allows("chat:read"));
  CHECK(!book.find(text, now)->allows("chat:edit"));
  CHECK(book.find(text, now + 2s));
  CHECK(!book.find(text, now + 3s));
  CHECK(book.remembered(text));
  CHECK(book.revoke(text, now));
  CHECK(!book.find(text, now));
  CHECK(!book.revoke(text, now));
  CHECK(!book.find("unknown", now));
}

SCENARIO("tokens are random, and shown by a fingerprint only") {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i)
    all.insert(book.issue(access()));
  CHECK_EQ(all.size(), 100u);
  // SHA-256 of "abc" begins with ba7816bf (FIPS 180-2).
  CHECK_EQ(fingerprint("abc"), "ba7816bf");
}

SCENARIO("the open door lets everybody in once, and never again who was thrown out") {
  auto found = book.find("sim-ann", now);
  REQUIRE(found);
  CHECK_EQ(found->login, "ann");
  CHECK_EQ(found->scopes.size(), all_scopes().size());
  CHECK(book.has_allowed("ann", "sim-client", "user:bot"));
  CHECK(book.revoke("sim-ann", now));
  CHECK(!book.find("sim-ann", now));
  CHECK(!book.find("sim-not a login", now));
  token_book closed{false};
  CHECK(!closed.find("sim-ann", now));
}

SCENARIO("of one refresh token, fifty access tokens are good at most") {
  auto parent = book.issue(refresh());
  std::vector<std::string> all;
  for (size_t i = 0; i < token_book::max_issued + 1; ++i)
    all.push_back(book.issue_from(parent, access(), now));
  CHECK(!book.find(all[0], now));
  CHECK(book.find(all[1], now));
  CHECK(book.find(all.back(), now));
  THEN("one that is revoked makes room for another") {
    CHECK(book.revoke(all[10], now));
    (void)book.issue_from(parent, access(), now);
    CHECK(book.find(all[1], now));
  }
}

SCENARIO("all tokens of an account end together, and what it allowed is forgotten") {
  auto one = book.issue(access());
  auto parent = book.issue(refresh());
  auto expired = book.issue(access(now));
  auto other = book.issue(access_token{"bob", "client", {}, time_point::max()});
  CHECK(book.has_allowed("ann", "client", "chat:read"));
  CHECK(book.knows("ann", "client"));
  WHEN("only one client's are meant") {
    CHECK_EQ(book.revoke_all("ann", "another", now).size(), 0u);
    CHECK(book.find(one, now));
  }
  WHEN("all are meant") {
    auto ended = book.revoke_all("ann", {}, now);
    CHECK_EQ(std::set<std::string>(ended.begin(), ended.end()), (std::set<std::string>{one, "sim-ann"}));
    CHECK(!book.find(one, now));
    CHECK(!book.find_refresh(parent, now));
    CHECK(book.remembered_refresh(parent));
    CHECK(book.find(other, now));
    CHECK(!book.knows("ann", "client"));
  }
}

SCENARIO("refresh tokens expire, too") {
  auto text = book.issue(refresh(now + 1h));
  CHECK(book.find_refresh(text, now));
  CHECK(!book.find_refresh(text, now + 1h));
  CHECK(!book.find(text, now));
}

SCENARIO("what was refused is remembered") {
  CHECK(!book.was_refused("x"));
  book.refuse("x");
  book.refuse("x");
  CHECK(book.was_refused("x"));
  for (int i = 0; i < 10'000; ++i)
    book.refuse(std::to_string(i));
  CHECK(!book.was_refused("x"));
}

SCENARIO("there are 81 scopes") {
  CHECK_EQ(all_scopes().size(), 81u);
  CHECK(std::is_sorted(all_scopes().begin(), all_scopes().end()));
  CHECK(is_scope("moderator:manage:chat_messages"));
  CHECK(!is_scope("chat:"));
  auto read = parse_scopes(" chat:read  bogus chat:edit chat:read worse");
  CHECK_EQ(read.scopes, (std::vector<std::string>{"chat:read", "chat:edit"}));
  CHECK_EQ(read.unknown, "bogus");
}

END_FIXTURE_SCOPE()
