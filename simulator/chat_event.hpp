#pragma once

#include "simulator/message_memory.hpp"
#include "simulator/requests.hpp"
#include "simulator/rooms.hpp"

#include <nlohmann/json.hpp>

namespace creamery::simulator {

/// A message that was said in a room, and how.
struct said_message {
  const room& where;
  const person& author;
  role_set role;
  const parent_line& kept;
  const say_request& what;
};

/// The `event` of channel.chat.message for it (twitch-platform §3.8). Its text is one fragment.
/// @param owner of the room. @param parent what it answers; null: nothing.
nlohmann::json chat_message_event(const said_message& said, const person& owner, const parent_line* parent);

} // namespace creamery::simulator
