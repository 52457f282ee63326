#define CAF_SUITE simulator.http_session

#include "simulator/simulator.hpp"
#include "simulator/token_book.hpp"
#include "tests/unit/fixture.hpp"

#include <nlohmann/json.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <memory>

// Real sockets on loopback. Whatever is waited for has a deadline.

namespace net = boost::asio;
namespace http = boost::beast::http;
using namespace creamery::simulator;
using namespace std::chrono_literals;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr auto deadline = 20s;

using headers = std::vector<std::pair<std::string, std::string>>;

struct answer_read {
  unsigned status = 0;
  std::string body;
  http::response<http::string_body> whole;
  /// Why it couldn't be read.
  error_code why;
};

/// One connection, kept alive. `Stream` is a socket or TLS above one.
template <class Stream>
class http_client {
public:
  http_client(net::io_context& io, std::unique_ptr<Stream> stream) : io_(io), stream_(std::move(stream)) {
  }

  answer_read ask(http::verb verb, const std::string& target, const headers& fields = {},
                  const std::string& body = {}) {
    http::request<http::string_body> request{verb, target, 11};
    request.set(http::field::host, "localhost");
    for (const auto& [name, value] : fields)
      request.set(name, value);
    request.body() = body;
    request.prepare_payload();
    answer_read made;
    made.why = net::error::timed_out;
    http::async_write(*stream_, request, [&](error_code why, size_t) {
      if (why)
        made.why = why;
      else
        http::async_read(*stream_, buffer_, made.whole, [&](error_code why, size_t) { made.why = why; });
    });
    finish(made.why);
    made.status = made.whole.result_int();
    made.body = made.whole.body();
    return made;
  }

  /// Reads whatever comes next.
  error_code read_end() {
    char byte = 0;
    error_code found = net::error::timed_out;
    stream_->async_read_some(net::buffer(&byte, 1), [&](error_code why, size_t) { found = why; });
    finish(found);
    return found;
  }

private:
  /// Runs what was begun, until the deadline.
  void finish(const error_code& found) {
    io_.restart();
    io_.run_for(deadline);
    if (found != net::error::timed_out)
      return;
    error_code ignored;
    boost::beast::get_lowest_layer(*stream_).close(ignored);
    io_.restart();
    io_.run();
  }

  net::io_context& io_;
  std::unique_ptr<Stream> stream_;
  boost::beast::flat_buffer buffer_;
};

struct session_fixture {
  net::io_context io;
  net::ssl::context trust{net::ssl::context::tls_client};
  std::unique_ptr<simulator> twitch;

  void start(options setup = {}) {
    auto started = simulator::start(std::move(setup));
    if (!started)
      FAIL(creamery::to_string(started.error()));
    twitch = std::move(*started);
    trust.add_certificate_authority(net::buffer(twitch->ca_certificate()));
    trust.set_verify_mode(net::ssl::verify_peer);
  }

  std::unique_ptr<tcp::socket> connect(uint16_t port) {
    auto socket = std::make_unique<tcp::socket>(io);
    socket->connect({net::ip::address_v4::loopback(), port});
    return socket;
  }

  http_client<tcp::socket> plain() {
    return {io, connect(twitch->ports().http)};
  }

  http_client<tcp::socket> control() {
    return {io, connect(twitch->ports().control)};
  }

  http_client<net::ssl::stream<tcp::socket>> secure() {
    auto stream = std::make_unique<net::ssl::stream<tcp::socket>>(std::move(*connect(twitch->ports().https)), trust);
    stream->set_verify_callback(net::ssl::host_name_verification{"localhost"});
    stream->handshake(net::ssl::stream_base::client);
    return {io, std::move(stream)};
  }

  /// What the control API did, as JSON.
  nlohmann::json tell(const std::string& path, const std::string& body) {
    auto done = control().ask(http::verb::post, path, {}, body);
    CHECK_EQ(done.status, 200u);
    return nlohmann::json::parse(done.body, nullptr, false)["result"];
  }
};

const headers form{{"Content-Type", "application/x-www-form-urlencoded"}};

headers with_token(const std::string& token) {
  return {{"Authorization", "Bearer " + token}, {"Client-Id", "sim-client"}};
}

} // namespace

BEGIN_FIXTURE_SCOPE(session_fixture)

SCENARIO("over TLS, a bot gets its tokens, refreshes them, speaks, and is thrown out") {
  start();
  auto client = secure();
  auto back = client.ask(http::verb::get, "/oauth2/authorize?response_type=code&client_id=sim-client&scope="
                                          "user%3Awrite%3Achat&redirect_uri=http%3A%2F%2Flocalhost%3A1&state=x"
                                          "&sim_consent=approve&sim_login=mybot");
  REQUIRE_EQ(back.status, 302u);
  std::string to{back.whole["Location"]};
  auto code = to.substr(to.find("code=") + 5, 30);
  const std::string who = "client_id=sim-client&client_secret=sim-secret";
  auto given = client.ask(http::verb::post, "/oauth2/token", form,
                          who + "&grant_type=authorization_code&redirect_uri=http://localhost:1&code=" + code);
  REQUIRE_EQ(given.status, 200u);
  auto refresh = nlohmann::json::parse(given.body)["refresh_token"].get<std::string>();
  auto refreshed =
    client.ask(http::verb::post, "/oauth2/token", form, who + "&grant_type=refresh_token&refresh_token=" + refresh);
  REQUIRE_EQ(refreshed.status, 200u);
  auto token = nlohmann::json::parse(refreshed.body)["access_token"].get<std::string>();
  auto user = client.ask(http::verb::get, "/helix/users", with_token(token));
  REQUIRE_EQ(user.status, 200u);
  CHECK(!user.whole["Ratelimit-Remaining"].empty());
  auto id = nlohmann::json::parse(user.body)["data"][0]["id"].get<std::string>();
  auto sent = client.ask(http::verb::post, "/helix/chat/messages", with_token(token),
                         nlohmann::json{{"broadcaster_id", id}, {"sender_id", id}, {"message", "hello"}}.dump());
  CHECK_EQ(sent.status, 200u);
  CHECK(sent.body.find("\"is_sent\":true") != std::string::npos);
  auto revoked = client.ask(http::verb::post, "/oauth2/revoke", form, "client_id=sim-client&token=" + token);
  CHECK_EQ(revoked.status, 200u);
  auto refused = client.ask(http::verb::get, "/oauth2/validate", {{"Authorization", "OAuth " + token}});
  CHECK_EQ(refused.status, 401u);
  CHECK_EQ(twitch->counters().api_calls, 7u);
  CHECK_EQ(twitch->counters().api.at("mybot").refreshes, 1u);
}

SCENARIO("both doors serve both APIs, one request after the other") {
  start();
  auto first = plain();
  auto second = secure();
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(first.ask(http::verb::get, "/helix/users", with_token("sim-ann")).status, 200u);
    CHECK_EQ(second.ask(http::verb::get, "/oauth2/validate", {{"Authorization", "OAuth sim-ann"}}).status, 200u);
  }
  CHECK_EQ(first.ask(http::verb::get, "/nothing").status, 404u);
  auto empty = first.ask(http::verb::post, "/helix/moderation/moderators?broadcaster_id=1", with_token("sim-ann"));
  CHECK_EQ(empty.status, 400u);
}

SCENARIO("a client that wants to close is said goodbye to") {
  start();
  auto first = plain();
  CHECK_EQ(first.ask(http::verb::get, "/oauth2/validate", {{"Connection", "close"}}).status, 401u);
  CHECK(first.ask(http::verb::get, "/oauth2/validate").why);
  auto second = secure();
  CHECK_EQ(second.ask(http::verb::get, "/oauth2/validate", {{"Connection", "close"}}).status, 401u);
  CHECK(second.read_end() == net::error::eof); // of TLS: not cut off
}

SCENARIO("answers are lost, cut and late as faults want it") {
  start();
  fault what;
  what.count = 1;
  what.kind = fault_kind::http_lost;
  REQUIRE(twitch->cause(what));
  CHECK(plain().ask(http::verb::get, "/oauth2/validate").why == net::error::connection_reset);
  what.kind = fault_kind::http_cut;
  REQUIRE(twitch->cause(what));
  CHECK(plain().ask(http::verb::get, "/oauth2/validate").why == net::error::connection_reset);
  what.at = cut_place::middle;
  REQUIRE(twitch->cause(what));
  auto half = secure();
  CHECK(half.ask(http::verb::get, "/oauth2/validate").why);
  what.kind = fault_kind::http_slow;
  what.latency = 20ms;
  REQUIRE(twitch->cause(what));
  auto begin = std::chrono::steady_clock::now();
  CHECK_EQ(plain().ask(http::verb::get, "/oauth2/validate").status, 401u);
  CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
  auto counted = twitch->counters();
  CHECK_EQ(counted.answers_lost, 1u);
  CHECK_EQ(counted.requests_dropped, 1u);
  CHECK_EQ(counted.answers_cut, 1u);
  CHECK_EQ(counted.validations, 3u);
}

SCENARIO("clients that want too much are shut out") {
  options setup;
  setup.max_http_connections = 2;
  start(setup);
  auto long_header = plain();
  CHECK(long_header.ask(http::verb::get, "/helix/users", {{"X-Long", std::string(60'000, 'x')}}).why);
  auto long_body = plain();
  CHECK(long_body.ask(http::verb::post, "/helix/users", {}, std::string(2 << 20, 'x')).why);
  auto first = plain();
  CHECK_EQ(first.ask(http::verb::get, "/nothing").status, 404u);
  auto second = plain();
  CHECK_EQ(second.ask(http::verb::get, "/nothing").status, 404u);
  auto third = plain();
  CHECK(third.ask(http::verb::get, "/nothing").why);
  CHECK_EQ(first.ask(http::verb::get, "/nothing").status, 404u);
}

SCENARIO("the control API rules identity server and Helix") {
  start();
  (void)tell("/clients", R"({"client_id": "mine", "secret": "s", "rotate": true, "redirect_uris": ["https://x/"]})");
  (void)tell("/consent", R"({"mode": "approve", "login": "ann"})");
  (void)tell("/settings", R"({"token_life": "3s", "rate_limit": 7})");
  (void)tell("/streams", R"({"channel": "ann", "live": true, "viewers": 3, "title": "t"})");
  auto given =
    tell("/grants", R"({"login": "ann", "client_id": "sim-client", "scopes": ["channel:manage:redemptions"]})");
  auto token = given["access_token"].get<std::string>();
  auto client = plain();
  auto id = nlohmann::json::parse(client.ask(http::verb::get, "/helix/users", with_token(token)).body)["data"][0]["id"]
              .get<std::string>();
  auto live = client.ask(http::verb::get, "/helix/streams", with_token(token));
  CHECK(live.body.find("\"viewer_count\":3") != std::string::npos);
  CHECK_EQ(std::string{live.whole["Ratelimit-Limit"]}, "7");
  auto reward = client.ask(http::verb::post, "/helix/channel_points/custom_rewards?broadcaster_id=" + id,
                           with_token(token), R"({"title": "Hydrate", "cost": 1})");
  auto reward_id = nlohmann::json::parse(reward.body)["data"][0]["id"].get<std::string>();
  auto redemption = tell("/redemptions", R"({"channel": "ann", "login": "fan", "reward_id": ")" + reward_id + "\"}");
  CHECK_EQ(redemption.get<std::string>().size(), 36u);
  for (auto path : {"/tokens", "/clients", "/streams", "/consent", "/settings", "/state"}) {
    auto shown = control().ask(http::verb::get, path);
    CHECK_EQ(shown.status, 200u);
    CHECK(nlohmann::json::accept(shown.body));
    CHECK(shown.body.find(token) == std::string::npos);
    CHECK(shown.body.find("sim-secret") == std::string::npos);
  }
  auto other =
    tell("/grants", R"({"login": "bob", "client_id": "sim-client", "scopes": []})")["access_token"].get<std::string>();
  CHECK_EQ(control().ask(http::verb::delete_, "/tokens?fingerprint=" + fingerprint(other)).status, 200u);
  CHECK_EQ(control().ask(http::verb::delete_, "/tokens?fingerprint=00000000").status, 404u);
  CHECK_EQ(client.ask(http::verb::get, "/helix/users", with_token(other)).status, 401u);
  CHECK_EQ(nlohmann::json::parse(control().ask(http::verb::delete_, "/tokens?login=ann").body)["result"].get<int>(), 2);
  CHECK_EQ(client.ask(http::verb::get, "/helix/users", with_token(token)).status, 401u);
  for (const auto& [path, body] :
       {std::pair{"/clients", R"({"client_id": ""})"}, std::pair{"/consent", R"({"mode": "maybe"})"},
        std::pair{"/grants", R"({"login": "ann"})"}, std::pair{"/settings", R"({"token_life": "0s"})"},
        std::pair{"/streams", R"({"channel": "no channel"})"},
        std::pair{"/redemptions", R"({"channel": "ann", "login": "x", "reward_id": "x"})"},
        std::pair{"/faults", R"({"kind": "http_status"})"},
        std::pair{"/faults", R"({"kind": "http_cut", "at": "end"})"}})
    CHECK_EQ(control().ask(http::verb::post, path, {}, body).status, 400u);
  CHECK_EQ(control().ask(http::verb::get, "/state", {{"Origin", "https://evil.example.org"}}).status, 403u);
}

END_FIXTURE_SCOPE()
