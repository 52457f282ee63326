#pragma once

#include "messages/irc_line.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// One emote in a text: its id and which bytes of the text it takes.
struct emote {
  std::string_view id;
  size_t offset = 0;
  size_t size = 0;

  friend bool operator==(const emote&, const emote&) = default;
};

/// Somebody's message in a channel: a view with Twitch's meaning of the tags (twitch-platform 1.6). Valid while the handler
/// that got it runs; copy what must last longer.
class chat_message : public irc_line {
public:
  using irc_line::irc_line;

  explicit chat_message(const irc_line& line) noexcept : irc_line(line) {
  }

  /// The sender's login name, in lower case.
  std::string_view user() const noexcept {
    return nick();
  }

  /// The sender's name as they spell it; the login name when there is none.
  std::string display_name() const;

  std::string_view user_id() const noexcept {
    return tag("user-id").value_or("");
  }

  /// Names the message for replies and deletions; empty on lines that Twitch gave no id.
  std::string_view id() const noexcept {
    return tag("id").value_or("");
  }

  /// When Twitch sent it; the clock's epoch when it doesn't say so.
  std::chrono::system_clock::time_point sent_at() const noexcept;

  /// Whether the sender wears a badge of this set (`moderator`, `vip`, `subscriber`, …), whatever its version.
  bool has_badge(std::string_view set) const noexcept;

  /// The version of a badge (`subscriber/12` is "12"); empty when it isn't worn.
  std::string_view badge(std::string_view set) const noexcept;

  bool is_broadcaster() const noexcept {
    return has_badge("broadcaster");
  }

  /// Whether the sender may moderate here; the broadcaster may, too.
  bool is_moderator() const noexcept {
    return is_broadcaster() || has_badge("moderator") || has_badge("lead_moderator");
  }

  bool is_vip() const noexcept {
    return has_badge("vip");
  }

  bool is_subscriber() const noexcept {
    return has_badge("subscriber") || has_badge("founder");
  }

  bool is_first_message() const noexcept {
    return tag("first-msg") == "1";
  }

  /// Bits cheered with this message; 0: none.
  int64_t bits() const noexcept {
    return tag_number("bits").value_or(0);
  }

  /// Whether it answers another message …
  bool is_reply() const noexcept {
    return tag("reply-parent-msg-id").has_value();
  }

  /// … and whose.
  std::string_view reply_parent_user() const noexcept {
    return tag("reply-parent-user-login").value_or("");
  }

  /// The text without the `@Name ` that Twitch puts in front of a reply.
  std::string_view text_without_mention() const;

  /// The emotes, in the order of the tag. Twitch counts code points; the result counts bytes. Ranges that reach beyond the
  /// text, which happens, are left out.
  std::vector<emote> emotes() const;
};

} // namespace creamery
