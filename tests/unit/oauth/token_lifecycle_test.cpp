#define CAF_SUITE oauth.token_lifecycle

#include "runtime/oauth/token_lifecycle.hpp"

#include "tests/unit/fixture.hpp"

#include <functional>
#include <set>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using step = token_lifecycle::step;
using standing = token_lifecycle::standing;
using oauth::refusal;

constexpr uint64_t seed = 7;

stored_token token(const std::string& name, uint64_t generation = 1) {
  stored_token x;
  x.client_id = "app";
  x.login = "creamybot";
  x.user_id = "42";
  x.access_token = secret{"access-" + name};
  x.refresh_token = secret{"refresh-" + name};
  x.scopes = {"chat:read"};
  x.generation = generation;
  return x;
}

oauth::token_facts facts(std::chrono::seconds lifetime) {
  return {"app", "creamybot", "42", {"chat:read"}, lifetime};
}

oauth::grant grant(const std::string& name, std::chrono::seconds lifetime) {
  return {secret{"access-" + name}, secret{"refresh-" + name}, {"chat:read"}, lifetime};
}

refusal rejected(std::string text) {
  return {refusal::kind::rejected, std::move(text)};
}

refusal unavailable() {
  return {refusal::kind::unavailable, "no answer"};
}

/// A life with a clock that a test moves.
struct life {
  explicit life(secret configured = {}, bool can_renew = true) : core({}, std::move(configured), can_renew, seed) {
  }

  step next() {
    return core.next(now, wall);
  }

  void pass(token_lifecycle::duration time) {
    now += time;
    wall += std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  }

  /// Lets the time pass until something is to be done, and returns that.
  step wait() {
    auto what = next();
    if (what == step::nothing && core.deadline() != token_lifecycle::time_point::max()) {
      pass(core.deadline() - now);
      what = next();
    }
    return what;
  }

  /// Is what its owner has granted `name`, and is good.
  void begin(const std::string& name = "a", std::chrono::seconds lifetime = 4h) {
    CHECK(next() == step::load);
    core.loaded(token(name), now);
    CHECK(next() == step::validate);
    core.validated(facts(lifetime), now, wall);
  }

  std::string in_use() const {
    const auto* usable = core.usable();
    return usable ? std::string{usable->access_token.reveal()} : "none";
  }

  token_lifecycle core;
  token_lifecycle::time_point now{100h};
  int64_t wall = 1'800'000'000'000;
};

} // namespace

SCENARIO("a stored token is validated before it is used, and every hour from then on") {
  life x;
  CHECK(x.core.state() == standing::unknown);
  CHECK(x.next() == step::load);
  CHECK(x.next() == step::nothing);
  x.core.loaded(token("a"), x.now);
  CHECK_EQ(x.in_use(), "none");
  CHECK(x.next() == step::validate);
  x.core.validated(facts(24h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(x.core.state() == standing::good);
  for (auto i = 0; i < 20; ++i) {
    auto before = x.now;
    CHECK(x.wait() == step::validate);
    CHECK(x.now - before <= 1h);
    CHECK(x.now - before >= 50min);
    x.core.validated(facts(24h), x.now, x.wall);
  }
}

SCENARIO("a token is renewed before its end: first written down, then asked for, then saved, then used") {
  life x;
  x.begin("a", 1h);
  auto begun = x.now;
  CHECK(x.wait() == step::journal);
  CHECK(x.now - begun == 54min);
  CHECK_EQ(x.core.subject().renewal_begun_at, x.wall);
  CHECK_EQ(x.core.subject().generation, 2u);
  CHECK_EQ(x.in_use(), "access-a");
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  CHECK(x.core.subject().refresh_token == secret{"refresh-a"});
  CHECK_EQ(x.in_use(), "access-a");
  x.core.renewed(grant("b", 4h), false, x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(x.next() == step::save);
  CHECK_EQ(x.core.subject().generation, 3u);
  CHECK_EQ(x.core.subject().renewal_begun_at, 0);
  CHECK_EQ(x.core.subject().expires_at, x.wall + 4 * 3'600'000);
  CHECK(x.core.subject().refresh_token == secret{"refresh-b"});
  CHECK_EQ(x.in_use(), "access-a");
  x.core.saved({}, x.now);
  CHECK_EQ(x.in_use(), "access-b");
  CHECK_EQ(x.core.renewals(), 1u);
  CHECK(x.next() == step::nothing);
}

SCENARIO("parallel 401s cause one validation and one renewal") {
  life x;
  x.begin();
  x.pass(1min);
  for (auto i = 0; i < 100; ++i)
    x.core.rejected(secret{"access-a"}, x.now);
  CHECK_EQ(x.in_use(), "none");
  CHECK(x.next() == step::validate);
  for (auto i = 0; i < 100; ++i)
    x.core.rejected(secret{"access-a"}, x.now);
  CHECK(x.next() == step::nothing);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.core.state() == standing::refused);
  CHECK(x.next() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  for (auto i = 0; i < 100; ++i)
    x.core.rejected(secret{"access-a"}, x.now);
  x.core.renewed(grant("b", 4h), false, x.now, x.wall);
  CHECK(x.next() == step::save);
  x.core.saved({}, x.now);
  // Those who were told "401" before, and come late, are about the old one.
  for (auto i = 0; i < 100; ++i)
    x.core.rejected(secret{"access-a"}, x.now);
  CHECK(x.next() == step::nothing);
  CHECK_EQ(x.in_use(), "access-b");
  CHECK_EQ(x.core.renewals(), 1u);
}

SCENARIO("a storm of 401s against a good token causes few questions and one renewal a minute") {
  life x;
  x.begin();
  auto validations = 0;
  auto renewals = 0;
  for (auto i = 0; i < 600; ++i) { // ten a second for a minute
    x.pass(100ms);
    x.core.rejected(secret{x.in_use()}, x.now);
    for (auto what = x.next(); what != step::nothing; what = x.next()) {
      switch (what) {
        case step::validate:
          ++validations;
          x.core.validated(facts(4h), x.now, x.wall);
          break;
        case step::journal: x.core.journalled({}, x.now); break;
        case step::renew:
          ++renewals;
          x.core.renewed(grant("n" + std::to_string(renewals), 4h), false, x.now, x.wall);
          break;
        case step::save: x.core.saved({}, x.now); break;
        default: CHECK(false);
      }
    }
  }
  CHECK(validations <= 7);
  CHECK_EQ(renewals, 1);
}

SCENARIO("a renewal that Twitch refuses needs the owner, and nothing more is asked") {
  life x;
  x.begin();
  x.pass(1min);
  x.core.rejected(secret{"access-a"}, x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.next() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
  CHECK(x.core.state() == standing::missing);
  CHECK(x.core.needs_grant());
  CHECK(x.core.problem().find("Invalid refresh token") != std::string::npos);
  CHECK(x.core.problem().find("lost") == std::string::npos);
  CHECK(x.next() == step::nothing);
  CHECK(x.core.deadline() == token_lifecycle::time_point::max());
  for (auto i = 0; i < 10; ++i) {
    x.pass(24h);
    x.core.rejected(secret{"access-a"}, x.now);
    CHECK(x.next() == step::nothing);
  }
  // The vault changes, but only because of another account.
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.loaded(token("a", 2), x.now);
  CHECK(x.next() == step::nothing);
  CHECK(x.core.needs_grant());
  // At last the owner comes.
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.loaded(token("new", 3), x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(facts(4h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-new");
  CHECK(!x.core.needs_grant());
  CHECK(x.core.problem().empty());
}

SCENARIO("a token is used to its end although its renewal was refused") {
  life x;
  x.begin("a", 1h);
  CHECK(x.wait() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(x.core.needs_grant());
  CHECK(x.wait() == step::validate); // hourly, or at its end
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK_EQ(x.in_use(), "none");
  CHECK(x.core.state() == standing::missing);
}

SCENARIO("a crash between the answer and the disk is recognised, and the renewal is tried at once") {
  for (auto was_replaced : {false, true}) {
    life x;
    CHECK(x.next() == step::load);
    auto interrupted = token("a", 5);
    interrupted.renewal_begun_at = x.wall - 60'000;
    x.core.loaded(interrupted, x.now);
    CHECK(x.next() == step::validate);
    x.core.validated(facts(3h), x.now, x.wall);
    CHECK_EQ(x.in_use(), "access-a");
    CHECK(x.next() == step::renew); // it is on the disk already that one was begun
    if (was_replaced) {
      x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
      CHECK(x.core.needs_grant());
      CHECK(x.core.problem().find("lost") != std::string::npos);
      CHECK_EQ(x.in_use(), "access-a"); // while the owner is asked
    } else {                            // Twitch had not got it, or gives the same refresh token again
      x.core.renewed(grant("b", 4h), false, x.now, x.wall);
      CHECK(x.next() == step::save);
      CHECK_EQ(x.core.subject().generation, 6u);
      x.core.saved({}, x.now);
      CHECK_EQ(x.in_use(), "access-b");
      CHECK(!x.core.needs_grant());
    }
  }
}

SCENARIO("an answer that is lost on the way is told from a refusal out of nowhere") {
  life x;
  x.begin("a", 1h);
  CHECK(x.wait() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(unavailable(), true, x.now, x.wall);
  CHECK(x.wait() == step::renew);
  x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
  CHECK(x.core.problem().find("lost") != std::string::npos);
}

SCENARIO("unanswered renewals are repeated with growing pauses") {
  life x;
  x.begin();
  x.pass(1min);
  x.core.rejected(secret{"access-a"}, x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.next() == step::journal);
  x.core.journalled({}, x.now);
  auto begun = x.now;
  for (auto i = 0; i < 12; ++i) {
    CHECK(x.wait() == step::renew);
    x.core.renewed(unavailable(), false, x.now, x.wall);
  }
  CHECK(x.now - begun > 10min);
  CHECK(x.now - begun < 2h);
  CHECK_EQ(x.in_use(), "none");
  CHECK(!x.core.needs_grant());
}

SCENARIO("a wrong client secret is no fault of the token, which stays") {
  life x;
  x.begin("a", 1h);
  CHECK(x.wait() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(refusal{refusal::kind::bad_client, "invalid client secret (HTTP 403)"}, false, x.now, x.wall);
  CHECK(x.core.problem().find("invalid client secret") != std::string::npos);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(!x.core.needs_grant());
  auto before = x.now;
  while (x.wait() == step::validate)
    x.core.validated(facts(5min), x.now, x.wall);
  CHECK(x.now - before >= 10s);
  x.core.renewed(grant("b", 4h), false, x.now, x.wall);
  CHECK(x.next() == step::save);
}

SCENARIO("what can't be written down isn't begun, and what can't be saved isn't used") {
  life x;
  x.begin("a", 1h);
  token_lifecycle::vault_trouble full{false, {"var/tokens.vault", "no space left on device"}};
  CHECK(x.wait() == step::journal);
  x.core.journalled(full, x.now);
  CHECK(x.core.problem().find("no space left") != std::string::npos);
  CHECK(x.wait() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(grant("b", 4h), false, x.now, x.wall);
  for (auto i = 0; i < 8; ++i) {
    CHECK(x.wait() == step::save);
    CHECK_EQ(x.core.subject().access_token.reveal(), "access-b");
    x.core.saved(full, x.now);
    CHECK_EQ(x.in_use(), "access-a");
  }
  CHECK(x.wait() == step::save);
  x.core.saved({}, x.now);
  CHECK_EQ(x.in_use(), "access-b");
  CHECK(x.core.problem().empty());
}

SCENARIO("a grant that came while another one was being saved wins") {
  life x;
  x.begin("a", 1h);
  CHECK(x.wait() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(grant("b", 4h), false, x.now, x.wall);
  CHECK(x.next() == step::save);
  x.core.saved(token_lifecycle::vault_trouble{true, {"vault", "newer"}}, x.now);
  CHECK(x.next() == step::load);
  x.core.loaded(token("owner", 9), x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(facts(4h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-owner");
}

SCENARIO("whoever takes over repeats what was to be written, and waits for a renewal that is under way") {
  life x;
  x.begin("a", 1h);
  CHECK(x.wait() == step::journal);
  auto first = x.core.subject();
  x.core.repeat_step();
  CHECK(x.next() == step::journal);
  CHECK_EQ(x.core.subject().generation, first.generation);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.repeat_step();
  CHECK(x.next() == step::nothing);
  CHECK(x.core.under_way() == step::renew);
}

SCENARIO("while Twitch can't be asked, a token is used as it is") {
  life x;
  CHECK(x.next() == step::load);
  x.core.loaded(token("a"), x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(unavailable(), x.now, x.wall);
  CHECK(x.core.state() == standing::unproven);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(x.wait() == step::validate);
  x.core.validated(facts(4h), x.now, x.wall);
  CHECK(x.core.state() == standing::good);
  CHECK(x.core.problem().empty());
}

SCENARIO("without any token its owner is waited for") {
  life x;
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.core.state() == standing::missing);
  CHECK(x.core.needs_grant());
  CHECK(x.next() == step::nothing);
}

SCENARIO("a vault that can't tell whether there is a token now is asked again, and nobody else meanwhile") {
  life x;
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.core.needs_grant());
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.load_failed({"vault", "busy"}, x.now);
  CHECK(!x.core.needs_grant());
  CHECK_EQ(x.core.problem(), "vault: busy");
  CHECK(x.wait() == step::load);
  x.core.loaded(token("b"), x.now);
  CHECK(x.next() == step::validate);
}

SCENARIO("a token of the environment is used until there is one in the vault") {
  life x{secret{"from-env"}};
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.next() == step::validate);
  CHECK(x.core.subject().access_token == secret{"from-env"});
  x.core.validated(facts(1h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "from-env");
  CHECK(x.core.is_configured());
  CHECK_EQ(x.core.usable()->login, "creamybot");
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.loaded(token("a"), x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(facts(4h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "access-a");
  CHECK(!x.core.is_configured());
}

SCENARIO("a token of the environment that has ended is noticed at its end, and can't be renewed") {
  life x{secret{"from-env"}};
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(facts(10min), x.now, x.wall);
  auto begun = x.now;
  CHECK(x.wait() == step::validate);
  CHECK(x.now - begun == 10min);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.core.state() == standing::missing);
  CHECK(x.next() == step::nothing);
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.next() == step::nothing);
}

SCENARIO("a token of the environment helps out when the stored one is dead, and the dead one is not tried again") {
  life x{secret{"from-env"}};
  x.begin();
  x.pass(1min);
  x.core.rejected(secret{"access-a"}, x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.next() == step::journal);
  x.core.journalled({}, x.now);
  CHECK(x.next() == step::renew);
  x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
  CHECK(x.next() == step::validate);
  CHECK(x.core.subject().access_token == secret{"from-env"});
  x.core.validated(facts(4h), x.now, x.wall);
  CHECK_EQ(x.in_use(), "from-env");
  CHECK(!x.core.problem().empty());
  x.core.vault_changed();
  CHECK(x.next() == step::load);
  x.core.loaded(token("a", 2), x.now);
  CHECK_EQ(x.in_use(), "from-env");
}

SCENARIO("a token without a refresh token, or without an application, is not renewed") {
  life x{secret{}, false};
  x.begin("a", 1h);
  CHECK(x.wait() == step::validate);
  x.core.validated(rejected("invalid access token"), x.now, x.wall);
  CHECK(x.core.state() == standing::missing);
}

SCENARIO("the token of an application is no user's") {
  life x{secret{"app-token"}};
  CHECK(x.next() == step::load);
  x.core.loaded(std::nullopt, x.now);
  CHECK(x.next() == step::validate);
  x.core.validated(oauth::token_facts{"app", "", "", {}, 1000h}, x.now, x.wall);
  CHECK(x.core.state() == standing::missing);
  CHECK(x.core.problem().find("application") != std::string::npos);
}

SCENARIO("wall clocks that jump or are wrong change nothing") {
  for (int64_t wrong : {int64_t{0}, int64_t{4'000'000'000'000}}) {
    life x;
    x.begin("a", 1h);
    x.wall = wrong; // the clock was set
    auto begun = x.now;
    CHECK(x.next() == step::nothing);
    CHECK(x.wait() == step::journal);
    CHECK(x.now - begun == 54min);
    // A token whose end, by that clock, has come or is far away: Twitch says how long it lives.
    life y;
    CHECK(y.next() == step::load);
    auto stored = token("a");
    stored.expires_at = wrong;
    y.core.loaded(stored, y.now);
    CHECK(y.next() == step::validate);
    y.core.validated(facts(2h), y.now, y.wall);
    CHECK_EQ(y.in_use(), "access-a");
    CHECK(y.core.expires() == y.now + 2h);
  }
}

SCENARIO("a token that never ends is validated only") {
  life x;
  x.begin("a", 0s);
  CHECK(!x.core.expires());
  for (auto i = 0; i < 50; ++i) {
    CHECK(x.wait() == step::validate);
    x.core.validated(facts(0s), x.now, x.wall);
  }
}

SCENARIO("tokens of a very short life don't make us hammer Twitch") {
  life x;
  x.begin("a", 1s);
  auto begun = x.now;
  auto renewals = 0;
  while (x.now - begun < 60s) {
    switch (x.wait()) {
      case step::validate: x.core.validated(facts(1s), x.now, x.wall); break;
      case step::journal: x.core.journalled({}, x.now); break;
      case step::renew:
        ++renewals;
        x.core.renewed(grant("r", 1s), false, x.now, x.wall);
        break;
      case step::save: x.core.saved({}, x.now); break;
      default: CHECK(false); return;
    }
  }
  CHECK(renewals <= 61);
}

SCENARIO("whatever happens in whatever order, no unsaved and no refused token is ever used") {
  for (uint64_t run = 0; run < 300; ++run) {
    std::minstd_rand random{static_cast<unsigned>(run + 1)};
    auto chance = [&](int one_in) { return random() % static_cast<unsigned>(one_in) == 0; };
    life x{run % 3 == 0 ? secret{"from-env"} : secret{}};
    std::set<std::string> saved{"from-env", "access-start"};
    std::set<std::string> refused;
    std::optional<stored_token> disk = token("start");
    auto tokens = 0;
    auto check = [&] {
      if (auto used = x.in_use(); used != "none") {
        CHECK(saved.contains(used));
        CHECK(!refused.contains(used));
      }
    };
    for (auto i = 0; i < 400; ++i) {
      if (chance(20))
        x.core.rejected(secret{x.in_use()}, x.now);
      if (chance(40)) {
        disk = token("grant" + std::to_string(tokens++), (disk ? disk->generation : 0) + 1);
        saved.insert(std::string{disk->access_token.reveal()});
        x.core.vault_changed();
      }
      if (chance(30))
        x.core.repeat_step();
      auto what = x.next();
      if (what == step::nothing && x.core.under_way() == step::nothing && chance(2))
        what = x.wait();
      auto subject = x.core.subject();
      auto name = std::string{subject.access_token.reveal()};
      switch (x.core.under_way()) {
        case step::load: chance(5) ? x.core.load_failed({"disk", "bad"}, x.now) : x.core.loaded(disk, x.now); break;
        case step::validate:
          if (chance(4)) {
            refused.insert(name);
            x.core.validated(rejected("invalid access token"), x.now, x.wall);
          } else if (refused.contains(name)) {
            x.core.validated(rejected("invalid access token"), x.now, x.wall);
          } else if (chance(4)) {
            x.core.validated(unavailable(), x.now, x.wall);
          } else {
            x.core.validated(facts(std::chrono::seconds{random() % 8000}), x.now, x.wall);
          }
          break;
        case step::journal:
        case step::save: {
          auto is_save = x.core.under_way() == step::save;
          std::optional<token_lifecycle::vault_trouble> trouble;
          if (chance(6))
            trouble = {false, {"disk", "full"}};
          else if (!disk || disk->generation + 1 != subject.generation)
            trouble = {true, {"vault", "newer"}};
          else {
            disk = subject;
            if (is_save)
              saved.insert(name);
          }
          is_save ? x.core.saved(trouble, x.now) : x.core.journalled(trouble, x.now);
          break;
        }
        case step::renew:
          if (chance(6))
            x.core.renewed(rejected("Invalid refresh token"), false, x.now, x.wall);
          else if (chance(5))
            x.core.renewed(unavailable(), chance(2), x.now, x.wall);
          else
            x.core.renewed(grant("r" + std::to_string(tokens++), std::chrono::seconds{random() % 8000}), false, x.now,
                           x.wall);
          break;
        case step::nothing: break;
      }
      check();
    }
  }
}
