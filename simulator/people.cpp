#include "simulator/people.hpp"

#include "simulator/ids.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// The colours that Twitch gives to those who chose none.
constexpr std::string_view colors[] = {"#FF0000", "#0000FF", "#008000", "#B22222", "#FF7F50", "#9ACD32",
                                       "#FF4500", "#2E8B57", "#DAA520", "#D2691E", "#5F9EA0", "#1E90FF",
                                       "#FF69B4", "#8A2BE2", "#00FF7F", ""};

} // namespace

bool is_login(std::string_view name) {
  constexpr size_t longest = 25;
  return !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

person make_person(std::string_view login) {
  dice random{spread(login)};
  person made;
  made.login = login;
  made.display_name = login;
  // Most people spell their name with a capital letter; nobody's id is as short as those of Twitch's first users.
  if (random.below(4) != 0 && made.display_name[0] >= 'a' && made.display_name[0] <= 'z')
    made.display_name[0] = static_cast<char>(made.display_name[0] - 'a' + 'A');
  made.user_id = std::to_string(10'000'000 + random.below(1'000'000'000));
  made.color = colors[random.below(std::size(colors))];
  return made;
}

std::string lower(std::string_view text) {
  std::string small{text};
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

} // namespace creamery::simulator
