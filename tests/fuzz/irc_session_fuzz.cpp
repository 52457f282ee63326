// One IRC connection's life, driven by whatever the server, the clock and the outbox may do. The input is a sequence of steps: one
// byte says what happens, and what it needs follows (a line up to the next LF, one byte for a number).

#include "runtime/irc/parser.hpp"
#include "runtime/irc/session.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace creamery;
using namespace std::chrono_literals;

constexpr std::string_view token = "s3cr3t-t0k3n-0f-th3-b0t";

void demand(bool ok, const char* what) {
  if (!ok) {
    std::fprintf(stderr, "the session broke a promise: %s\n", what);
    std::abort();
  }
}

class driver {
public:
  explicit driver(std::string_view input) : rest_(input), knows_token_(input.find(token) != std::string_view::npos) {
    const auto anonymous = number() % 2 == 1;
    session_.emplace(irc_session_options{}, irc_login{"mybot", anonymous ? secret{} : secret{token}}, now_, todo_);
    demand(todo_.size() == 1 && std::holds_alternative<irc_action::send>(todo_[0]), "it begins with the login");
    demand((std::get<irc_action::send>(todo_[0]).lines.find(token) != std::string::npos) == !anonymous, "PASS");
    todo_.clear();
  }

  void run() {
    while (!rest_.empty()) {
      const auto where = session_->where();
      step(number());
      look_at_actions(where);
    }
  }

private:
  void step(uint8_t what) {
    switch (what % 8) {
      case 0: // a line from the server
      case 1: {
        const auto text = line();
        irc_index index;
        if (parse_irc(text, index) == irc_parse_error::none)
          session_->receive(irc_line{text.data(), index}, now_, todo_);
        break;
      }
      case 2: // time passes, and the owner looks late
        now_ += 1s * number();
        session_->expire(now_, todo_);
        break;
      case 3: // the owner looks exactly in time
        if (session_->deadline() != irc_session::time_point::max())
          now_ = std::max(now_, session_->deadline());
        session_->expire(now_, todo_);
        demand(session_->deadline() > now_, "the deadline lies in the future once it was looked at");
        break;
      case 4: {
        const size_t count = number() % 32;
        permitted_ += count;
        session_->permit_joins(count, now_, todo_);
        break;
      }
      case 5: session_->join({channel()}, now_, todo_); break;
      case 6: session_->part(channel(), todo_); break;
      default:
        if (number() % 2 == 0)
          session_->excuse_silence(now_);
        else
          session_->repeat_requests(todo_);
    }
    demand(!session_->settled() || session_->where() == irc_session::phase::welcome, "settled before the welcome");
  }

  void look_at_actions(irc_session::phase before) {
    const auto over = before == irc_session::phase::refused || before == irc_session::phase::given_up;
    for (const auto& action : todo_) {
      if (const auto* send = std::get_if<irc_action::send>(&action)) {
        const std::string_view lines = send->lines;
        demand(lines.ends_with("\r\n"), "what is sent ends with CR LF");
        demand(lines.find('\n') == lines.size() - 1, "one line at a time");
        demand(knows_token_ || lines.find(token) == std::string_view::npos, "the token is sent once, in PASS");
        demand(lines.starts_with("PONG") || lines.starts_with("PING") || lines.starts_with("JOIN #")
                 || lines.starts_with("PART #"),
               "only what the protocol needs is sent");
        if (lines.starts_with("JOIN #")) {
          demand(before == irc_session::phase::welcome, "nothing is joined unless welcome");
          for (char c : lines)
            joins_ += c == '#';
          demand(lines.size() <= 512, "a line of RFC 1459");
        }
      } else if (const auto* request = std::get_if<irc_action::request_joins>(&action)) {
        demand(request->count > 0, "a request for nothing");
      } else if (std::holds_alternative<irc_action::welcomed>(action)) {
        demand(++welcomes_ == 1, "welcomed once");
      } else if (const auto* joined = std::get_if<irc_action::joined>(&action)) {
        demand(!joined->channel.empty(), "a channel has a name");
      } else if (const auto* failed = std::get_if<irc_action::join_failed>(&action)) {
        demand(failed->retry_in >= 30s && failed->retry_in <= 10min, "a failed JOIN waits");
      }
      demand(!over || !std::holds_alternative<irc_action::request_joins>(action),
             "nothing is asked for when it is over");
    }
    demand(joins_ <= permitted_, "no more JOINs than were permitted");
    todo_.clear();
  }

  uint8_t number() {
    if (rest_.empty())
      return 0;
    const auto n = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return n;
  }

  std::string line() {
    auto end = rest_.find('\n');
    std::string text{rest_.substr(0, end)};
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return text;
  }

  /// One of the names that a configuration may hold.
  std::string channel() {
    auto n = number();
    return n < 8 ? std::string(1, static_cast<char>('a' + n))
                 : "a_channel_with_25_letter" + std::string(1, static_cast<char>('a' + n % 26));
  }

  std::string_view rest_;
  /// Whether the input knows the token, so that a PONG may hold it.
  bool knows_token_;
  irc_session::time_point now_{1h};
  irc_action::list todo_;
  std::optional<irc_session> session_;
  size_t permitted_ = 0;
  size_t joins_ = 0;
  int welcomes_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  driver{{reinterpret_cast<const char*>(data), size}}.run();
  return 0;
}
