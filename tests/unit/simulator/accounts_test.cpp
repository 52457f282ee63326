#define CAF_SUITE simulator.accounts

#include "simulator/accounts.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using kind = login_outcome::kind;

namespace {

struct accounts_fixture {
  limit_table table;
  account_book book{table, true};
  time_point now{std::chrono::hours{400'000}};

  kind log_in(std::string_view pass, std::string_view nick) {
    return book.log_in(pass, nick, now).verdict;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(accounts_fixture)

SCENARIO("a token opens the account it belongs to, and no other") {
  CHECK(log_in("oauth:sim-ann", "ann") == kind::accepted);
  CHECK(log_in("OAuth:sim-ann", "Ann") == kind::accepted);
  CHECK(log_in("oauth:sim-ann", "bob") == kind::bad_token);
  CHECK(log_in("oauth:unknown", "ann") == kind::bad_token);
  CHECK(log_in("sim-ann", "ann") == kind::bad_format);
  CHECK(log_in("oauth:sim-ann", "no spaces") == kind::bad_nick);
}

SCENARIO("anybody may read without an account") {
  CHECK(log_in("", "justinfan123") == kind::anonymous);
  CHECK(log_in("oauth:whatever", "JustinFan1") == kind::anonymous);
  CHECK(log_in("oauth:whatever", "justinfan") == kind::bad_token);
  CHECK(log_in("oauth:whatever", "justinfan12x") == kind::bad_token);
}

SCENARIO("tokens can be added with scopes, and revoked") {
  account_request request;
  request.login = "Bot";
  request.token = "abc";
  request.scopes = {"chat:read"};
  REQUIRE(book.apply(request, now));
  auto outcome = book.log_in("oauth:abc", "bot", now);
  CHECK(outcome.verdict == kind::accepted);
  CHECK(!outcome.may_write);
  request.token = "useless";
  request.scopes = {"user:bot"};
  REQUIRE(book.apply(request, now));
  CHECK(log_in("oauth:useless", "bot") == kind::no_permission);
  CHECK(book.tokens().revoke("abc", now));
  CHECK(!book.tokens().revoke("abc", now));
  CHECK(log_in("oauth:abc", "bot") == kind::bad_token);
  WHEN("a token of the open door is revoked") {
    CHECK(book.tokens().revoke("sim-ann", now));
    THEN("the door stays closed for it") {
      CHECK(log_in("oauth:sim-ann", "ann") == kind::bad_token);
    }
  }
}

SCENARIO("logins are limited") {
  for (int i = 0; i < 20; ++i)
    CHECK(log_in("oauth:sim-ann", "ann") == kind::accepted);
  CHECK(log_in("oauth:sim-ann", "ann") == kind::too_many);
  CHECK(log_in("oauth:sim-bob", "bob") == kind::accepted);
  now += std::chrono::seconds{10};
  CHECK(log_in("oauth:sim-ann", "ann") == kind::accepted);
}

SCENARIO("accounts with impossible names are refused with a reason") {
  for (auto login : {"", "has space", "waytoolongforanylogininthisworld"}) {
    account_request request;
    request.login = login;
    auto made = book.apply(request, now);
    REQUIRE(!made);
    CHECK(creamery::to_string(made.error()).find("1 to 25") != std::string::npos);
  }
}

SCENARIO("a person is always the same") {
  CHECK_EQ(make_person("ann").user_id, make_person("ann").user_id);
  CHECK_NE(make_person("ann").user_id, make_person("bob").user_id);
  CHECK_EQ(lower(make_person("ann").display_name), "ann");
}

END_FIXTURE_SCOPE()
