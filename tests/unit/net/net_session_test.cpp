#define CAF_SUITE net.net_session

#include "runtime/net/net_context.hpp"
#include "runtime/net/net_session.hpp"
#include "runtime/websocket/handshake.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/net/loopback_server.hpp"
#include "tests/unit/net/session_recorder.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <future>

using namespace creamery;
using namespace creamery::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;

namespace {

using strings = std::vector<std::string>;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// What every server of these tests says when a client has come, and then with each line it reads, until the client
/// goes.
const std::string greeting = ":tmi.twitch.tv 001 bot :hi\r\nPING :x\r\n";

template <class Stream>
void echo_lines(Stream& stream) {
  asio::write(stream, asio::buffer(greeting));
  std::string received;
  for (;;) {
    const auto size = asio::read_until(stream, asio::dynamic_buffer(received), "\r\n");
    asio::write(stream, asio::buffer("echo " + received.substr(0, size)));
    received.erase(0, size);
  }
}

template <class Stream>
void echo_messages(websocket::stream<Stream>& stream) {
  stream.accept();
  stream.write(asio::buffer(greeting));
  for (;;) {
    beast::flat_buffer message;
    stream.read(message);
    stream.write(asio::buffer("echo " + beast::buffers_to_string(message.data())));
  }
}

/// Accepts the upgrade and hands the open WebSocket to `play`.
loopback_server::script over_websocket(std::function<void(websocket::stream<tcp::socket>&)> play) {
  return [play = std::move(play)](tcp::socket socket) {
    websocket::stream<tcp::socket> stream{std::move(socket)};
    stream.accept();
    play(stream);
  };
}

/// Reads until the client goes.
template <class Stream>
void read_to_the_end(Stream& stream) {
  std::string received;
  asio::read(stream, asio::dynamic_buffer(received));
}

loopback_server::script echo_server(transport kind, const self_signed& identity = certificates()) {
  return [kind, &identity](tcp::socket socket) {
    auto tls = server_tls(identity);
    switch (kind) {
      case transport::tcp: return echo_lines(socket);
      case transport::ws: {
        websocket::stream<tcp::socket> stream{std::move(socket)};
        return echo_messages(stream);
      }
      case transport::tls: {
        tls_stream stream{std::move(socket), tls};
        stream.handshake(tls_stream::server);
        return echo_lines(stream);
      }
      case transport::wss: {
        websocket::stream<tls_stream> stream{std::move(socket), tls};
        stream.next_layer().handshake(tls_stream::server);
        return echo_messages(stream);
      }
    }
  };
}

/// The head of an HTTP request.
std::string read_head(tcp::socket& socket) {
  std::string head;
  asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n");
  return head;
}

/// Reads an HTTP request, answers and goes.
loopback_server::script answer_with(std::string answer) {
  return [answer = std::move(answer)](tcp::socket socket) {
    read_head(socket);
    asio::write(socket, asio::buffer(answer));
    socket.shutdown(tcp::socket::shutdown_send);
    read_to_the_end(socket);
  };
}

/// Says nothing, for ever: the end of the test interrupts it.
void never_answer(tcp::socket socket) {
  read_to_the_end(socket);
}

endpoint at(transport kind, const loopback_server& server, std::string host = "localhost") {
  return {kind, std::move(host), server.port(), kind == transport::ws || kind == transport::wss ? "/" : ""};
}

struct net_fixture : creamery::test::fixture {
  std::unique_ptr<net_context> context = make_context(certificates());
  session_recorder recorder;
  net_options options;

  static std::unique_ptr<net_context> make_context(const self_signed& trusted) {
    net_context_options options;
    options.ca_certificates = trusted.ca_certificate;
    auto made = net_context::make(options);
    if (!made)
      CAF_FAIL(to_string(made.error()));
    return *std::move(made);
  }

  std::shared_ptr<net_session> open(endpoint server) {
    recorder = session_recorder{};
    return net_session::open(*context, std::move(server), options, recorder.listener());
  }

  /// Opens a session and says how it ended.
  net_error failure_of(endpoint server) {
    const auto session = open(std::move(server));
    return recorder.wait_until_closed();
  }
};

constexpr transport all_transports[] = {transport::tcp, transport::tls, transport::ws, transport::wss};

} // namespace

BEGIN_FIXTURE_SCOPE(net_fixture)

SCENARIO("lines go both ways over all four transports") {
  GIVEN("an echo server for each") {
    for (auto kind : all_transports) {
      loopback_server server{echo_server(kind)};
      auto session = open(at(kind, server));
      CHECK(session->send("early\r\n"));
      CHECK(recorder.wait_for_lines(3));
      CHECK(session->send("PRIVMSG #a :h\u00E9llo\r\n"));
      CHECK(recorder.wait_for_lines(4));
      CHECK_EQ(recorder.get().lines,
               (strings{":tmi.twitch.tv 001 bot :hi", "PING :x", "echo early", "echo PRIVMSG #a :h\u00E9llo"}));
      CHECK_EQ(recorder.get().opened, 1);
      const auto numbers = session->statistics();
      CHECK_EQ(numbers.lines_in, 4u);
      CHECK_EQ(numbers.writes, 2u);
      CHECK_EQ(numbers.unsent, 0u);
      CHECK_GT(numbers.outstanding, 0u);
      CHECK_GE(numbers.bytes_in, numbers.outstanding);
      session->close();
      CHECK(recorder.wait_until_closed().step == net_step::closed_by_us);
      CHECK(!session->send("late\r\n"));
      CHECK(recorder.wait([](const session_record& x) { return x.gone; }));
      CHECK_EQ(recorder.get().closed.size(), 1u);
    }
  }
}

SCENARIO("IPv6 addresses are reached, and verified as addresses") {
  GIVEN("a server on ::1, if this machine has IPv6") {
    asio::io_context io;
    boost::system::error_code ec;
    tcp::acceptor probe{io};
    probe.open(tcp::v6(), ec);
    if (!ec)
      probe.bind({asio::ip::make_address("::1"), 0}, ec);
    if (ec) {
      MESSAGE("skipped: no IPv6 on this machine: " << ec.message());
    } else {
      loopback_server server{echo_server(transport::wss), "::1"};
      auto session = open(at(transport::wss, server, "::1"));
      CHECK(recorder.wait_for_lines(2));
      CHECK_EQ(recorder.get().closed.size(), 0u);
    }
  }
}

SCENARIO("a server has to prove who it is") {
  GIVEN("a server with a certificate of another authority") {
    const auto other = make_self_signed({"localhost"});
    REQUIRE(other);
    loopback_server server{echo_server(transport::wss, *other)};
    const auto why = failure_of(at(transport::wss, server));
    CHECK(why.step == net_step::tls);
    CHECK(contains(to_string(why), "tls localhost:" + std::to_string(server.port()) + ": certificate verify failed ("));
    CHECK_EQ(recorder.get().opened, 0);
  }
  GIVEN("a server with a good certificate for another name") {
    loopback_server server{echo_server(transport::tls)};
    context = make_context(certificates());
    options.proxy = std::nullopt;
    const auto other = make_self_signed({"irc.example.com"});
    REQUIRE(other);
    loopback_server impostor{echo_server(transport::tls, *other)};
    context = make_context(*other);
    WHEN("it is reached by a name") {
      const auto why = failure_of(at(transport::tls, impostor));
      CHECK(why.step == net_step::tls);
      CHECK(contains(why.text, "hostname mismatch"));
    }
    WHEN("it is reached by an address") {
      const auto why = failure_of(at(transport::tls, impostor, "127.0.0.1"));
      CHECK(contains(why.text, "IP address mismatch"));
    }
  }
  GIVEN("a server whose certificate has expired") {
    const auto expired = make_self_signed({"localhost"}, -1);
    REQUIRE(expired);
    loopback_server server{echo_server(transport::wss, *expired)};
    context = make_context(*expired);
    const auto why = failure_of(at(transport::wss, server));
    CHECK(contains(why.text, "certificate"));
    CHECK(contains(why.text, "expired"));
  }
  GIVEN("a server that speaks no TLS at all") {
    loopback_server server{echo_server(transport::tcp)};
    const auto why = failure_of(at(transport::tls, server));
    CHECK(why.step == net_step::tls);
    CHECK(!why.text.empty());
  }
}

SCENARIO("authorities that can't be loaded are a mistake with its place") {
  GIVEN("a file that isn't there, and text that is no PEM") {
    const auto missing = net_context::make({"/nonexistent/ca.pem", {}, {}});
    REQUIRE(!missing);
    CHECK_EQ(missing.error().place, "ca_file '/nonexistent/ca.pem'");
    const auto nonsense = net_context::make({{}, "nonsense", {}});
    CHECK(!nonsense);
  }
}

SCENARIO("what can't be reached is told with its step") {
  GIVEN("a port on which nobody listens") {
    auto server = std::make_unique<loopback_server>(never_answer);
    const auto where = at(transport::wss, *server);
    server.reset();
    const auto why = failure_of(where);
    CHECK(why.step == net_step::connect);
    CHECK(why.code == std::errc::connection_refused);
    CHECK_EQ(why.endpoint, host_and_port(where));
  }
  GIVEN("a name that doesn't exist") {
    const auto why = failure_of({transport::wss, "no-such-host.invalid", 443, "/"});
    CHECK(why.step == net_step::resolve);
    CHECK(!why.text.empty());
  }
}

SCENARIO("every wait has an end") {
  options.timeouts.tls = options.timeouts.upgrade = options.timeouts.proxy = 50ms;
  options.timeouts.idle = options.timeouts.close = 50ms;
  loopback_server silent{never_answer};
  auto check = [](const net_error& why, net_step step) {
    CHECK(why.step == step);
    CHECK(why.code == std::errc::timed_out);
  };
  GIVEN("a server that never answers") {
    check(failure_of(at(transport::tls, silent)), net_step::tls);
    check(failure_of(at(transport::ws, silent)), net_step::upgrade);
    check(failure_of(at(transport::tcp, silent)), net_step::read); // nothing was received for `idle`
  }
  GIVEN("a proxy that never answers") {
    options.proxy = http_proxy{"127.0.0.1", silent.port(), {}, {}};
    check(failure_of({transport::wss, "irc.test", 443, "/"}), net_step::proxy);
    options.proxy.reset();
  }
  GIVEN("a server that reads nothing") {
    std::promise<void> done;
    loopback_server server{[&](tcp::socket) { done.get_future().wait(); }};
    options.timeouts.idle = 1h;
    options.timeouts.write = 100ms;
    options.max_unsent = 64 * 1024 * 1024;
    auto session = open(at(transport::tcp, server));
    CHECK(recorder.wait_until_open());
    CHECK(session->send(std::string(options.max_unsent, 'x')));
    check(recorder.wait_until_closed(), net_step::write);
    done.set_value();
  }
  GIVEN("a server that doesn't answer a close frame") {
    std::promise<void> done;
    loopback_server server{over_websocket([&](auto&) { done.get_future().wait(); })};
    auto session = open(at(transport::ws, server));
    CHECK(recorder.wait_until_open());
    session->close();
    CHECK(recorder.wait_until_closed().step == net_step::closed_by_us);
    done.set_value();
  }
}

SCENARIO("connections go through an HTTP proxy") {
  GIVEN("a proxy that connects us") {
    for (auto kind : all_transports) {
      std::promise<std::string> request;
      loopback_server proxy{[&, kind](tcp::socket socket) {
        request.set_value(read_head(socket));
        asio::write(socket, asio::buffer("HTTP/1.1 200 Connection established\r\n\r\n", 39));
        echo_server(kind)(std::move(socket)); // plays the server behind it, too
      }};
      options.proxy = http_proxy{"127.0.0.1", proxy.port(), "me", "hunter2"};
      const auto session = open({kind, "irc.test", 4711, "/"});
      CHECK(recorder.wait_for_lines(2));
      const auto head = request.get_future().get();
      CHECK(contains(head, "CONNECT irc.test:4711 HTTP/1.1\r\n"));
      CHECK(contains(head, "Host: irc.test:4711\r\n"));
      CHECK(contains(head, "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n"));
    }
  }
  GIVEN("a proxy that refuses") {
    loopback_server proxy{answer_with("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")};
    options.proxy->port = proxy.port();
    const auto why = failure_of({transport::wss, "irc.test", 443, "/"});
    CHECK_EQ(to_string(why), "proxy irc.test:443: the proxy answered HTTP 407 Proxy Authentication Required");
    CHECK_EQ(why.http_status, 407);
  }
  GIVEN("a proxy that can't be reached") {
    options.proxy->port = 1;
    const auto why = failure_of({transport::wss, "irc.test", 443, "/"});
    CHECK(why.step == net_step::connect);
    CHECK_EQ(why.endpoint, "proxy 127.0.0.1:1");
  }
  GIVEN("rules of the environment that name no usable proxy") {
    options.proxy.reset();
    auto strange = net_context::make({{}, {}, {"socks5://me:hunter2@proxy", "", ""}});
    REQUIRE(strange);
    context = *std::move(strange);
    const auto why = failure_of({transport::wss, "irc.test", 443, "/"});
    CHECK_EQ(to_string(why), "proxy irc.test:443: https_proxy: scheme 'socks5' is not supported; expected http");
  }
}

SCENARIO("a server that doesn't upgrade is told with its answer") {
  auto failure_after = [this](std::string answer) {
    loopback_server server{answer_with(std::move(answer))};
    return failure_of(at(transport::ws, server));
  };
  GIVEN("a server with other things to do") {
    const auto why = failure_after("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 3\r\n\r\nno!");
    CHECK(why.step == net_step::upgrade);
    CHECK_EQ(why.http_status, 429);
    CHECK_EQ(why.text, "the server answered HTTP 429 Too Many Requests");
  }
  GIVEN("a server that doesn't know what it agrees to") {
    const auto why = failure_after("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    CHECK(contains(why.text, "Sec-WebSocket-Accept"));
  }
  GIVEN("a server that speaks another language") {
    CHECK(contains(failure_after("220 mail.example.com ESMTP\r\n\r\n").text, "no understandable HTTP answer"));
  }
  GIVEN("a server that says nothing") {
    CHECK(contains(failure_after("").text, "ended before an answer came"));
  }
  GIVEN("a server whose answer doesn't end") {
    const auto why = failure_after("HTTP/1.1 101 Switching Protocols\r\nX: " + std::string(100'000, 'x'));
    CHECK(why.step == net_step::upgrade);
    CHECK(contains(why.text, "limit"));
  }
}

SCENARIO("what comes right behind the upgrade is not lost") {
  GIVEN("a server that answers and talks in one write") {
    loopback_server server{[](tcp::socket socket) {
      const auto head = read_head(socket);
      const std::string field = "Sec-WebSocket-Key: ";
      const auto key = head.substr(head.find(field) + field.size(), 24);
      std::string answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                           "Sec-WebSocket-Accept: "
                           + websocket_accept(key) + "\r\n\r\n";
      answer += "\x81\x05hello\x81\x06wor";
      asio::write(socket, asio::buffer(answer));
      asio::write(socket, asio::buffer("ld!", 3));
      read_to_the_end(socket);
    }};
    const auto session = open(at(transport::ws, server));
    CHECK(recorder.wait_for_lines(2));
    CHECK_EQ(recorder.get().lines, (strings{"hello", "world!"}));
  }
}

SCENARIO("the end of a connection is told with its reason") {
  GIVEN("a server that closes with a code") {
    std::promise<int> answered;
    loopback_server server{over_websocket([&](auto& stream) {
      stream.write(asio::buffer("last words\r\n", 12));
      beast::flat_buffer message;
      boost::system::error_code ec;
      stream.close({static_cast<websocket::close_code>(4003), "connection unused"}, ec);
      answered.set_value(stream.reason().code);
    })};
    const auto why = failure_of(at(transport::ws, server));
    CHECK(why.step == net_step::closed_by_server);
    CHECK_EQ(why.close_code, 4003);
    CHECK_EQ(why.close_reason, "connection unused");
    CHECK_EQ(recorder.get().lines, (strings{"last words"}));
    THEN("it was answered with the same code") {
      auto answer = answered.get_future();
      REQUIRE(answer.wait_for(10s) == std::future_status::ready);
      CHECK_EQ(answer.get(), 4003);
    }
  }
  GIVEN("a server that closes without a code") {
    loopback_server server{over_websocket([](auto& stream) { stream.close(websocket::close_code::none); })};
    const auto why = failure_of(at(transport::ws, server));
    CHECK(why.step == net_step::closed_by_server);
    CHECK_EQ(why.close_code, 1005);
  }
  GIVEN("servers that just go") {
    for (auto kind : all_transports) {
      loopback_server server{[kind](tcp::socket socket) {
        auto tls = server_tls();
        if (kind == transport::tcp || kind == transport::ws) {
          if (kind == transport::ws)
            websocket::stream<tcp::socket&>{socket}.accept();
          return;
        }
        asio::ssl::stream<tcp::socket&> stream{socket, tls};
        stream.handshake(tls_stream::server);
        if (kind == transport::wss)
          websocket::stream<asio::ssl::stream<tcp::socket&>&>{stream}.accept();
      }};
      const auto why = failure_of(at(kind, server));
      CHECK(why.step == net_step::read);
      CHECK_EQ(why.text, "the server ended the connection");
      CHECK_EQ(recorder.get().opened, 1);
    }
  }
}

SCENARIO("a server that breaks the rules is told so") {
  /// Lets a server send `bytes`; returns how the session ended, and the code in the close frame that the server got.
  auto outcome_of = [this](std::string bytes) {
    std::promise<int> code;
    loopback_server server{over_websocket([&](auto& stream) {
      asio::write(stream.next_layer(), asio::buffer(bytes));
      unsigned char reply[8]; // two bytes of header, four of mask, two of code
      asio::read(stream.next_layer(), asio::buffer(reply));
      code.set_value((reply[6] ^ reply[2]) << 8 | (reply[7] ^ reply[3]));
    })};
    auto why = failure_of(at(transport::ws, server));
    auto told = code.get_future();
    return std::pair{why, told.wait_for(10s) == std::future_status::ready ? told.get() : 0};
  };
  GIVEN("a masked frame behind a good one") {
    const auto [why, told] = outcome_of({"\x81\x04good\x81\x81key!x", 13});
    CHECK(why.step == net_step::protocol);
    CHECK_EQ(why.text, "a masked frame from the server");
    CHECK_EQ(recorder.get().lines, (strings{"good"}));
    CHECK_EQ(told, 1002);
  }
  GIVEN("a message that is too long") {
    options.max_message = 1000;
    const auto [why, told] = outcome_of({"\x81\x7E\x03\xE9", 4});
    CHECK_EQ(why.text, "a message longer than the bound");
    CHECK_EQ(told, 1009);
  }
  GIVEN("text that is none") {
    const auto [why, told] = outcome_of({"\x81\x02\xC3x", 4});
    CHECK_EQ(why.text, "text that is not UTF-8");
    CHECK_EQ(told, 1007);
  }
  GIVEN("binary data") {
    const auto [why, told] = outcome_of({"\x82\x01x", 3});
    CHECK(contains(why.text, "binary"));
    CHECK_EQ(told, 1003);
  }
}

SCENARIO("pings are answered, fragments put together, long lines skipped") {
  GIVEN("a server that does all of it") {
    std::promise<std::string> pong;
    loopback_server server{over_websocket([&](auto& stream) {
      stream.control_callback([&](websocket::frame_type kind, beast::string_view payload) {
        if (kind == websocket::frame_type::pong)
          pong.set_value({payload.data(), payload.size()});
      });
      stream.write(asio::buffer("before\r\n", 8));
      stream.write_some(false, asio::buffer("frag", 4));
      stream.ping("are you there?");
      stream.write_some(false, asio::buffer("mented\r\nsec", 11));
      stream.write_some(true, asio::buffer("ond", 3));
      stream.write(asio::buffer(std::string(70'000, 'x') + "\r\nafter\r\n"));
      beast::flat_buffer message;
      stream.read(message);
    })};
    const auto session = open(at(transport::ws, server));
    CHECK(recorder.wait_for_lines(4));
    CHECK_EQ(recorder.get().lines, (strings{"before", "fragmented", "second", "after"}));
    CHECK_EQ(session->statistics().oversize_lines, 1u);
    auto answer = pong.get_future();
    REQUIRE(answer.wait_for(10s) == std::future_status::ready);
    CHECK_EQ(answer.get(), "are you there?");
    THEN("batches are numbered without gap") {
      uint64_t next = 0;
      for (const auto& batch : recorder.get().batches) {
        CHECK_EQ(batch.first, next);
        next += batch.lines.size();
      }
    }
  }
}

SCENARIO("messages can be taken whole") {
  GIVEN("JSON with line ends in it") {
    loopback_server server{over_websocket([](auto& stream) {
      stream.write(asio::buffer("{\n\"a\": 1\r\n}\n", 12));
      stream.write(asio::buffer("", 0));
      stream.write(asio::buffer(std::string(100'000, 'x')));
      beast::flat_buffer message;
      stream.read(message);
    })};
    options.whole_messages = true;
    const auto session = open(at(transport::ws, server));
    CHECK(recorder.wait_for_lines(2));
    CHECK_EQ(recorder.get().lines, (strings{"{\n\"a\": 1\r\n}\n", std::string(100'000, 'x')}));
  }
}

SCENARIO("when credit ends, the socket isn't read until some is given back") {
  constexpr size_t count = 20'000;
  const std::string line = "@tags :a!a@a PRIVMSG #channel :" + std::string(100, 'x') + "\r\n";
  for (auto kind : {transport::tcp, transport::tls}) {
    loopback_server server{[&](tcp::socket socket) {
      auto tls = server_tls();
      std::string all;
      for (size_t i = 0; i < count; ++i)
        all += line;
      if (kind == transport::tcp) {
        asio::write(socket, asio::buffer(all));
        return read_to_the_end(socket);
      }
      tls_stream stream{std::move(socket), tls};
      stream.handshake(tls_stream::server);
      asio::write(stream, asio::buffer(all));
      read_to_the_end(stream);
    }};
    GIVEN("an owner with a window of 64 KiB and a server that has more than that to say") {
      options.window = 64 * 1024;
      const auto session = open(at(kind, server));
      WHEN("nothing is released") {
        CHECK(eventually([&] { return session->statistics().reading_paused; }));
        THEN("what is out exceeds the window by one read at most") {
          CHECK_GE(session->statistics().outstanding, options.window);
          CHECK_LE(session->statistics().outstanding, options.window + 64 * 1024);
          CHECK_LT(recorder.get().lines.size(), count / 10);
        }
      }
      WHEN("it is, batch by batch") {
        size_t released = 0;
        while (recorder.wait([&](const session_record& x) { return x.batches.size() > released; })) {
          const auto heard = recorder.get();
          for (; released < heard.batches.size(); ++released)
            session->release(heard.batches[released].cost);
          if (heard.lines.size() == count)
            break;
        }
        THEN("everything arrives") {
          CHECK_EQ(recorder.get().lines.size(), count);
          CHECK_EQ(session->statistics().outstanding, 0u);
          CHECK(eventually([&] { return !session->statistics().reading_paused; }));
        }
      }
    }
  }
}

SCENARIO("what is queued while nothing can be sent leaves in one write") {
  GIVEN("a server that takes its time to agree") {
    std::promise<void> go;
    loopback_server server{[&](tcp::socket socket) {
      go.get_future().wait();
      websocket::stream<tcp::socket> stream{std::move(socket)};
      stream.accept();
      std::string all;
      for (int i = 0; i < 100; ++i) {
        beast::flat_buffer message;
        stream.read(message);
        all += beast::buffers_to_string(message.data());
      }
      stream.write(asio::buffer(all));
      beast::flat_buffer message;
      stream.read(message);
    }};
    const auto session = open(at(transport::ws, server));
    strings sent;
    for (int i = 0; i < 100; ++i) {
      sent.push_back("PRIVMSG #a :" + std::to_string(i));
      CHECK(session->send(sent.back() + "\r\n"));
    }
    CHECK_GT(session->statistics().unsent, 0u);
    go.set_value();
    CHECK(recorder.wait_for_lines(100));
    CHECK_EQ(recorder.get().lines, sent);
    CHECK_EQ(session->statistics().writes, 1u);
  }
}

SCENARIO("the queue of what is to be sent is bounded, and can be emptied") {
  GIVEN("a session that isn't open yet") {
    loopback_server server{never_answer};
    options.max_unsent = 100;
    const auto session = open(at(transport::ws, server));
    CHECK(session->send(std::string(94, 'x')));
    CHECK(!session->send("x"));
    CHECK_EQ(session->discard_unsent(), 100u);
    CHECK(session->send("x"));
  }
}

SCENARIO("a restarted owner goes on where its predecessor ended") {
  GIVEN("an owner that died with lines it had not released") {
    loopback_server server{echo_server(transport::ws)};
    const auto session = open(at(transport::ws, server));
    CHECK(recorder.wait_for_lines(2));
    CHECK(session->send("three\r\n"));
    CHECK(recorder.wait_for_lines(3));
    auto first_owner = recorder;
    session->release(first_owner.get().batches.front().cost);
    const auto unreleased = first_owner.get().batches.back();
    WHEN("a new one is attached") {
      session_recorder second;
      CHECK(session->attach(second.listener()));
      CHECK(second.wait_for_lines(1));
      THEN("it hears again what was not released, with its old number") {
        CHECK_EQ(second.get().opened, 1);
        CHECK_EQ(second.get().lines, (strings{"echo three"}));
        CHECK_EQ(second.get().batches.front().first, unreleased.first);
        CHECK_EQ(second.get().batches.front().cost, unreleased.cost);
        CHECK_EQ(unreleased.first, 2u);
      }
      THEN("what is new goes to it alone") {
        CHECK(first_owner.wait([](const session_record& x) { return x.gone; }));
        CHECK(session->send("four\r\n"));
        CHECK(second.wait_for_lines(2));
        CHECK_EQ(second.get().batches.back().first, 3u);
        CHECK_EQ(first_owner.get().lines.size(), 3u);
      }
      THEN("it hears the end") {
        session->close();
        CHECK(second.wait_until_closed().step == net_step::closed_by_us);
        CHECK(first_owner.get().closed.empty());
      }
      THEN("one that is attached after the end hears it as well") {
        session_recorder third;
        CHECK(session->attach(third.listener()));
        CHECK(third.wait_until_closed().step == net_step::closed_by_us);
        CHECK_EQ(third.get().lines, (strings{"echo three", "echo four"}));
      }
    }
  }
}

SCENARIO("a session ends with its handle and with its context") {
  loopback_server server{echo_server(transport::wss)};
  GIVEN("a session whose last handle goes away") {
    auto session = open(at(transport::wss, server));
    CHECK(recorder.wait_until_open());
    session.reset();
    CHECK(recorder.wait_until_closed().step == net_step::closed_by_us);
  }
  GIVEN("sessions in every state when the context is stopped") {
    loopback_server silent{never_answer};
    session_recorder dialling;
    session_recorder failed;
    const auto one = net_session::open(*context, at(transport::tls, silent), options, dialling.listener());
    const auto two = net_session::open(*context, {transport::tcp, "127.0.0.1", 1, ""}, options, failed.listener());
    const auto three = open(at(transport::wss, server));
    CHECK(recorder.wait_until_open());
    CHECK(failed.wait_until_closed().step == net_step::connect);
    context->stop();
    THEN("all have heard the end when it returns") {
      CHECK_EQ(recorder.get().closed.size(), 1u);
      CHECK_EQ(dialling.get().closed.size(), 1u);
      CHECK_EQ(failed.get().closed.size(), 1u);
      CHECK(recorder.get().gone && dialling.get().gone && failed.get().gone);
    }
    THEN("nothing happens any more") {
      session_recorder late;
      CHECK(!three->attach(late.listener()));
      CHECK(late.get().gone);
      CHECK(!three->send("x\r\n"));
      three->release(1);
      three->close();
      const auto four = net_session::open(*context, at(transport::wss, server), options, late.listener());
      four->close();
    }
    context.reset();
    THEN("handles may outlive the context") {
      CHECK_GE(three->statistics().reads, 1u);
    }
  }
}

END_FIXTURE_SCOPE()
