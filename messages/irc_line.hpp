#pragma once

#include "messages/scan/scan.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// What a line says, by its command word. `numeric` is any three-digit reply; `other` any word that Twitch doesn't use.
enum class irc_verb : uint8_t {
  other,
  numeric,
  cap,
  clearchat,
  clearmsg,
  globaluserstate,
  hosttarget,
  join,
  mode,
  notice,
  part,
  ping,
  pong,
  privmsg,
  reconnect,
  roomstate,
  usernotice,
  userstate,
  whisper,
};

/// Where the parts of one IRC line are. All offsets but `begin` count from the line's first byte, so an index stays right
/// wherever the line is copied to; 16 bits are enough because longer lines are not accepted.
struct irc_index {
  /// Longest accepted line in bytes, without CR LF. Twitch documents no limit; IRCv3 allows 8,191 bytes of tags.
  static constexpr size_t max_line = 65'535;

  /// Offset of the line in the memory it lies in, in bytes.
  uint32_t begin = 0;
  /// Length of the line in bytes, without CR LF.
  uint16_t size = 0;
  /// Length of the tags; they begin at 1, behind the '@'. 0: none.
  uint16_t tags_size = 0;
  /// The sender, without the colon.
  uint16_t prefix = 0;
  uint16_t prefix_size = 0;
  uint16_t command = 0;
  uint16_t command_size = 0;
  /// Behind the command's last byte; the parameters follow, each after at least one space.
  uint16_t params = 0;
  /// The first parameter that begins with '#', without the '#'. Empty: there is none.
  uint16_t channel = 0;
  uint16_t channel_size = 0;
  /// The last parameter, unless it is the channel. An ACTION's wrapper is left out.
  uint16_t text = 0;
  uint16_t text_size = 0;
  irc_verb verb = irc_verb::other;
  /// Whether there is a text, which may be empty all the same.
  bool has_text = false;
  /// Whether the text stood in a CTCP ACTION (`/me`).
  bool action = false;

  friend bool operator==(const irc_index&, const irc_index&) = default;
};

/// Whether `index` only names bytes inside a line that ends at or before `memory_size`: to be asked of every index that
/// arrived from elsewhere.
bool is_valid(const irc_index& index, size_t memory_size) noexcept;

/// Serialises an index; whoever loads one calls `is_valid` before using it.
template <class Inspector>
bool inspect(Inspector& f, irc_index& x) {
  // The verb follows from the command, but is sent along so that the receiver needs no parser.
  auto verb = static_cast<uint8_t>(x.verb);
  return f.object(x).fields(
           f.field("begin", x.begin), f.field("size", x.size), f.field("tags_size", x.tags_size),
           f.field("prefix", x.prefix), f.field("prefix_size", x.prefix_size), f.field("command", x.command),
           f.field("command_size", x.command_size), f.field("params", x.params), f.field("channel", x.channel),
           f.field("channel_size", x.channel_size), f.field("text", x.text), f.field("text_size", x.text_size),
           f.field("verb", verb), f.field("has_text", x.has_text), f.field("action", x.action))
         && (x.verb = static_cast<irc_verb>(verb), verb <= static_cast<uint8_t>(irc_verb::whisper));
}

/// Undoes the escaping of a tag's value: `\:` is ';', `\s` a space, `\r` CR, `\n` LF, `\\` a backslash; before any other
/// character, and at the end, a backslash is dropped (IRCv3 message tags).
std::string unescape_tag(std::string_view value);

/// One line with its parts by name: a view, valid as long as the memory behind it. Nothing is unescaped or converted until
/// it is asked for.
class irc_line {
public:
  /// @param memory the start of the memory that `index.begin` counts from.
  irc_line(const char* memory, const irc_index& index) noexcept : line_(memory + index.begin), index_(index) {
  }

  std::string_view raw() const noexcept {
    return {line_, index_.size};
  }

  irc_verb verb() const noexcept {
    return index_.verb;
  }

  /// The command word or number as it stands in the line.
  std::string_view command() const noexcept {
    return part(index_.command, index_.command_size);
  }

  /// All tags, without the '@', escaped as they came.
  std::string_view tags() const noexcept {
    return index_.tags_size ? part(1, index_.tags_size) : std::string_view{};
  }

  /// The sender as it stands: `nick!nick@nick.tmi.twitch.tv`, `tmi.twitch.tv` or nothing.
  std::string_view prefix() const noexcept {
    return part(index_.prefix, index_.prefix_size);
  }

  /// The sender's login: what stands before '!' or '@'. Empty when the sender is a server.
  std::string_view nick() const noexcept;

  /// The channel without '#'; empty: the line belongs to none.
  std::string_view channel() const noexcept {
    return part(index_.channel, index_.channel_size);
  }

  /// The last parameter unless that is the channel: a message's text, without the wrapper of an ACTION.
  std::string_view text() const noexcept {
    return part(index_.text, index_.text_size);
  }

  bool has_text() const noexcept {
    return index_.has_text;
  }

  /// Whether this was a `/me`.
  bool action() const noexcept {
    return index_.action;
  }

  /// How many parameters there are, the text included.
  size_t param_count() const noexcept;

  /// The n-th parameter from 0, as it stands; nothing when there are fewer.
  std::optional<std::string_view> param(size_t n) const noexcept;

  /// The value of a tag as it came, escaped; an empty one when the tag has no value, nothing when it is missing. When a tag
  /// stands twice, the last one counts (IRCv3).
  std::optional<std::string_view> tag(std::string_view key) const noexcept;

  /// The value of a tag, unescaped; empty when it is missing.
  std::string tag_text(std::string_view key) const;

  /// The value of a tag that holds a whole number; nothing when it is missing or isn't one.
  std::optional<int64_t> tag_number(std::string_view key) const noexcept;

  /// Calls `use(key, escaped_value)` for each tag, in order.
  template <class Use>
  void for_each_tag(Use use) const {
    const auto all = tags();
    std::array<scan::tag_span, 32> spans;
    for (size_t from = all.empty() ? 1 : 0; from <= all.size();) {
      const auto count = scan::active().split_tags(all.data(), all.size(), from, spans.data(), spans.size());
      for (size_t i = 0; i < count; ++i)
        if (const auto& one = spans[i]; one.key != one.end)
          use(std::string_view{all.data() + one.key, all.data() + one.key_end},
              std::string_view{all.data() + one.value, all.data() + one.end});
    }
  }

  /// Calls `use(key, value)` for each tag, in order, with the value unescaped. The value is valid during the call.
  template <class Use>
  void for_each_tag_text(Use use) const {
    const auto all = tags();
    if (scan::active().find(all.data(), all.data() + all.size(), '\\') == all.data() + all.size())
      return for_each_tag(use); // as nearly always
    for_each_tag([&use](std::string_view key, std::string_view value) {
      use(key, value.find('\\') == std::string_view::npos ? value : std::string_view{unescape_tag(value)});
    });
  }

  const irc_index& index() const noexcept {
    return index_;
  }

private:
  std::string_view part(size_t offset, size_t size) const noexcept {
    return {line_ + offset, size};
  }

  const char* line_;
  irc_index index_;
};

/// Escapes a text so that it can stand as a tag's value.
std::string escape_tag(std::string_view text);

} // namespace creamery
