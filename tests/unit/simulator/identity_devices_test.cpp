#define CAF_SUITE simulator.identity_devices

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct device_fixture : test::web_fixture {
  nlohmann::json device;

  void start() {
    device = json_of(post("/oauth2/device", "client_id=sim-public&scopes=chat%3Aread+chat%3Aedit"));
    now += 5s;
  }

  std::string user_code() {
    return device["user_code"].get<std::string>();
  }

  http_answer poll() {
    return post("/oauth2/token",
                "client_id=sim-public&scopes=chat%3Aread&device_code=" + device["device_code"].get<std::string>()
                  + "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code");
  }

  http_answer decide(const std::string& what, const std::string& login = "ann") {
    return post("/activate", "device-code=" + user_code() + "&decision=" + what + "&login=" + login);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(device_fixture)

SCENARIO("a device waits until somebody agrees, and gets its tokens once") {
  start();
  CHECK_EQ(device["expires_in"].get<int>(), 1800);
  CHECK_EQ(device["interval"].get<int>(), 5);
  CHECK_EQ(device["verification_uri"].get<std::string>(),
           "http://localhost:1/activate?public=true&device-code=" + user_code());
  CHECK_EQ(user_code().size(), 8u);
  CHECK_EQ(json_of(poll()).dump(), R"({"message":"authorization_pending","status":400})");
  auto page = get("/activate?public=true&device-code=" + user_code());
  CHECK(page.body.find("id=\"approve\"") != std::string::npos);
  CHECK(page.body.find("<code>chat:edit</code>") != std::string::npos);
  CHECK_EQ(decide("approve").status, 200u);
  now += 5s;
  auto given = poll();
  REQUIRE_EQ(given.status, 200u);
  CHECK_EQ(json_of(given)["scope"].dump(), R"(["chat:read","chat:edit"])");
  now += 5s;
  CHECK_EQ(message_of(poll()), "invalid device code");
  CHECK_EQ(get("/activate?device-code=" + user_code()).status, 404u);
  CHECK_EQ(chat.counters().device_polls, 2u);
  CHECK_EQ(chat.counters().device_polls_too_fast, 0u);
}

SCENARIO("a device is told of a refusal, once") {
  start();
  CHECK_EQ(decide("deny").status, 200u);
  CHECK_EQ(message_of(poll()), "access_denied");
  CHECK_EQ(message_of(poll()), "invalid device code");
}

SCENARIO("polls that come too fast are counted") {
  start();
  (void)poll();
  now += 4s;
  CHECK_EQ(message_of(poll()), "authorization_pending");
  CHECK_EQ(chat.counters().device_polls_too_fast, 1u);
  now += 5s;
  (void)poll();
  CHECK_EQ(chat.counters().device_polls_too_fast, 1u);
}

SCENARIO("a device code expires") {
  start();
  now += 30min;
  CHECK_EQ(message_of(poll()), "invalid device code");
  CHECK_EQ(get("/activate?device-code=" + user_code()).status, 404u);
}

SCENARIO("consent that was given beforehand is good for devices, too") {
  start();
  REQUIRE(web.id().apply(consent_request{consent_request::answer::approve, "ann"}));
  CHECK_EQ(poll().status, 200u);
  start();
  REQUIRE(web.id().apply(consent_request{consent_request::answer::deny, ""}));
  CHECK_EQ(message_of(poll()), "access_denied");
}

SCENARIO("an account that can't be is asked for again") {
  start();
  CHECK_EQ(decide("approve", "no%20body").status, 400u);
  CHECK_EQ(message_of(poll()), "authorization_pending");
}

SCENARIO("a confidential client may leave its secret out") {
  device = json_of(post("/oauth2/device", "client_id=sim-client&scopes="));
  REQUIRE_EQ(decide("approve").status, 200u);
  auto asked = "device_code=" + device["device_code"].get<std::string>()
               + "&grant_type=urn:ietf:params:oauth:grant-type:device_code";
  CHECK_EQ(post("/oauth2/token", asked + "&client_id=sim-client&client_secret=wrong").status, 403u);
  CHECK_EQ(message_of(post("/oauth2/token", asked + "&client_id=sim-public")), "invalid device code");
  CHECK_EQ(post("/oauth2/token", asked + "&client_id=sim-client").status, 200u);
}

SCENARIO("devices that make no sense are refused") {
  CHECK_EQ(message_of(post("/oauth2/device", "scopes=")), "missing client id");
  CHECK_EQ(message_of(post("/oauth2/device", "client_id=nobody")), "invalid client");
  CHECK_EQ(message_of(post("/oauth2/device", "client_id=sim-public&scopes=everything")),
           "invalid scope requested: 'everything'");
  CHECK_EQ(message_of(post("/oauth2/token", "client_id=sim-public"
                                            "&grant_type=urn:ietf:params:oauth:grant-type:device_code")),
           "missing device code");
}

END_FIXTURE_SCOPE()
