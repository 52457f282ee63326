#include "messages/chat_message.hpp"

#include <algorithm>
#include <charconv>

namespace creamery {

namespace {

/// Takes the part before `separator` off the front of `text`.
std::string_view take(std::string_view& text, char separator) noexcept {
  auto end = text.find(separator);
  auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool to_number(std::string_view text, size_t& number) noexcept {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// The byte offset of each code point, and the size of the text as the last one.
std::vector<size_t> code_point_offsets(std::string_view text) {
  std::vector<size_t> offsets;
  for (size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80)
      offsets.push_back(i);
  offsets.push_back(text.size());
  return offsets;
}

} // namespace

std::string chat_message::display_name() const {
  auto name = tag_text("display-name");
  return name.empty() ? std::string{user()} : name;
}

std::chrono::system_clock::time_point chat_message::sent_at() const noexcept {
  using std::chrono::milliseconds;
  using time_point = std::chrono::system_clock::time_point;
  // The clock counts finer than milliseconds: a number that nobody can mean would overflow.
  constexpr auto most = std::chrono::floor<milliseconds>(time_point::duration::max()).count();
  auto sent = tag_number("tmi-sent-ts").value_or(0);
  return time_point{milliseconds{sent >= 0 && sent <= most ? sent : 0}};
}

bool chat_message::has_badge(std::string_view set) const noexcept {
  auto rest = tag("badges").value_or("");
  while (!rest.empty()) {
    auto one = take(rest, ',');
    if (take(one, '/') == set)
      return true;
  }
  return false;
}

std::string_view chat_message::badge(std::string_view set) const noexcept {
  auto rest = tag("badges").value_or("");
  while (!rest.empty()) {
    auto one = take(rest, ',');
    if (take(one, '/') == set)
      return one;
  }
  return {};
}

std::string_view chat_message::text_without_mention() const {
  auto all = text();
  if (!is_reply() || !all.starts_with('@'))
    return all;
  auto rest = all;
  // A display name may hold spaces (twitch-platform 1.5), so the first space isn't always the end of the mention.
  auto mention = '@' + tag_text("reply-parent-display-name") + ' ';
  if (rest.starts_with(mention))
    rest.remove_prefix(mention.size());
  else
    take(rest, ' ');
  return rest;
}

std::vector<emote> chat_message::emotes() const {
  std::vector<emote> found;
  auto rest = tag("emotes").value_or("");
  if (rest.empty())
    return found;
  auto offsets = code_point_offsets(text());
  while (!rest.empty()) {
    auto ranges = take(rest, '/');
    auto id = take(ranges, ':');
    while (!ranges.empty()) {
      auto last = take(ranges, ',');
      auto first = take(last, '-');
      size_t begin = 0;
      size_t end = 0;
      if (to_number(first, begin) && to_number(last, end) && begin <= end && end < offsets.size() - 1)
        found.push_back({id, offsets[begin], offsets[end + 1] - offsets[begin]});
    }
  }
  return found;
}

} // namespace creamery
