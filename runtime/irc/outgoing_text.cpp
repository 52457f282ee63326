#include "runtime/irc/outgoing_text.hpp"

#include "messages/irc_line.hpp"

#include <algorithm>

namespace creamery::outgoing_text {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// Two code points; Twitch trims spaces at the end, but not this character (twitch-platform 1.14).
constexpr std::string_view invisible_suffix = " \xF3\xA0\x80\x80"; // a space and U+E0000

constexpr std::string_view no_break_space = "\xC2\xA0"; // U+00A0

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The length in bytes of the UTF-8 sequence that `text` begins with; 0: it is none (RFC 3629).
size_t sequence(std::string_view text) noexcept {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                : (first & 0xF0) == 0xE0         ? 3
                : first >= 0xF0 && first <= 0xF4 ? 4
                                                 : 0;
  if (size == 0 || text.size() < size
      || !std::all_of(text.begin() + 1, text.begin() + static_cast<ptrdiff_t>(size), is_continuation))
    return 0;
  auto overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  auto surrogate = first == 0xED && byte(1) > 0x9F;
  auto beyond = first == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : size;
}

/// The length in bytes of the first `count` code points.
size_t prefix(std::string_view text, size_t count) noexcept {
  size_t end = 0;
  while (end < text.size() && count > 0) {
    ++end;
    while (end < text.size() && is_continuation(text[end]))
      ++end;
    --count;
  }
  return end;
}

} // namespace

std::string clean(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto c = static_cast<unsigned char>(text.front());
    if (c <= 0x20 || c == 0x7F) {
      if (!result.empty() && result.back() != ' ')
        result += ' ';
      text.remove_prefix(1);
    } else if (auto size = sequence(text)) {
      result += text.substr(0, size);
      text.remove_prefix(size);
    } else {
      result += replacement;
      text.remove_prefix(1);
    }
  }
  if (!result.empty() && result.back() == ' ')
    result.pop_back();
  return result;
}

bool take_action(std::string& text) {
  if (!text.starts_with("/me "))
    return false;
  text.erase(0, 4);
  return true;
}

std::vector<std::string> split(std::string_view text, size_t limit) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    auto end = prefix(text, limit);
    if (end < text.size() && text[end] != ' ') {
      if (auto space = text.substr(0, end).rfind(' '); space != std::string_view::npos && space > 0)
        end = space;
    }
    pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with(' '))
      text.remove_prefix(1);
  }
  return pieces;
}

size_t length(std::string_view text) noexcept {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string vary(std::string_view text, size_t limit) {
  std::string varied{text};
  if (length(text) + 2 <= limit)
    varied += invisible_suffix;
  else if (auto space = varied.rfind(' '); space != std::string::npos)
    varied.replace(space, 1, no_break_space);
  return varied;
}

std::string format_privmsg(std::string_view channel, std::string_view text, bool action, std::string_view nonce,
                           std::string_view reply_to) {
  std::string line;
  line.reserve(text.size() + channel.size() + nonce.size() + reply_to.size() + 64);
  if (!nonce.empty()) {
    line += "@client-nonce=";
    line += nonce;
  }
  if (!reply_to.empty()) {
    line += line.empty() ? "@reply-parent-msg-id=" : ";reply-parent-msg-id=";
    line += escape_tag(reply_to);
  }
  line += line.empty() ? "PRIVMSG #" : " PRIVMSG #";
  line += channel;
  line += action ? " :\x01"
                   "ACTION "
                 : " :";
  line += text;
  line += action ? "\x01\r\n" : "\r\n";
  return line;
}

} // namespace creamery::outgoing_text
