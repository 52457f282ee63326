// What an old PubSub server says: nothing throws, and whatever order it comes in, a connection goes on.

#include "messages/eventsub/event.hpp"
#include "messages/pubsub/replacement.hpp"
#include "runtime/pubsub/frame.hpp"
#include "runtime/pubsub/session.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace creamery;
using namespace creamery::pubsub;

namespace {

/// Opens the links that the session wants opened, and remembers the questions that have no token.
void perform(session& it, session_action::list& todo, session::time_point now, uint64_t& newest) {
  for (size_t i = 0; i < todo.size(); ++i) { // which grows
    if (const auto* open = std::get_if<session_action::open>(&todo[i])) {
      newest = open->link;
      if (newest % 5 != 4) // some never open
        it.opened(newest, now, todo);
    } else if (const auto* asked = std::get_if<session_action::ask>(&todo[i]); asked != nullptr && i % 7 == 6) {
      it.no_token(std::string{asked->nonce}, "none", now, todo);
    }
  }
  todo.clear();
}

} // namespace

/// Lines are frames, which come one second after the other; each is tried as an event, too. A line that begins with '-' comes by the
/// link before the newest one, '!' ends the newest one and '?' the one before, and after '+' comes half a minute of silence.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  session it{{}, 1};
  session::time_point now{std::chrono::hours{1}};
  session_action::list todo;
  uint64_t newest = 0;
  it.want({{"channel-bits-events-v2.1", "red"}, {"whispers.9", "ann"}}, now, todo);
  while (!text.empty()) {
    perform(it, todo, now, newest);
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto first = line.empty() ? '\0' : line.front();
    if (first == '-')
      line.remove_prefix(1);
    if (first == '!' || first == '?')
      it.closed(newest - (first == '?' ? 1 : 0), "cut", now, todo);
    if (auto message = it.receive(newest - (first == '-' ? 1 : 0), line, now, todo);
        message && (message->topic.empty() || message->text.empty()))
      std::abort();
    for (auto topic : topic_names())
      for (auto type : replacements_of(*find_topic(topic))) {
        eventsub::event event{1, "bot", "m", std::string{type}, "1", "s", "2026-05-01T00:00:00Z", std::string{line}};
        for (const auto& one : from_event(event))
          if (one.json.empty() || one.topic.empty())
            std::abort();
      }
    perform(it, todo, now, newest);
    now += std::chrono::seconds{first == '+' ? 30 : 1};
    it.expire(now, todo);
    perform(it, todo, now, newest);
    if (it.deadline() <= now)
      std::abort(); // it would never sleep
  }
  return 0;
}
