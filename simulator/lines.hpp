#pragma once

#include "simulator/clock.hpp"
#include "simulator/message_memory.hpp"
#include "simulator/people.hpp"
#include "simulator/rooms.hpp"

#include <map>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// A line as it goes out, with or without its tags.
class outgoing_line {
public:
  /// @param tags without `@`; may be empty.
  outgoing_line(std::string_view tags, std::string_view body);

  std::string_view text(bool with_tags) const {
    return with_tags ? std::string_view{text_} : std::string_view{text_}.substr(body_);
  }

private:
  std::string text_;
  size_t body_ = 0;
};

/// Further tags, unescaped; they replace those that a line has anyway.
using extra_tags = std::map<std::string, std::string>;

/// What a PRIVMSG or USERNOTICE tells.
struct message_facts {
  const person& author;
  role_set role;
  const room& where;
  std::string_view id;
  time_point when;
  std::string_view text;
  bool action = false;
  unsigned bits = 0;
  /// As the client wrote it.
  std::string_view client_nonce = {};
  /// The line it answers.
  const parent_line* parent = nullptr;
  const extra_tags* extra = nullptr;
};

/// `PRIVMSG` with today's tags, in Twitch's order (twitch-platform §1.6).
outgoing_line privmsg_line(const message_facts& facts);

/// `USERNOTICE` (§1.7). @param params without `msg-param-`.
outgoing_line usernotice_line(const message_facts& facts, std::string_view kind, std::string_view system_message,
                              const std::map<std::string, std::string>& params);

/// `CLEARCHAT` (§1.8). @param target nobody: everything is cleared. @param seconds 0: for ever.
outgoing_line clearchat_line(const room& where, const person* target, long seconds, time_point when);

/// `CLEARMSG` (§1.8).
outgoing_line clearmsg_line(const room& where, const parent_line& target, time_point when);

/// `ROOMSTATE` with everything (§1.9).
outgoing_line roomstate_line(const room& where);

/// `ROOMSTATE` with one tag that changed.
outgoing_line roomstate_line(const room& where, std::string_view tag, int value);

/// `USERSTATE` (§1.10). @param id of the message it confirms, or nothing.
outgoing_line userstate_line(const person& who, role_set role, std::string_view channel, std::string_view id,
                             std::string_view client_nonce);

/// `GLOBALUSERSTATE` (§1.10).
outgoing_line globaluserstate_line(const person& who);

/// `NOTICE` with a `msg-id`.
outgoing_line notice_line(std::string_view id, std::string_view channel, std::string_view text);

/// `WHISPER` (§1.12).
outgoing_line whisper_line(const person& from, const person& to, std::string_view id, std::string_view text);

/// `name!name@name.tmi.twitch.tv`
std::string user_prefix(std::string_view login);

} // namespace creamery::simulator
