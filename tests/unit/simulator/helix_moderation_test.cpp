#define CAF_SUITE simulator.helix_moderation

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct moderation_fixture : test::web_fixture {
  std::string own = "broadcaster_id=" + id_of("chan") + "&moderator_id=" + id_of("ann");

  moderation_fixture() {
    make("chan", "ann", "moderator");
  }

  http_answer ban(const std::string& login, nlohmann::json data = nlohmann::json::object()) {
    data["user_id"] = id_of(login);
    return helix("POST", "moderation/bans?" + own, "sim-ann", {{"data", data}});
  }

  http_answer unban(const std::string& login) {
    return helix("DELETE", "moderation/bans?" + own + "&user_id=" + id_of(login), "sim-ann");
  }

  std::string say(const std::string& login, const std::string& text) {
    auto said = chat.say({.channel = "chan", .login = login, .text = text, .reply_to = {}, .tags = {}}, now);
    return said ? *said : std::string{};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(moderation_fixture)

SCENARIO("a timeout silences for its time, a ban for ever, and both can be ended") {
  auto& cat = enter("cat", "chan");
  auto& bad = enter("bad", "chan");
  auto done = ban("bad", {{"duration", 60}, {"reason", "spam"}});
  REQUIRE_EQ(done.status, 200u);
  CHECK_EQ(json_of(done)["data"][0]["end_time"].get<std::string>().size(), 20u);
  CHECK(cat.last("CLEARCHAT").starts_with("@ban-duration=60;"));
  CHECK(cat.last("CLEARCHAT").ends_with("CLEARCHAT #chan :bad"));
  type(bad, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "timed_out");
  CHECK_EQ(ban("bad", {{"duration", 600}}).status, 200u);
  now += 10min;
  type(bad, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "delivered");
  CHECK_EQ(unban("bad").status, 400u);
  auto forever = ban("bad");
  CHECK(json_of(forever)["data"][0]["end_time"].is_null());
  CHECK_EQ(message_of(ban("bad")), "The user specified in the user_id field is already banned.");
  CHECK_EQ(ban("bad", {{"duration", 60}}).status, 400u);
  CHECK_EQ(unban("bad").status, 204u);
  now += 31s;
  type(bad, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "delivered");
}

SCENARIO("who may not be banned isn't") {
  make("chan", "other", "moderator");
  for (auto login : {"chan", "ann", "other"})
    CHECK_EQ(message_of(ban(login)), "The user specified in the user_id field may not be banned.");
  CHECK_EQ(ban("other", {{"duration", 60}}).status, 400u);
  auto by_owner = "broadcaster_id=" + id_of("chan") + "&moderator_id=" + id_of("chan");
  auto body = nlohmann::json{{"data", {{"user_id", id_of("other")}}}};
  CHECK_EQ(helix("POST", "moderation/bans?" + by_owner, "sim-chan", body).status, 200u);
  CHECK(!chat.get_room("chan")->role_of("other").moderator);
}

SCENARIO("bans that make no sense are refused") {
  CHECK_EQ(ban("bad", {{"duration", 0}}).status, 400u);
  CHECK_EQ(ban("bad", {{"duration", 1'209'601}}).status, 400u);
  CHECK_EQ(ban("bad", {{"duration", "long"}}).status, 400u);
  CHECK_EQ(ban("bad", {{"reason", std::string(501, 'x')}}).status, 400u);
  CHECK_EQ(helix("POST", "moderation/bans?" + own, "sim-ann", nlohmann::json::object()).status, 400u);
  CHECK_EQ(helix("POST", "moderation/bans?" + own, "sim-ann", {{"data", {{"user_id", "999"}}}}).status, 400u);
  CHECK_EQ(helix("POST", "moderation/bans?broadcaster_id=999&moderator_id=" + id_of("ann"), "sim-ann").status, 400u);
  CHECK_EQ(helix("POST", "moderation/bans", "sim-ann").status, 400u);
  CHECK_EQ(helix("POST", "moderation/bans?" + own, "sim-bob").status, 401u);
  auto stranger = "broadcaster_id=" + id_of("chan") + "&moderator_id=" + id_of("bob");
  CHECK_EQ(helix("POST", "moderation/bans?" + stranger, "sim-bob").status, 403u);
}

SCENARIO("messages are deleted one by one, or all at once") {
  auto& cat = enter("cat", "chan");
  auto remove = [&](const std::string& id) {
    return helix("DELETE", "moderation/chat?" + own + (id.empty() ? "" : "&message_id=" + id), "sim-ann").status;
  };
  auto id = say("bad", "rubbish");
  CHECK_EQ(remove(id), 204u);
  CHECK(cat.last("CLEARMSG").find("target-msg-id=" + id) != std::string::npos);
  CHECK(cat.last("CLEARMSG").ends_with(":rubbish"));
  CHECK_EQ(remove(""), 204u);
  CHECK(cat.last("CLEARCHAT").ends_with("CLEARCHAT #chan"));
  CHECK_EQ(remove("unknown"), 404u);
  CHECK_EQ(remove(say("chan", "the owner's")), 400u);
  make("chan", "other", "moderator");
  CHECK_EQ(remove(say("other", "a moderator's")), 400u);
  auto elsewhere = chat.say({.channel = "other", .login = "x", .text = "hi", .reply_to = {}, .tags = {}}, now);
  CHECK_EQ(remove(*elsewhere), 404u);
  auto old = say("bad", "old");
  now += 6h + 1s;
  CHECK_EQ(remove(old), 400u);
}

SCENARIO("warnings are written down") {
  auto warn = [&](const nlohmann::json& data) {
    return helix("POST", "moderation/warnings?" + own, "sim-ann", {{"data", data}});
  };
  auto done = warn({{"user_id", id_of("bad")}, {"reason", "be nice"}});
  CHECK_EQ(done.status, 200u);
  CHECK_EQ(json_of(done)["data"][0]["reason"].get<std::string>(), "be nice");
  CHECK(logged("warning", "\"login\":\"bad\",\"moderator\":\"ann\",\"reason\":\"be nice\""));
  CHECK_EQ(warn({{"user_id", id_of("bad")}}).status, 400u);
  CHECK_EQ(warn({{"user_id", id_of("bad")}, {"reason", ""}}).status, 400u);
  CHECK_EQ(warn({{"user_id", "999"}, {"reason", "x"}}).status, 400u);
  CHECK_EQ(warn({{"user_id", id_of("chan")}, {"reason", "x"}}).status, 400u);
}

SCENARIO("shield mode is switched on and off") {
  auto path = "moderation/shield_mode?" + own;
  CHECK(!json_of(helix("GET", path, "sim-ann"))["data"][0]["is_active"].get<bool>());
  auto on = json_of(helix("PUT", path, "sim-ann", {{"is_active", true}}))["data"][0];
  CHECK(on["is_active"].get<bool>());
  CHECK_EQ(on["moderator_login"].get<std::string>(), "ann");
  CHECK_EQ(on["last_activated_at"].get<std::string>().size(), 20u);
  CHECK(!json_of(helix("PUT", path, "sim-ann", {{"is_active", false}}))["data"][0]["is_active"].get<bool>());
  CHECK_EQ(helix("PUT", path, "sim-ann", nlohmann::json::object()).status, 400u);
}

END_FIXTURE_SCOPE()
