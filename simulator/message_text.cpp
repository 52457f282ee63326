#include "simulator/message_text.hpp"

#include "simulator/people.hpp"

#include <algorithm>
#include <map>

namespace creamery::simulator {

namespace {

constexpr size_t longest_message = 500;

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// One space for several, none at the ends.
std::string normalise(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  for (char c : raw)
    if (c != ' ')
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += c;
  if (text.ends_with(' '))
    text.pop_back();
  return text;
}

std::string cut(std::string text) {
  text.resize(first_characters(text, longest_message).size());
  return text;
}

struct emote {
  std::string_view name;
  std::string_view id;
};

constexpr emote emotes[] = {{"Kappa", "25"},      {"Keepo", "1902"},    {"LUL", "425618"},  {"PogChamp", "305954156"},
                            {"HeyGuys", "30259"}, {"BibleThump", "86"}, {"Kreygasm", "41"}, {":)", "1"}};

std::string_view emote_id(std::string_view word) {
  auto found = std::find_if(std::begin(emotes), std::end(emotes), [&](const emote& x) { return x.name == word; });
  return found == std::end(emotes) ? std::string_view{} : found->id;
}

} // namespace

std::string one_line(std::string text) {
  std::replace_if(
    text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

std::string_view first_characters(std::string_view text, size_t count) {
  for (size_t i = 0; i < text.size(); ++i)
    if (begins_character(text[i]) && count-- == 0)
      return text.substr(0, i);
  return text;
}

message_text read_message(std::string_view raw) {
  using kind = message_text::kind;
  constexpr std::string_view action = "\x01"
                                      "ACTION ";
  message_text read;
  if (raw.starts_with(action)) {
    raw.remove_prefix(action.size());
    if (raw.ends_with('\x01'))
      raw.remove_suffix(1);
    read.text = cut(normalise(raw));
    read.what = read.text.empty() ? kind::empty : kind::action;
    return read;
  }
  read.text = normalise(raw);
  if (read.text.empty())
    return read;
  auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  // A dot alone, or three of them, are no command; people write that.
  if ((read.text[0] == '/' || read.text[0] == '.') && read.text.size() > 1 && is_letter(read.text[1])) {
    auto end = read.text.find(' ');
    read.command = lower(read.text.substr(1, end == std::string::npos ? end : end - 1));
    read.text = end == std::string::npos ? std::string{} : read.text.substr(end + 1);
    if (read.command != "me") {
      read.what = kind::command;
      return read;
    }
    read.what = read.text.empty() ? kind::empty : kind::action;
  } else {
    read.what = kind::plain;
  }
  read.text = cut(std::move(read.text));
  return read;
}

bool is_moderation_command(std::string_view name) {
  static constexpr std::string_view known[] = {
    "announce",  "ban",          "clear",          "color",   "commercial", "delete", "emoteonly", "emoteonlyoff",
    "followers", "followersoff", "host",           "mod",     "marker",     "mods",   "raid",      "slow",
    "slowoff",   "subscribers",  "subscribersoff", "timeout", "unban",      "unmod",  "unraid",    "untimeout",
    "unvip",     "uniquechat",   "uniquechatoff",  "vip",     "vips",       "w"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

emote_scan find_emotes(std::string_view text) {
  std::map<std::string_view, std::string> ranges; // by id
  auto words = size_t{0};
  auto found = size_t{0};
  for (size_t at = 0, begin = 0; begin < text.size();) {
    auto word = text.substr(begin, text.find(' ', begin) - begin);
    auto length = count_characters(word);
    if (auto id = emote_id(word); !id.empty()) {
      auto& range = ranges[id];
      range += (range.empty() ? "" : ",") + std::to_string(at) + "-" + std::to_string(at + length - 1);
      ++found;
    }
    if (length > 0)
      ++words;
    at += length + 1;
    begin += word.size() + 1;
  }
  emote_scan scan;
  for (const auto& [id, range] : ranges) {
    if (!scan.tag.empty())
      scan.tag += '/';
    scan.tag += std::string{id} + ":" + range;
  }
  scan.only_emotes = words > 0 && words == found;
  return scan;
}

} // namespace creamery::simulator
