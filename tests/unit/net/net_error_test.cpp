#define CAF_SUITE net.net_error

#include "runtime/net/net_error.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("an error is one readable line") {
  GIVEN("errors of different steps") {
    net_error refused;
    refused.step = net_step::tls;
    refused.endpoint = "irc-ws.chat.twitch.tv:443";
    refused.text = "certificate verify failed (self-signed certificate)";
    CHECK_EQ(to_string(refused), "tls irc-ws.chat.twitch.tv:443: certificate verify failed (self-signed certificate)");
    net_error goodbye;
    goodbye.step = net_step::closed_by_server;
    goodbye.endpoint = "h:1";
    goodbye.close_code = 4003;
    goodbye.close_reason = "connection\r\nunused";
    CHECK_EQ(to_string(goodbye), "closed by server h:1 (close code 4003, 'connection??unused')");
  }
}
