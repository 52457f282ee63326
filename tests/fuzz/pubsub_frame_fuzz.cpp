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

using namespace creamery;
using namespace creamery::pubsub;

/// Lines are frames, which come one second after the other; each is tried as an event, too.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  session it{{}, {{"channel-bits-events-v2.1", "red"}, {"whispers.9", "ann"}}, 1};
  session::time_point now{std::chrono::hours{1}};
  session_action::list todo;
  it.start(now, todo);
  it.opened(1, now, todo);
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto message = it.receive(1, line, now, todo); message && (message->topic.empty() || message->text.empty()))
      std::abort();
    for (auto topic : topic_names())
      for (auto type : replacements_of(*find_topic(topic))) {
        eventsub::event event{1, "bot", "m", std::string{type}, "1", "s", "2026-05-01T00:00:00Z", std::string{line}};
        for (const auto& one : from_event(event))
          if (one.json.empty() || one.topic.empty())
            std::abort();
      }
    now += std::chrono::seconds{1};
    it.expire(now, todo);
    if (it.deadline() <= now)
      std::abort(); // it would never sleep
  }
  return 0;
}
