#define CAF_SUITE oauth.answers

#include "runtime/oauth/answers.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::oauth;

namespace {

template <class T>
refusal::kind kind_of(const reply<T>& answer) {
  return std::get<refusal>(answer).what;
}

template <class T>
std::string text_of(const reply<T>& answer) {
  return std::get<refusal>(answer).text;
}

} // namespace

SCENARIO("a grant is read as Twitch writes it") {
  auto answer = read_grant(200, R"({"access_token":"rfx2","expires_in":14124,"refresh_token":"5b93",)"
                                R"("scope":["chat:edit","chat:read"],"token_type":"bearer"})");
  const auto& got = std::get<grant>(answer);
  CHECK(got.access_token == secret{"rfx2"});
  CHECK(got.refresh_token == secret{"5b93"});
  CHECK_EQ(got.scopes, (std::vector<std::string>{"chat:edit", "chat:read"}));
  CHECK_EQ(got.lifetime->count(), 14124);
}

SCENARIO("scopes may come as one text, and an app token has neither scopes nor a refresh token") {
  auto one_text = read_grant(200, R"({"access_token":"a","refresh_token":"b","scope":"chat:edit  chat:read"})");
  CHECK_EQ(std::get<grant>(one_text).scopes, (std::vector<std::string>{"chat:edit", "chat:read"}));
  CHECK(!std::get<grant>(one_text).lifetime.has_value());
  auto app = read_grant(200, R"({"access_token":"jost","expires_in":5011271,"token_type":"bearer"})");
  CHECK(std::get<grant>(app).refresh_token.empty());
  CHECK(std::get<grant>(app).scopes.empty());
}

SCENARIO("a grant that could break out of a header or an IRC line, or is no grant, is not believed") {
  for (const auto* body : {R"({"access_token":"a\r\nX: y"})", R"({"access_token":""})", R"({"access_token":7})", "[]",
                           "", "{", R"({"access_token":"ok","refresh_token":"a b"})", "null"}) {
    auto answer = read_grant(200, body);
    CHECK(std::holds_alternative<refusal>(answer));
    CHECK(kind_of(answer) == refusal::kind::unavailable);
  }
}

SCENARIO("refusals are told apart by what helps against them") {
  auto refused = [](unsigned status, const std::string& message) {
    return read_grant(status, R"({"status":)" + std::to_string(status) + R"(,"message":")" + message + R"("})");
  };
  CHECK(kind_of(refused(400, "Invalid refresh token")) == refusal::kind::rejected);
  CHECK_EQ(text_of(refused(400, "Invalid refresh token")), "Invalid refresh token (HTTP 400)");
  CHECK(kind_of(refused(401, "invalid access token")) == refusal::kind::rejected);
  CHECK(kind_of(refused(400, "invalid device code")) == refusal::kind::rejected);
  CHECK(kind_of(refused(404, "Not Found")) == refusal::kind::unavailable); // endpoints.id is wrong
  CHECK(kind_of(refused(400, "authorization_pending")) == refusal::kind::pending);
  CHECK(kind_of(refused(403, "invalid client secret")) == refusal::kind::bad_client);
  CHECK(kind_of(refused(400, "invalid client")) == refusal::kind::bad_client);
  CHECK(kind_of(refused(429, "too many requests")) == refusal::kind::unavailable);
  CHECK(kind_of(refused(500, "")) == refusal::kind::unavailable);
  CHECK(kind_of(refused(503, "Service Unavailable")) == refusal::kind::unavailable);
}

SCENARIO("who refuses without Twitch's words isn't Twitch, and decides nothing about a token") {
  CHECK(kind_of(read_grant(403, "<html>blocked by your friendly firewall</html>")) == refusal::kind::unavailable);
  CHECK(kind_of(read_facts(401, "")) == refusal::kind::unavailable);
}

SCENARIO("a refusal's text is shown on one line and shortened") {
  auto answer = read_grant(400, R"({"message":"a\nb)" + std::string(5'000, 'x') + R"("})");
  CHECK(text_of(answer).size() < 400u);
  CHECK(text_of(answer).starts_with("a?bxx"));
}

SCENARIO("validation tells whose token it is, what it may and how long") {
  auto answer = read_facts(200, R"({"client_id":"wbmy","login":"mybot","scopes":["chat:read"],"user_id":"5551",)"
                                R"("expires_in":5520838})");
  const auto& facts = std::get<token_facts>(answer);
  CHECK_EQ(facts.client_id, "wbmy");
  CHECK_EQ(facts.login, "mybot");
  CHECK_EQ(facts.user_id, "5551");
  CHECK_EQ(facts.scopes, (std::vector<std::string>{"chat:read"}));
  CHECK_EQ(facts.lifetime.count(), 5520838);
}

SCENARIO("an app token has no user and perhaps null for scopes") {
  auto answer = read_facts(200, R"({"client_id":"c","login":null,"scopes":null,"user_id":null,"expires_in":0})");
  const auto& facts = std::get<token_facts>(answer);
  CHECK(facts.login.empty());
  CHECK(facts.scopes.empty());
  CHECK_EQ(facts.lifetime.count(), 0);
}

SCENARIO("a life time is bounded, whatever the server says") {
  auto answer = read_facts(200, R"({"client_id":"c","login":"l","expires_in":9223372036854775807})");
  CHECK(std::get<token_facts>(answer).lifetime <= std::chrono::hours{24 * 366 * 100});
  answer = read_facts(200, R"({"client_id":"c","login":"l","expires_in":-5})");
  CHECK_EQ(std::get<token_facts>(answer).lifetime.count(), 0);
}

SCENARIO("the device flow's offer is read, and its interval kept within reason") {
  auto answer = read_device_offer(200, R"({"device_code":"ike3","expires_in":1800,"interval":0,"user_code":"ABCDEFGH",)"
                                       R"("verification_uri":"https://www.twitch.tv/activate"})");
  const auto& offer = std::get<device_offer>(answer);
  CHECK(offer.device_code == secret{"ike3"});
  CHECK_EQ(offer.user_code, "ABCDEFGH");
  CHECK_EQ(offer.interval.count(), 1);
  CHECK_EQ(offer.lifetime.count(), 1800);
  CHECK(kind_of(read_device_offer(200, R"({"device_code":"x"})")) == refusal::kind::unavailable);
  CHECK(kind_of(read_device_offer(400, R"({"status":400,"message":"invalid client"})")) == refusal::kind::bad_client);
}

SCENARIO("a token that is revoked already is as dead as it shall be") {
  CHECK(!read_revocation(200, ""));
  CHECK(!read_revocation(400, R"({"status":400,"message":"Invalid token"})"));
  CHECK(read_revocation(404, R"({"status":404,"message":"client does not exist"})")->what == refusal::kind::bad_client);
  CHECK(read_revocation(502, "")->what == refusal::kind::unavailable);
}
