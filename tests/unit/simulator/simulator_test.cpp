#define CAF_SUITE simulator.simulator

#include "simulator/simulator.hpp"
#include "tests/unit/fixture.hpp"

#include <nlohmann/json.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <poll.h>

#include <array>
#include <memory>
#include <set>
#include <thread>

// Real sockets on loopback. Whatever is waited for has a deadline, and nothing is waited for by time alone.

namespace net = boost::asio;
namespace beast = boost::beast;
using namespace creamery::simulator;
using namespace std::chrono_literals;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr auto deadline = 20s;

/// A client over plain TCP that reads no longer than the deadline.
class plain_client {
public:
  explicit plain_client(uint16_t port) {
    socket_.connect({net::ip::address_v4::loopback(), port}, why_);
  }

  void type(const std::string& line) {
    net::write(socket_, net::buffer(line + "\r\n"), why_);
  }

  void log_in(const std::string& login, const std::string& channel) {
    type("CAP REQ :twitch.tv/tags twitch.tv/commands");
    type("PASS oauth:sim-" + login);
    type("NICK " + login);
    type("JOIN #" + channel);
  }

  /// Reads whatever is there. False at the end of the connection, or when nothing comes in time.
  bool read() {
    pollfd waiting{socket_.native_handle(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds{deadline}.count())) <= 0)
      return false;
    auto size = socket_.read_some(net::buffer(buffer_), why_);
    text_.append(buffer_.data(), size);
    return !why_;
  }

  /// Reads until this text has come.
  bool hear(std::string_view text) {
    while (text_.find(text) == std::string::npos)
      if (!read())
        return false;
    return true;
  }

  /// Reads to the end.
  error_code last_words() {
    while (read()) {
    }
    return why_;
  }

  /// Whether something can be read within a moment.
  bool is_silent() {
    pollfd waiting{socket_.native_handle(), POLLIN, 0};
    return ::poll(&waiting, 1, 100) == 0;
  }

  std::string& text() {
    return text_;
  }

  tcp::socket& socket() {
    return socket_;
  }

private:
  net::io_context io_;
  tcp::socket socket_{io_};
  error_code why_;
  std::array<char, 65536> buffer_;
  std::string text_;
};

template <class Stream>
bool chat_over_websocket(Stream& stream, const std::string& host) {
  error_code why;
  beast::websocket::stream<Stream&> socket{stream};
  socket.handshake(host, "/", why);
  if (why)
    return false;
  socket.write(
    net::buffer(std::string{"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS oauth:sim-ann\r\nNICK ann\r\n"}), why);
  socket.write(net::buffer(std::string{"JOIN #chan"}), why);
  beast::flat_buffer buffer;
  while (!why && beast::buffers_to_string(buffer.data()).find("ROOMSTATE #chan\r\n") == std::string::npos)
    socket.read(buffer, why);
  return !why;
}

struct simulator_fixture {
  std::unique_ptr<simulator> twitch;

  void start(options setup = {}) {
    auto started = simulator::start(std::move(setup));
    if (!started)
      FAIL(creamery::to_string(started.error()));
    twitch = std::move(*started);
  }

  /// Waits until it is so.
  template <class F>
  bool eventually(F&& f) {
    for (auto end = std::chrono::steady_clock::now() + deadline; std::chrono::steady_clock::now() < end;
         std::this_thread::yield())
      if (f())
        return true;
    return false;
  }

  fault make_fault(fault_kind kind) {
    fault made;
    made.kind = kind;
    return made;
  }

  bool say(const std::string& text) {
    say_request request;
    request.channel = "chan";
    request.login = "viewer";
    request.text = text;
    return static_cast<bool>(twitch->say(request));
  }

  /// Status and body of the control API's answer.
  std::pair<unsigned, std::string> ask(beast::http::verb verb, const std::string& target,
                                       const std::string& body = {}) {
    net::io_context io;
    tcp::socket socket{io};
    error_code why;
    socket.connect({net::ip::address_v4::loopback(), twitch->ports().control}, why);
    beast::http::request<beast::http::string_body> request{verb, target, 11};
    request.body() = body;
    request.prepare_payload();
    beast::http::write(socket, request, why);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    beast::http::read(socket, buffer, response, why);
    return {response.result_int(), response.body()};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(simulator_fixture)

SCENARIO("all four transports lead to the same chat") {
  start();
  const auto& ports = twitch->ports();
  net::ssl::context trust{net::ssl::context::tls_client};
  trust.add_certificate_authority(net::buffer(twitch->ca_certificate()));
  trust.set_verify_mode(net::ssl::verify_peer);
  net::io_context io;
  auto connect = [&](uint16_t port) {
    tcp::socket socket{io};
    socket.connect({net::ip::address_v4::loopback(), port});
    return socket;
  };
  auto secure = [&](uint16_t port) {
    auto stream = std::make_unique<net::ssl::stream<tcp::socket>>(connect(port), trust);
    stream->set_verify_callback(net::ssl::host_name_verification{"localhost"});
    stream->handshake(net::ssl::stream_base::client);
    return stream;
  };
  auto ws = connect(ports.ws);
  CHECK(chat_over_websocket(ws, "localhost"));
  auto wss = secure(ports.wss);
  CHECK(chat_over_websocket(*wss, "localhost"));
  auto ircs = secure(ports.ircs);
  net::write(*ircs, net::buffer(std::string{"NICK justinfan1\r\nJOIN #chan\r\n"}));
  std::string text;
  net::read_until(*ircs, net::dynamic_buffer(text), " JOIN #chan\r\n");
  plain_client irc{ports.irc};
  irc.log_in("bob", "chan");
  CHECK(irc.hear("ROOMSTATE #chan"));
  CHECK_EQ(twitch->members("chan"), 4u);
  CHECK_EQ(twitch->counters().logins, 4u);
  CHECK(say("to everybody"));
  CHECK(irc.hear(":to everybody\r\n"));
  net::read_until(*ircs, net::dynamic_buffer(text), ":to everybody\r\n");
  CHECK(text.find("PRIVMSG #chan :to everybody") != std::string::npos);
}

SCENARIO("real ports are taken only once") {
  start();
  options setup;
  setup.base_port = twitch->ports().ws;
  auto second = simulator::start(setup);
  REQUIRE(!second);
  CHECK(creamery::to_string(second.error()).find("port " + std::to_string(setup.base_port)) != std::string::npos);
  setup.base_port = 0;
  setup.bind = {"192.0.2.1"};
  CHECK(!simulator::start(setup));
  setup.bind = {"nonsense"};
  CHECK(!simulator::start(setup));
}

SCENARIO("a replay at full speed arrives complete and in order, whatever the client's pace") {
  options setup;
  setup.output_limit = 64 * 1024; // so that it has to wait for the client again and again
  start(setup);
  plain_client bot{twitch->ports().irc};
  bot.log_in("mybot", "chan");
  CHECK(bot.hear("ROOMSTATE"));
  replay_request request;
  for (int i = 0; i < 100; ++i)
    request.lines.push_back("@id=x;tmi-sent-ts=1 :ann!ann@ann PRIVMSG #old :line " + std::to_string(i));
  request.speed = replay_request::speed_kind::fastest;
  request.rounds = 200;
  request.channels = {"chan"};
  REQUIRE(twitch->replay(request));
  REQUIRE(eventually([&] { return twitch->connections().at(0).queued > 8 * 1024; }));
  CHECK(twitch->connections().at(0).queued <= setup.output_limit);
  request.rounds = 1;
  request.lines = {"@id=x;tmi-sent-ts=1 :ann!ann@ann PRIVMSG #old :the end"};
  CHECK(eventually([&] {
    bot.read();
    return twitch->replays().at(0).state == "done";
  }));
  REQUIRE(twitch->replay(request));
  CHECK(bot.hear(":the end\r\n"));
  size_t count = 0;
  std::set<std::string> ids;
  for (size_t at = 0, end; (end = bot.text().find("\r\n", at)) != std::string::npos; at = end + 2) {
    auto line = bot.text().substr(at, end - at);
    if (line.find("PRIVMSG #chan :line ") == std::string::npos)
      continue;
    CHECK(line.ends_with(":line " + std::to_string(count++ % 100)));
    ids.insert(line.substr(0, line.find(';')));
  }
  CHECK_EQ(count, 20'000u);
  CHECK_EQ(ids.size(), 20'000u);
}

SCENARIO("connections end as they are told to") {
  start();
  auto bot = std::make_unique<plain_client>(twitch->ports().irc);
  auto reconnect = [&] {
    bot = std::make_unique<plain_client>(twitch->ports().irc);
    bot->log_in("mybot", "chan");
    return bot->hear("ROOMSTATE");
  };
  REQUIRE(reconnect());
  REQUIRE(twitch->cause(make_fault(fault_kind::reset)));
  CHECK(bot->last_words() == net::error::connection_reset);
  REQUIRE(reconnect());
  REQUIRE(twitch->cause(make_fault(fault_kind::finish)));
  CHECK(bot->last_words() == net::error::eof);
  REQUIRE(reconnect());
  auto cut = make_fault(fault_kind::cut);
  cut.bytes = 7;
  REQUIRE(twitch->cause(cut));
  bot->text().clear();
  CHECK(say("half of this"));
  (void)bot->last_words();
  CHECK_EQ(bot->text().substr(bot->text().rfind('\n') + 1).size(), 7u);
  CHECK(bot->text().ends_with("@badge-"));
  REQUIRE(reconnect());
  auto again = make_fault(fault_kind::reconnect);
  again.grace = 1ms;
  REQUIRE(twitch->cause(again));
  CHECK(bot->last_words() == net::error::eof);
  CHECK(bot->text().ends_with(":tmi.twitch.tv RECONNECT\r\n"));
  CHECK_EQ(twitch->counters().faults, 4u);
  CHECK(eventually([&] { return twitch->counters().closes == 4; }));
}

SCENARIO("connections go silent, trickle, and come in pieces") {
  start();
  plain_client bot{twitch->ports().irc};
  bot.log_in("mybot", "chan");
  REQUIRE(bot.hear("ROOMSTATE"));
  REQUIRE(bot.hear("USERSTATE #chan\r\n"));
  auto slice = make_fault(fault_kind::slice);
  slice.bytes = 1;
  REQUIRE(twitch->cause(slice));
  CHECK(say("in pieces"));
  CHECK(bot.hear(":in pieces\r\n"));
  twitch->clear_faults();
  auto slow = make_fault(fault_kind::slow);
  slow.bytes_per_second = 20'000;
  slow.latency = 10ms;
  REQUIRE(twitch->cause(slow));
  CHECK(say("slowly"));
  CHECK(bot.hear(":slowly\r\n"));
  twitch->clear_faults();
  REQUIRE(twitch->cause(make_fault(fault_kind::half_open)));
  CHECK(say("to nobody"));
  bot.type("PING :x");
  CHECK(bot.is_silent());
  twitch->clear_faults();
  CHECK(bot.last_words() == net::error::connection_reset);
  WHEN("new connections shall be silent") {
    auto silent = make_fault(fault_kind::half_open);
    silent.when = fault_moment::connect;
    silent.count = 1;
    REQUIRE(twitch->cause(silent));
    plain_client first{twitch->ports().ws};
    REQUIRE(eventually([&] { return twitch->counters().connections == 2; }));
    plain_client second{twitch->ports().irc};
    second.log_in("mybot", "chan");
    THEN("the first one is, the second one isn't") {
      CHECK(second.hear("ROOMSTATE"));
      first.type("GET / HTTP/1.1");
      CHECK(first.is_silent());
    }
  }
}

SCENARIO("the control API does and shows everything") {
  using beast::http::verb;
  start();
  plain_client bot{twitch->ports().irc};
  bot.log_in("mybot", "chan");
  REQUIRE(bot.hear("ROOMSTATE"));
  auto said = ask(verb::post, "/say", R"({"channel": "chan", "login": "ann", "text": "over HTTP"})");
  CHECK_EQ(said.first, 200u);
  CHECK(bot.hear(":over HTTP\r\n"));
  CHECK(bot.text().find(nlohmann::json::parse(said.second)["result"].get<std::string>()) != std::string::npos);
  CHECK_EQ(ask(verb::post, "/accounts", R"({"login": "other", "token": "abc", "verified": true})").first, 200u);
  CHECK_EQ(ask(verb::post, "/channels", R"({"channel": "chan", "slow": 7})").first, 200u);
  CHECK(bot.hear(";slow=7 :tmi.twitch.tv ROOMSTATE #chan"));
  CHECK_EQ(ask(verb::post, "/notice", R"({"channel": "chan", "login": "ann", "kind": "sub"})").first, 200u);
  CHECK(bot.hear(";msg-id=sub;"));
  CHECK_EQ(ask(verb::post, "/raid", R"({"channel": "chan", "viewers": 9, "peak": 0})").first, 200u);
  CHECK(bot.hear(";msg-param-viewerCount=9;"));
  CHECK_EQ(ask(verb::post, "/replays", R"({"lines": [":a!a@a PRIVMSG #chan :replayed"], "speed": "fastest"})").first,
           200u);
  CHECK(bot.hear(":replayed\r\n"));
  for (auto path : {"/state", "/counters", "/connections", "/channels", "/accounts", "/replays", "/faults"}) {
    auto shown = ask(verb::get, path);
    CHECK_EQ(shown.first, 200u);
    CHECK(nlohmann::json::accept(shown.second));
  }
  auto history = ask(verb::get, "/history?from=2&limit=1").second;
  CHECK(history.starts_with("{\"n\":2,"));
  CHECK_EQ(std::count(history.begin(), history.end(), '\n'), 1);
  CHECK(ask(verb::get, "/ca.pem").second.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK_EQ(ask(verb::get, "/nothing").first, 404u);
  CHECK_EQ(ask(verb::post, "/say", "no json").first, 400u);
  CHECK_EQ(ask(verb::post, "/say", R"({"channel": "chan", "login": "ann"})").second,
           "{\"error\":\"/say: text is missing\"}\n");
  CHECK_EQ(ask(verb::put, "/say", "{}").first, 405u);
  CHECK_EQ(ask(verb::delete_, "/tokens/unknown").first, 404u);
  CHECK_EQ(ask(verb::post, "/faults", R"({"kind": "reset", "login": "mybot"})").first, 200u);
  CHECK(bot.last_words() == net::error::connection_reset);
}

SCENARIO("it stops whatever is going on, and can be asked afterwards") {
  options setup;
  setup.scenario = "default";
  setup.seed = 1;
  start(setup);
  plain_client bot{twitch->ports().irc};
  bot.log_in("mybot", "creamery_cafe");
  REQUIRE(bot.hear("PRIVMSG #creamery_cafe"));
  plain_client silent{twitch->ports().wss};
  twitch->stop();
  CHECK_EQ(twitch->counters().logins, 1u);
  CHECK(twitch->connections().empty());
  twitch->stop();
}

END_FIXTURE_SCOPE()
