#define CAF_SUITE oauth.code_flow

#include "runtime/oauth/code_flow.hpp"

#include "runtime/oauth/pages.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::oauth;
using namespace std::chrono_literals;

namespace {

grant_wanted wanted(const std::string& bot, const std::string& channel = {}) {
  grant_wanted x;
  x.bot = bot;
  x.channel = channel;
  x.client_id = "app";
  x.port = 18951;
  x.scopes = {"chat:read", "chat:edit"};
  x.reason = "there is no token yet";
  return x;
}

struct visitor {
  visitor() {
    flow.want(wanted("ann_bot"));
    flow.want(wanted("bob_bot", "bob"));
  }

  visit_outcome visit(std::string_view path, std::string_view query = "") {
    return flow.visit(path, query, now);
  }

  std::string start(const std::string& name) {
    auto outcome = visit("/start/" + name);
    return std::holds_alternative<redirect>(outcome) ? std::get<redirect>(outcome).url : "";
  }

  int numbers = 0;
  code_flow flow{"https://id.twitch.tv/oauth2", [this] { return "state" + std::to_string(++numbers); }};
  code_flow::time_point now{1h};
};

unsigned status_of(const visit_outcome& outcome) {
  return std::holds_alternative<page>(outcome) ? std::get<page>(outcome).status : 0;
}

} // namespace

SCENARIO("the start page sends the browser to Twitch, each time with a state of its own") {
  visitor x;
  CHECK_EQ(x.start("ann_bot"),
           "https://id.twitch.tv/oauth2/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2Flocalhost"
           "%3A18951&scope=chat%3Aread%20chat%3Aedit&state=state1&force_verify=true");
  CHECK(x.start("ann_bot").find("state=state2") != std::string::npos);
  CHECK(x.start("bob_bot/bob").find("state=state3") != std::string::npos);
}

SCENARIO("the code that comes back belongs to the flow of its state, once") {
  visitor x;
  x.start("bob_bot/bob");
  auto outcome = x.visit("/", "code=abc%2F1&scope=chat%3Aread+chat%3Aedit&state=state1");
  REQUIRE(std::holds_alternative<code_received>(outcome));
  CHECK(std::get<code_received>(outcome).code == secret{"abc/1"});
  CHECK_EQ(std::get<code_received>(outcome).what, wanted("bob_bot", "bob"));
  CHECK_EQ(status_of(x.visit("/", "code=abc%2F1&state=state1")), 400u);
}

SCENARIO("a wrong, missing or old state is refused") {
  visitor x;
  x.start("ann_bot");
  CHECK_EQ(status_of(x.visit("/", "code=abc&state=other")), 400u);
  CHECK_EQ(status_of(x.visit("/", "code=abc")), 400u);
  CHECK_EQ(status_of(x.visit("/", "state=%zz")), 400u);
  x.now += code_flow::patience;
  CHECK_EQ(status_of(x.visit("/", "code=abc&state=state1")), 400u);
}

SCENARIO("a refusal is told in Twitch's words") {
  visitor x;
  x.start("ann_bot");
  auto outcome = x.visit("/", "error=access_denied&error_description=The+user+denied+you+access&state=state1");
  REQUIRE(std::holds_alternative<grant_denied>(outcome));
  CHECK_EQ(std::get<grant_denied>(outcome).why, "The user denied you access");
  CHECK_EQ(std::get<grant_denied>(outcome).what.bot, "ann_bot");
  x.start("ann_bot");
  outcome = x.visit("/", "state=state2");
  CHECK(std::holds_alternative<grant_denied>(outcome));
}

SCENARIO("the overview links to everything that is wanted, and to nothing else") {
  visitor x;
  auto html = std::get<page>(x.visit("/")).html;
  CHECK(html.find("href=\"/start/ann_bot\"") != std::string::npos);
  CHECK(html.find("href=\"/start/bob_bot/bob\"") != std::string::npos);
  x.flow.forget("ann_bot");
  CHECK(std::get<page>(x.visit("/")).html.find("ann_bot") == std::string::npos);
  CHECK_EQ(status_of(x.visit("/start/ann_bot")), 404u);
  CHECK_EQ(status_of(x.visit("/favicon.ico")), 404u);
}

SCENARIO("a flow ends when it isn't wanted any more") {
  visitor x;
  x.start("ann_bot");
  x.flow.forget("ann_bot");
  CHECK_EQ(status_of(x.visit("/", "code=abc&state=state1")), 400u);
}

SCENARIO("flows that are begun again and again don't pile up") {
  visitor x;
  for (size_t i = 0; i < code_flow::max_flows + 10; ++i) {
    x.start("ann_bot");
    x.now += 1s;
  }
  CHECK_EQ(status_of(x.visit("/", "code=abc&state=state1")), 400u);
  auto latest = "code=abc&state=state" + std::to_string(code_flow::max_flows + 10);
  CHECK(std::holds_alternative<code_received>(x.visit("/", latest)));
}

SCENARIO("pages invite to what can be done, and texts from elsewhere can't become HTML") {
  CHECK_EQ(escape_html("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
  auto what = wanted("ann_bot");
  CHECK(failure_page(what, "no", true).find("/start/ann_bot") != std::string::npos);
  CHECK(failure_page(what, "no", false).find("/start/ann_bot") == std::string::npos);
  CHECK(failure_page(what, "<script>", true).find("<script>") == std::string::npos);
  CHECK(success_page(what, "<script>").find("<script>") == std::string::npos);
}
