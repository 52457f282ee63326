#define CAF_SUITE simulator.identity

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct consent_fixture : test::web_fixture {
  const std::string asked = "/oauth2/authorize?response_type=code&client_id=sim-client"
                            "&redirect_uri=http%3A%2F%2Flocalhost%3A18951%2Fback&scope=chat%3Aread+chat%3Aedit";

  void answer_with(consent_request::answer mode, const std::string& login = {}) {
    if (auto done = web.id().apply(consent_request{mode, login}); !done)
      FAIL(to_string(done.error()));
  }

  /// Where the browser is sent, taken apart.
  static parameters sent_back(const http_answer& answer) {
    auto to = header(answer, "Location");
    return parameters::parse(to.substr(std::min(to.find('?') + 1, to.size())));
  }

  std::string code_for(const std::string& login) {
    return std::string{sent_back(get(asked + "&sim_consent=approve&sim_login=" + login)).get("code")};
  }

  std::string redeem(const std::string& code) {
    return "client_id=sim-client&client_secret=sim-secret&grant_type=authorization_code&code=" + code
           + "&redirect_uri=http%3A%2F%2Flocalhost%3A18951%2Fback";
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(consent_fixture)

SCENARIO("a page shows who wants what, and carries everything along") {
  auto page = get(asked + "&state=%22%3E%3Cscript%3E&force_verify=true");
  CHECK_EQ(page.status, 200u);
  CHECK(page.content_type.starts_with("text/html"));
  for (auto text : {"Any bot wants", "<code>chat:read</code>", "<code>chat:edit</code>", "id=\"login\" name=\"login\"",
                    "id=\"approve\" name=\"decision\" value=\"approve\"", "id=\"deny\"", "&quot;&gt;&lt;script&gt;",
                    "action=\"/oauth2/authorize\"", "value=\"http://localhost:18951/back\""})
    CHECK(page.body.find(text) != std::string::npos);
  CHECK(page.body.find("<script>") == std::string::npos);
}

SCENARIO("who agrees is sent back with a code that gives tokens once") {
  auto form = asked.substr(asked.find('?') + 1) + "&state=s%26t&decision=approve&login=Ann";
  auto back = post("/oauth2/authorize", form);
  CHECK_EQ(back.status, 302u);
  CHECK(header(back, "Location").starts_with("http://localhost:18951/back?code="));
  CHECK(header(back, "Location").find("&scope=chat%3Aread+chat%3Aedit&") != std::string::npos);
  CHECK_EQ(sent_back(back).get("state"), "s&t");
  auto code = std::string{sent_back(back).get("code")};
  auto made = post("/oauth2/token", redeem(code));
  REQUIRE_EQ(made.status, 200u);
  auto body = json_of(made);
  CHECK_EQ(body["expires_in"].get<int>(), 14'400);
  CHECK_EQ(body["token_type"].get<std::string>(), "bearer");
  CHECK_EQ(body["scope"].dump(), R"(["chat:read","chat:edit"])");
  CHECK(!body["refresh_token"].get<std::string>().empty());
  CHECK_EQ(message_of(post("/oauth2/token", redeem(code))), "Invalid authorization code");
  THEN("the token opens the account's chat") {
    auto& bot = connect();
    type(bot, "PASS oauth:" + body["access_token"].get<std::string>());
    type(bot, "NICK ann");
    CHECK(bot.saw(" 001 ann "));
  }
  THEN("the history knows it by fingerprints only") {
    CHECK(logged("grant", fingerprint(body["access_token"].get<std::string>())));
    CHECK(!logged("grant", body["access_token"].get<std::string>()));
    CHECK_EQ(chat.counters().grants, 1u);
  }
}

SCENARIO("who doesn't agree is sent back with an error") {
  const std::string denied = "http://localhost:18951/back?error=access_denied&error_description="
                             "The+user+denied+you+access";
  auto form = asked.substr(asked.find('?') + 1) + "&decision=deny&login=ann";
  CHECK_EQ(header(post("/oauth2/authorize", form), "Location"), denied);
  CHECK_EQ(header(get(asked + "&state=x&sim_consent=deny"), "Location"), denied + "&state=x");
  answer_with(consent_request::answer::deny);
  CHECK_EQ(header(get(asked), "Location"), denied);
}

SCENARIO("nobody is asked if consent is given beforehand") {
  answer_with(consent_request::answer::approve, "ann");
  CHECK(header(get(asked), "Location").find("code=") != std::string::npos);
  answer_with(consent_request::answer::ask, "ann");
  CHECK(get(asked).body.find("value=\"ann\"") != std::string::npos);
  CHECK(!web.id().apply(consent_request{consent_request::answer::approve, ""}));
}

SCENARIO("an account that can't be is asked for again") {
  auto form = asked.substr(asked.find('?') + 1) + "&decision=approve&login=no%20body";
  auto page = post("/oauth2/authorize", form);
  CHECK_EQ(page.status, 400u);
  CHECK(page.body.find("There is no account &#39;no body&#39;.") != std::string::npos);
}

SCENARIO("another page can't decide for the user") {
  http_request request;
  request.method = "POST";
  request.path = "/oauth2/authorize";
  request.body = asked.substr(asked.find('?') + 1) + "&decision=approve&login=ann";
  request.content_type = "application/x-www-form-urlencoded";
  request.own_address = "http://localhost:1";
  request.origin = "https://evil.example.org";
  CHECK_EQ(web.answer(request, now).status, 403u);
  request.origin = request.own_address;
  CHECK_EQ(web.answer(request, now).status, 302u);
}

SCENARIO("wishes that make no sense are refused without sending anybody anywhere") {
  register_client("mine", "s");

  struct {
    std::string query;
    std::string message;
  } const cases[] = {
    {"response_type=code&redirect_uri=http://localhost", "missing client id"},
    {"client_id=nobody&response_type=code&redirect_uri=http://localhost", "invalid client"},
    {"client_id=sim-public&response_type=code&redirect_uri=http://localhost", "invalid client"},
    {"client_id=mine&response_type=code", "missing redirect uri"},
    {"client_id=mine&response_type=code&redirect_uri=https://bot.example.org/back2",
     "Parameter redirect_uri does not match registered URI"},
    {"client_id=sim-client&response_type=code&redirect_uri=http://evil.example.org",
     "Parameter redirect_uri does not match registered URI"},
    {"client_id=mine&redirect_uri=https://bot.example.org/back", "missing response type"},
    {"client_id=mine&response_type=token&redirect_uri=https://bot.example.org/back", "invalid response type"},
    {"client_id=mine&response_type=code&redirect_uri=https://bot.example.org/back&scope=chat:read+all",
     "invalid scope requested: 'all'"},
    {"client_id=mine&response_type=code&redirect_uri=https://bot.example.org/back&force_verify=maybe",
     "invalid force_verify: must be true or false"},
  };

  for (const auto& [query, message] : cases) {
    auto answer = get("/oauth2/authorize?" + query);
    CHECK_EQ(answer.status, 400u);
    CHECK_EQ(message_of(answer), message);
    CHECK_EQ(header(answer, "Location"), "");
  }
}

SCENARIO("a code is short-lived, and good for its client and its address only") {
  WHEN("it is too late") {
    auto code = code_for("ann");
    now += 61s;
    CHECK_EQ(message_of(post("/oauth2/token", redeem(code))), "Invalid authorization code");
  }
  WHEN("another client comes with it") {
    auto code = code_for("ann");
    register_client("mine", "s");
    CHECK_EQ(message_of(post("/oauth2/token", "client_id=mine&client_secret=s&grant_type=authorization_code"
                                              "&redirect_uri=http://localhost:18951/back&code="
                                                + code)),
             "Invalid authorization code");
    CHECK_EQ(post("/oauth2/token", redeem(code)).status, 200u);
  }
  WHEN("the address is another one") {
    auto code = code_for("ann");
    CHECK_EQ(message_of(post("/oauth2/token", "client_id=sim-client&client_secret=sim-secret"
                                              "&grant_type=authorization_code&redirect_uri=http://localhost&code="
                                                + code)),
             "Parameter redirect_uri does not match registered URI");
    CHECK_EQ(post("/oauth2/token", redeem(code)).status, 400u);
  }
}

SCENARIO("other paths and methods are refused") {
  CHECK_EQ(get("/oauth2/keys").status, 404u);
  CHECK_EQ(get("/").status, 404u);
  CHECK_EQ(get("/oauth2/token").status, 405u);
  CHECK_EQ(ask("DELETE", "/oauth2/validate").status, 405u);
}

END_FIXTURE_SCOPE()
