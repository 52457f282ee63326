#pragma once

#include "simulator/clock.hpp"
#include "simulator/eventsub_book.hpp"
#include "simulator/ids.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// Somebody an event may be about.
struct event_person {
  std::string id;
  std::string login;
  std::string name;
};

/// Makes up events of every type (twitch-platform §3.8), as they could happen to whom a subscription is about.
class event_samples {
public:
  /// @param find_person knows people by their ids; those that nobody knows are made up.
  explicit event_samples(std::function<event_person(std::string_view id)> find_person);

  /// An event that this subscription would be told of. Of an unknown type: an empty one.
  nlohmann::json make(const eventsub_subscription& about, time_point now);

  /// Whether there is one of this type and version.
  static bool has(std::string_view type, std::string_view version);

private:
  std::function<event_person(std::string_view)> find_person_;
  id_source ids_;
  uint64_t next_id_ = 1;
};

} // namespace creamery::simulator
