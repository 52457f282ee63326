#pragma once

#include <string>
#include <string_view>

namespace creamery::simulator {

/// Somebody on Twitch, as every chat line shows them.
struct person {
  std::string login;
  std::string display_name;
  std::string user_id;
  /// `#RRGGBB` or empty.
  std::string color;
};

/// Whether Twitch would have this login: 1 to 25 of a-z, 0-9, `_`.
bool is_login(std::string_view name);

/// The same person for the same login, always: id, colour and spelling follow from it.
person make_person(std::string_view login);

/// ASCII letters made small.
std::string lower(std::string_view text);

} // namespace creamery::simulator
