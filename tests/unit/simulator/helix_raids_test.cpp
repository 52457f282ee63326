#define CAF_SUITE simulator.helix_raids

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct raids_fixture : test::web_fixture {
  unsigned raid(const std::string& to) {
    return helix("POST", "raids?from_broadcaster_id=" + id_of("ann") + "&to_broadcaster_id=" + to, "sim-ann").status;
  }

  unsigned cancel() {
    return helix("DELETE", "raids?broadcaster_id=" + id_of("ann"), "sim-ann").status;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(raids_fixture)

SCENARIO("a raid begins after its countdown") {
  auto& cat = enter("cat", "bob");
  CHECK_EQ(raid(id_of("bob")), 200u);
  CHECK_EQ(raid(id_of("bob")), 409u);
  web.tick(now + 89s);
  CHECK(!cat.saw("USERNOTICE"));
  web.tick(now + 90s);
  CHECK(cat.last("USERNOTICE").find(";msg-id=raid;") != std::string::npos);
  CHECK(cat.last("USERNOTICE").find(";msg-param-login=ann;") != std::string::npos);
  CHECK_EQ(cancel(), 404u);
}

SCENARIO("a raid can be cancelled before") {
  auto& cat = enter("cat", "bob");
  CHECK_EQ(raid(id_of("bob")), 200u);
  CHECK_EQ(cancel(), 204u);
  web.tick(now + 1h);
  CHECK(!cat.saw("USERNOTICE"));
}

SCENARIO("raids that make no sense are refused") {
  CHECK_EQ(raid(id_of("ann")), 400u);
  CHECK_EQ(raid("999"), 404u);
  CHECK_EQ(raid(""), 400u);
  make("bob", "ann", "banned");
  CHECK_EQ(raid(id_of("bob")), 400u);
  auto target = "raids?from_broadcaster_id=" + id_of("ann") + "&to_broadcaster_id=" + id_of("cat");
  CHECK_EQ(helix("POST", target, "sim-cat").status, 401u);
  for (int i = 0; i < 10; ++i) {
    CHECK_EQ(raid(id_of("cat")), 200u);
    CHECK_EQ(cancel(), 204u);
  }
  CHECK_EQ(raid(id_of("cat")), 429u);
}

END_FIXTURE_SCOPE()
