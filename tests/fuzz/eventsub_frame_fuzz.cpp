// What EventSub says over a WebSocket: nothing throws, what is handed on lies in what was received, what could be read as a
// struct comes out of it as the same again, and what is said in chat is one line.

#include "messages/eventsub/chat_line.hpp"
#include "messages/eventsub/event.hpp"
#include "messages/eventsub/subscription_types.hpp"
#include "runtime/eventsub/frame.hpp"
#include "runtime/eventsub/json_slice.hpp"
#include "runtime/eventsub/session.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace creamery::eventsub;

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

template <class T>
void there_and_back(std::string_view json) {
  auto first = decode<T>(json);
  if (!first)
    return;
  auto text = encode(*first);
  auto second = decode<T>(text);
  if (!second || encode(*second) != text)
    std::abort();
}

template <class... Ts>
void all_there_and_back(type_list<Ts...>, std::string_view json) {
  (there_and_back<Ts>(json), ...);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  std::string_view event = text;
  if (auto read = read_frame(text))
    if (const auto* said = std::get_if<message::notification>(&read->content)) {
      if (!lies_in(said->event, text) || !lies_in(said->events, text))
        std::abort();
      event = said->event;
    }
  all_there_and_back(event_types{}, event);
  for (const auto& type : subscription_types())
    (void)business_key(event, type.business_key);
  for (auto type : chat_types())
    if (auto line = chat_line({1, "bot", "m", std::string{type}, "1", "s", "2026-05-01T00:00:00Z", std::string{event}});
        line && line->find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos)
      std::abort(); // whatever an event contains, it is one line
  session it{{}, 1};
  session::time_point now{std::chrono::hours{1}};
  session_action::list todo;
  it.set_wanted(true, now, todo);
  it.opened(1, now);
  (void)it.receive(1, text, now, todo);
  it.expire(it.deadline(), todo);
  return 0;
}
