#include "runtime/irc/parser.hpp"

#include "messages/scan/scan.hpp"

namespace creamery {

namespace {

constexpr std::string_view action_begin = "\x01"
                                          "ACTION ";

/// For the short words behind the tags.
const char* word_end(const char* first, const char* last) noexcept {
  while (first != last && *first != ' ')
    ++first;
  return first;
}

const char* skip_spaces(const char* first, const char* last) noexcept {
  while (first != last && *first == ' ')
    ++first;
  return first;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

irc_verb verb_of(std::string_view word) noexcept {
  switch (word.size()) {
    case 3:
      if (is_digit(word[0]) && is_digit(word[1]) && is_digit(word[2]))
        return irc_verb::numeric;
      if (word == "CAP")
        return irc_verb::cap;
      break;
    case 4:
      if (word == "JOIN")
        return irc_verb::join;
      if (word == "PART")
        return irc_verb::part;
      if (word == "PING")
        return irc_verb::ping;
      if (word == "PONG")
        return irc_verb::pong;
      if (word == "MODE")
        return irc_verb::mode;
      break;
    case 6:
      if (word == "NOTICE")
        return irc_verb::notice;
      break;
    case 7:
      if (word == "PRIVMSG")
        return irc_verb::privmsg;
      if (word == "WHISPER")
        return irc_verb::whisper;
      break;
    case 8:
      if (word == "CLEARMSG")
        return irc_verb::clearmsg;
      break;
    case 9:
      if (word == "CLEARCHAT")
        return irc_verb::clearchat;
      if (word == "ROOMSTATE")
        return irc_verb::roomstate;
      if (word == "USERSTATE")
        return irc_verb::userstate;
      if (word == "RECONNECT")
        return irc_verb::reconnect;
      break;
    case 10:
      if (word == "USERNOTICE")
        return irc_verb::usernotice;
      if (word == "HOSTTARGET")
        return irc_verb::hosttarget;
      break;
    case 15:
      if (word == "GLOBALUSERSTATE")
        return irc_verb::globaluserstate;
      break;
    default: break;
  }
  return irc_verb::other;
}

} // namespace

std::string_view to_string(irc_parse_error error) noexcept {
  switch (error) {
    case irc_parse_error::none: return "none";
    case irc_parse_error::empty: return "empty line";
    case irc_parse_error::too_long: return "line of more than 65,535 bytes";
    case irc_parse_error::no_command: return "line without a command";
  }
  return "unknown";
}

irc_parse_error parse_irc(std::string_view line, irc_index& index) noexcept {
  auto& found = index; // written where it belongs at once: gathering it first takes a third of the whole time
  found = {};
  if (line.size() > irc_index::max_line)
    return irc_parse_error::too_long;
  const auto* first = line.data();
  const auto* last = first + line.size();
  auto offset = [first](const char* p) { return static_cast<uint16_t>(p - first); };
  found.size = static_cast<uint16_t>(line.size());

  const auto* p = skip_spaces(first, last);
  if (p == last) {
    found = {};
    return irc_parse_error::empty;
  }
  if (p == first && *p == '@') {
    p = scan::active().find(p, last, ' ');
    found.tags_size = static_cast<uint16_t>(p - first - 1);
    p = skip_spaces(p, last);
  }
  if (p != last && *p == ':') {
    found.prefix = offset(++p);
    const auto* end = scan::active().find(p, last, ' ');
    found.prefix_size = static_cast<uint16_t>(end - p);
    p = skip_spaces(end, last);
  }
  if (p == last) {
    found = {};
    return irc_parse_error::no_command;
  }
  const auto* command_end = word_end(p, last);
  found.command = offset(p);
  found.command_size = static_cast<uint16_t>(command_end - p);
  found.verb = verb_of({p, found.command_size});
  found.params = offset(command_end);

  // The parameters: remembers the first one that names a channel, and the last one.
  for (p = skip_spaces(command_end, last); p != last;) {
    const auto trailing = *p == ':';
    p += trailing;
    const auto* end = trailing ? last : word_end(p, last);
    // A trailing parameter is a channel only when it stands alone (`JOIN :#chan`); behind another one it is somebody's text.
    if (found.channel_size == 0 && (!trailing || !found.has_text) && end - p > 1 && *p == '#') {
      found.channel = offset(p + 1);
      found.channel_size = static_cast<uint16_t>(end - p - 1);
      found.has_text = false;
    } else {
      found.text = offset(p);
      found.text_size = static_cast<uint16_t>(end - p);
      found.has_text = true;
    }
    p = trailing ? last : skip_spaces(end, last);
  }
  if (!found.has_text)
    found.text = found.text_size = 0;

  if (found.has_text && found.verb == irc_verb::privmsg
      && std::string_view{first + found.text, found.text_size}.starts_with(action_begin)) {
    found.action = true;
    found.text = static_cast<uint16_t>(found.text + action_begin.size());
    found.text_size = static_cast<uint16_t>(found.text_size - action_begin.size());
    if (found.text_size > 0 && first[found.text + found.text_size - 1] == '\x01')
      --found.text_size; // may be missing, so it isn't asked for
  }
  return irc_parse_error::none;
}

} // namespace creamery
