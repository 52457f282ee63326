#define CAF_SUITE oauth.requests

#include "runtime/oauth/requests.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::oauth;

namespace {

const client app{"my id", secret{"s3&cr=t"}};

std::string body_of(const request& x) {
  return std::string{x.body.reveal()};
}

} // namespace

SCENARIO("the browser is sent to a URL in which everything is encoded") {
  CHECK_EQ(authorize_url("https://id.twitch.tv/oauth2", "id", "http://localhost:18951", {"chat:read", "chat:edit"},
                         "x y", true),
           "https://id.twitch.tv/oauth2/authorize?response_type=code&client_id=id&"
           "redirect_uri=http%3A%2F%2Flocalhost%3A18951&scope=chat%3Aread%20chat%3Aedit&state=x%20y&force_verify=true");
}

SCENARIO("a code is exchanged with everything that Twitch asks for") {
  auto x = exchange_code(app, secret{"C/1"}, "http://localhost:1");
  CHECK_EQ(x.method, "POST");
  CHECK_EQ(x.path, "/token");
  CHECK_EQ(body_of(x), "client_id=my%20id&client_secret=s3%26cr%3Dt&code=C%2F1&grant_type=authorization_code&"
                       "redirect_uri=http%3A%2F%2Flocalhost%3A1");
}

SCENARIO("a public client sends no secret") {
  client open{"id", {}};
  CHECK_EQ(body_of(renew(open, secret{"r"})), "client_id=id&grant_type=refresh_token&refresh_token=r");
  CHECK_EQ(body_of(start_device(open, {"chat:read"})), "client_id=id&scopes=chat%3Aread");
  CHECK_EQ(body_of(poll_device(open, secret{"d"}, {"chat:read"})),
           "client_id=id&scopes=chat%3Aread&device_code=d&"
           "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code");
}

SCENARIO("validation carries the token in a header, the others in the body") {
  auto x = validate(secret{"tok"});
  CHECK_EQ(x.method, "GET");
  CHECK_EQ(x.path, "/validate");
  CHECK(x.authorization == secret{"OAuth tok"});
  CHECK(x.body.empty());
  CHECK_EQ(body_of(revoke("id", secret{"tok"})), "client_id=id&token=tok");
  CHECK_EQ(body_of(app_token({"id", secret{"k"}})), "client_id=id&client_secret=k&grant_type=client_credentials");
}
