#pragma once

#include "messages/irc_line.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The parser's twin, for unit tests and fuzzing: straight from the grammar of twitch-platform 1.5, with copies of everything and
/// without any cleverness. It shares nothing with the real one but `irc_line`, which it judges.
namespace creamery::test {

/// One line, taken apart.
struct slow_line {
  /// "none", "empty line", … as the real parser calls them.
  std::string error = "none";
  bool has_tags = false;
  std::string raw_tags;
  /// In order, values still escaped.
  std::vector<std::pair<std::string, std::string>> tags;
  std::string prefix;
  std::string command;
  std::vector<std::string> params;
  /// Whether the last parameter began with a colon.
  bool trailing = false;
};

inline std::vector<std::string> slow_split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

inline std::string slow_unescape(const std::string& value) {
  std::string text;
  bool escaped = false;
  for (char c : value) {
    if (!escaped && c == '\\') {
      escaped = true;
      continue;
    }
    if (escaped && c == ':')
      text += ';';
    else if (escaped && c == 's')
      text += ' ';
    else if (escaped && c == 'r')
      text += '\r';
    else if (escaped && c == 'n')
      text += '\n';
    else
      text += c;
    escaped = false;
  }
  return text;
}

namespace slow {

inline void drop_spaces(std::string& text) {
  while (!text.empty() && text[0] == ' ')
    text = text.substr(1);
}

inline std::string take_word(std::string& text) {
  std::string word;
  size_t i = 0;
  while (i < text.size() && text[i] != ' ')
    word += text[i++];
  text = text.substr(i);
  return word;
}

} // namespace slow

inline slow_line slow_parse(const std::string& line) {
  slow_line result;
  if (line.size() > 65'535) {
    result.error = "line of more than 65,535 bytes";
    return result;
  }
  auto rest = line;
  slow::drop_spaces(rest);
  if (rest.empty()) {
    result.error = "empty line";
    return result;
  }
  if (line[0] == '@') { // tags stand at the very beginning or not at all
    result.has_tags = true;
    result.raw_tags = slow::take_word(rest).substr(1);
    for (const auto& one : slow_split(result.raw_tags, ';')) {
      if (one.empty())
        continue;
      auto equals = one.find('=');
      if (equals == std::string::npos)
        result.tags.emplace_back(one, "");
      else
        result.tags.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    }
    slow::drop_spaces(rest);
  }
  if (!rest.empty() && rest[0] == ':') {
    result.prefix = slow::take_word(rest).substr(1);
    slow::drop_spaces(rest);
  }
  if (rest.empty()) {
    result.error = "line without a command";
    return result;
  }
  result.command = slow::take_word(rest);
  for (;;) {
    slow::drop_spaces(rest);
    if (rest.empty())
      break;
    if (rest[0] == ':') {
      result.params.push_back(rest.substr(1));
      result.trailing = true;
      break;
    }
    result.params.push_back(slow::take_word(rest));
  }
  return result;
}

inline irc_verb slow_verb(const std::string& command) {
  static const std::map<std::string, irc_verb> words{
    {"CAP", irc_verb::cap},
    {"CLEARCHAT", irc_verb::clearchat},
    {"CLEARMSG", irc_verb::clearmsg},
    {"GLOBALUSERSTATE", irc_verb::globaluserstate},
    {"HOSTTARGET", irc_verb::hosttarget},
    {"JOIN", irc_verb::join},
    {"MODE", irc_verb::mode},
    {"NOTICE", irc_verb::notice},
    {"PART", irc_verb::part},
    {"PING", irc_verb::ping},
    {"PONG", irc_verb::pong},
    {"PRIVMSG", irc_verb::privmsg},
    {"RECONNECT", irc_verb::reconnect},
    {"ROOMSTATE", irc_verb::roomstate},
    {"USERNOTICE", irc_verb::usernotice},
    {"USERSTATE", irc_verb::userstate},
    {"WHISPER", irc_verb::whisper},
  };
  if (auto i = words.find(command); i != words.end())
    return i->second;
  if (command.size() == 3 && command.find_first_not_of("0123456789") == std::string::npos)
    return irc_verb::numeric;
  return irc_verb::other;
}

/// What our own meaning adds to the grammar: which parameter is the channel, which is the text.
struct slow_meaning {
  std::string channel;
  std::optional<std::string> text;
  bool action = false;
};

inline slow_meaning slow_interpret(const slow_line& line) {
  slow_meaning result;
  std::optional<size_t> channel_at;
  for (size_t i = 0; i < line.params.size() && !channel_at; ++i) {
    const auto& one = line.params[i];
    auto is_trailing = line.trailing && i + 1 == line.params.size();
    // Behind other parameters, a trailing one is somebody's text, whatever it begins with.
    if (one.size() > 1 && one[0] == '#' && (!is_trailing || i == 0))
      channel_at = i;
  }
  if (channel_at)
    result.channel = line.params[*channel_at].substr(1);
  if (!line.params.empty() && channel_at != line.params.size() - 1)
    result.text = line.params.back();
  if (line.command == "PRIVMSG" && result.text
      && result.text->substr(0, 8)
           == "\x01"
              "ACTION ") {
    result.action = true;
    result.text = result.text->substr(8);
    if (!result.text->empty() && result.text->back() == '\x01')
      result.text->pop_back();
  }
  return result;
}

/// Calls every accessor of a parsed line. Returns the name of the first one that the twin disagrees with; empty: they agree.
inline std::string difference(const irc_line& ours, const std::string& text) {
  const auto twin = slow_parse(text);
  const auto meaning = slow_interpret(twin);
  if (twin.error != "none")
    return "error";
  if (ours.raw() != text)
    return "raw";
  if (ours.tags() != twin.raw_tags)
    return "tags";
  if (ours.prefix() != twin.prefix)
    return "prefix";
  if (auto end = twin.prefix.find_first_of("!@");
      ours.nick() != (end == std::string::npos ? "" : twin.prefix.substr(0, end)))
    return "nick";
  if (ours.command() != twin.command)
    return "command";
  if (ours.verb() != slow_verb(twin.command))
    return "verb";
  if (ours.param_count() != twin.params.size())
    return "param_count";
  for (size_t i = 0; i < twin.params.size(); ++i)
    if (ours.param(i) != twin.params[i])
      return "param";
  if (ours.param(twin.params.size()))
    return "param beyond the last";
  if (ours.channel() != meaning.channel)
    return "channel";
  if (ours.has_text() != meaning.text.has_value())
    return "has_text";
  if (ours.text() != meaning.text.value_or(""))
    return "text";
  if (ours.action() != meaning.action)
    return "action";
  std::vector<std::pair<std::string, std::string>> seen;
  ours.for_each_tag([&](std::string_view key, std::string_view value) { seen.emplace_back(key, value); });
  if (seen != twin.tags)
    return "for_each_tag";
  std::map<std::string, std::string> last;
  for (const auto& [key, value] : twin.tags)
    last[key] = value;
  for (const auto& [key, value] : last) {
    if (ours.tag(key) != value)
      return "tag";
    if (ours.tag_text(key) != slow_unescape(value))
      return "tag_text";
    if (unescape_tag(escape_tag(slow_unescape(value))) != slow_unescape(value))
      return "escape_tag";
    ours.tag_number(key);
  }
  if (last.count("no-such-tag") == 0 && ours.tag("no-such-tag"))
    return "a tag that isn't there";
  return {};
}

} // namespace creamery::test
