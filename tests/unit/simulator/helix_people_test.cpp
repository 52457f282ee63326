#define CAF_SUITE simulator.helix_people

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;

namespace {

struct people_fixture : test::web_fixture {
  std::vector<std::string> logins(const http_answer& answer, const char* key = "login") {
    std::vector<std::string> all;
    auto body = json_of(answer);
    for (const auto& one : body["data"])
      all.push_back(one[key].get<std::string>());
    return all;
  }

  using names = std::vector<std::string>;
};

} // namespace

BEGIN_FIXTURE_SCOPE(people_fixture)

SCENARIO("users are found by id and login, and who isn't there is left out") {
  CHECK_EQ(logins(helix("GET", "users", "sim-ann")), (names{"ann"}));
  CHECK_EQ(logins(helix("GET", "users?login=Bob&login=cat&id=" + id_of("ann") + "&id=12345", "sim-ann")),
           (names{"ann", "bob", "cat"}));
  room_request gone;
  gone.channel = "gone";
  gone.missing = true;
  REQUIRE(chat.apply(gone, now));
  CHECK_EQ(logins(helix("GET", "users?login=gone", "sim-ann")), names{});
  auto one = json_of(helix("GET", "users?login=bob", "sim-ann"))["data"][0];
  CHECK_EQ(one["id"].get<std::string>(), id_of("bob"));
  CHECK_EQ(one["created_at"].get<std::string>().size(), 20u);
}

SCENARIO("the address is for those who may read it, and one's own only") {
  auto with = token("ann", {"user:read:email"});
  CHECK(json_of(helix("GET", "users", with))["data"][0].contains("email"));
  CHECK(!json_of(helix("GET", "users?login=bob", with))["data"][0].contains("email"));
  CHECK(!json_of(helix("GET", "users", token("ann", {})))["data"][0].contains("email"));
}

SCENARIO("questions for users that make no sense are refused") {
  CHECK_EQ(helix("GET", "users", app_token()).status, 400u);
  CHECK_EQ(helix("GET", "users?id=abc", "sim-ann").status, 400u);
  CHECK_EQ(helix("GET", "users?login=no%20body", "sim-ann").status, 400u);
  std::string many = "users?login=a0";
  for (int i = 1; i <= 100; ++i)
    many += "&login=a" + std::to_string(i);
  CHECK_EQ(helix("GET", many, "sim-ann").status, 400u);
}

SCENARIO("whoever said something is known by id") {
  REQUIRE(chat.say({.channel = "ann", .login = "viewer", .text = "hi", .reply_to = {}, .tags = {}}, now));
  CHECK_EQ(logins(helix("GET", "users?id=" + make_person("viewer").user_id, "sim-ann")), (names{"viewer"}));
}

SCENARIO("an account's id is that of its channel") {
  REQUIRE(chat.get_room("ann"));
  account_request request;
  request.login = "ann";
  request.user_id = "42";
  REQUIRE(chat.apply(request, now));
  CHECK_EQ(chat.get_room("ann")->id(), "42");
  CHECK_EQ(logins(helix("GET", "users?id=42", "sim-bob")), (names{"ann"}));
  request.login = "bob";
  CHECK(!chat.apply(request, now));
}

SCENARIO("moderators and VIPs are made, listed and unmade") {
  auto own = "broadcaster_id=" + id_of("ann");
  auto bob = own + "&user_id=" + id_of("bob");
  auto& client = enter("bob", "ann");
  CHECK_EQ(helix("POST", "moderation/moderators?" + bob, "sim-ann").status, 204u);
  CHECK(client.last("USERSTATE").find("mod=1") != std::string::npos);
  CHECK_EQ(logins(helix("GET", "moderation/moderators?" + own, "sim-ann"), "user_login"), (names{"bob"}));
  CHECK_EQ(helix("POST", "moderation/moderators?" + bob, "sim-ann").status, 400u);
  CHECK_EQ(helix("POST", "channels/vips?" + bob, "sim-ann").status, 422u);
  CHECK_EQ(helix("DELETE", "moderation/moderators?" + bob, "sim-ann").status, 204u);
  CHECK_EQ(helix("DELETE", "moderation/moderators?" + bob, "sim-ann").status, 400u);
  CHECK_EQ(helix("POST", "channels/vips?" + bob, "sim-ann").status, 204u);
  CHECK_EQ(helix("POST", "moderation/moderators?" + bob, "sim-ann").status, 422u);
  CHECK_EQ(logins(helix("GET", "channels/vips?" + own, "sim-ann"), "user_login"), (names{"bob"}));
  CHECK_EQ(logins(helix("GET", "channels/vips?" + own + "&user_id=1", "sim-ann"), "user_login"), names{});
  CHECK_EQ(helix("DELETE", "channels/vips?" + bob, "sim-ann").status, 204u);
  CHECK_EQ(helix("DELETE", "channels/vips?" + bob, "sim-ann").status, 422u);
  CHECK_EQ(helix("POST", "channels/vips?" + own + "&user_id=" + id_of("ann"), "sim-ann").status, 400u);
  make("ann", "troll", "banned");
  CHECK_EQ(helix("POST", "channels/vips?" + own + "&user_id=" + id_of("troll"), "sim-ann").status, 400u);
  CHECK_EQ(helix("POST", "channels/vips?" + bob, "sim-bob").status, 401u);
  CHECK_EQ(helix("POST", "channels/vips?" + own, "sim-ann").status, 400u);
}

SCENARIO("how many followers there are is everybody's business, who they are isn't") {
  make("ann", "fan", "follower");
  make("ann", "other", "follower");
  auto own = "channels/followers?broadcaster_id=" + id_of("ann");
  auto all = json_of(helix("GET", own, "sim-ann"));
  CHECK_EQ(all["total"].get<int>(), 2);
  CHECK_EQ(all["data"].size(), 2u);
  auto stranger = json_of(helix("GET", own, "sim-bob"));
  CHECK_EQ(stranger["total"].get<int>(), 2);
  CHECK_EQ(stranger["data"].size(), 0u);
  CHECK_EQ(logins(helix("GET", own + "&user_id=" + make_person("fan").user_id, "sim-ann"), "user_login"),
           (names{"fan"}));
  CHECK_EQ(helix("GET", "channels/followers?broadcaster_id=999", "sim-ann").status, 400u);
}

END_FIXTURE_SCOPE()
