#pragma once

#include "messages/result.hpp"
#include "simulator/accounts.hpp"
#include "simulator/chat_event.hpp"
#include "simulator/counters.hpp"
#include "simulator/fault_book.hpp"
#include "simulator/history.hpp"
#include "simulator/ids.hpp"
#include "simulator/irc_text.hpp"
#include "simulator/lines.hpp"
#include "simulator/message_memory.hpp"
#include "simulator/message_text.hpp"
#include "simulator/options.hpp"
#include "simulator/requests.hpp"
#include "simulator/rooms.hpp"
#include "simulator/session.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// A chat line that is on its way to those who are in its channel.
struct chat_delivery {
  /// With its tags, and where it begins without them.
  std::string_view text;
  size_t body = 0;
  /// "PRIVMSG", "USERNOTICE", "CLEARCHAT" or "CLEARMSG"; all but the first need twitch.tv/commands.
  std::string_view kind;
  /// Empty if it has none.
  std::string_view id{};
  /// Who doesn't get it: the connection that sent it.
  const session* sender = nullptr;
  /// A client that has more bytes than this waiting misses the line.
  size_t drop_above = SIZE_MAX;
};

/// A message that comes another way than IRC (Send Chat Message).
struct post_request {
  account* sender = nullptr;
  room* where = nullptr;
  std::string text;
  /// The id of the line that this one answers.
  std::string reply_to;
  /// An app's token was used: the line has the Chat Bot badge.
  bool as_bot = false;
};

/// What became of it.
struct post_outcome {
  judgement judged;
  /// Why it was refused.
  notice_text why;
  /// Empty if it was refused.
  std::string id;
};

/// Twitch chat without sockets and without a clock: accounts, rooms, sessions and every rule between them. It is told
/// what clients say and what time it is, and answers over their links. One file for each part: chat_login, chat_rooms,
/// chat_messages, chat_events.
class chat_server {
public:
  /// @param setup, log outlive this.
  chat_server(const options& setup, history& log);

  // -- clients -------------------------------------------------------------------------------------------------------

  /// Somebody connected. Faults that waited for a connection strike; the session lives until `closed`.
  session& open(client_link& link, std::string_view transport, time_point now);

  /// One line from a client.
  void receive(session& from, std::string_view line, time_point now);

  /// A connection is gone. @param unwritten chat lines that were still waiting for it.
  void closed(session& gone, std::string_view reason, size_t unwritten, time_point now);

  /// Does what is due: PINGs, time-outs, announcements. To be called several times a second.
  void tick(time_point now);

  // -- from outside --------------------------------------------------------------------------------------------------

  result<bool> apply(const account_request& request, time_point now);
  result<bool> apply(const room_request& request, time_point now);
  bool revoke(std::string_view token, time_point now);

  /// Takes all tokens of an account away (only those of this client, unless it is empty). Returns how many access tokens
  /// that were.
  size_t revoke_all(std::string_view login, std::string_view client_id, time_point now);

  result<std::string> say(const say_request& request, time_point now);
  result<std::string> notice(const notice_request& request, time_point now);
  result<bool> clear(const clear_request& request, time_point now);
  result<size_t> cause(const fault& what, time_point now);
  void clear_faults(time_point now);

  // -- for Helix -----------------------------------------------------------------------------------------------------

  /// The same rules, limits and memory as for a PRIVMSG.
  post_outcome post(const post_request& request, time_point now);

  /// Somebody as every chat line shows them, with or without an account.
  person who_is(std::string_view login);

  /// The account with this user id: a known one, a channel's, or that of somebody who said something lately.
  account* find_user(std::string_view user_id);

  /// A line that was said, by its id.
  std::optional<parent_line> find_message(std::string_view id) const {
    return find_parent(id);
  }

  /// Gives or takes one role. The account's connections in the room learn of it.
  void set_role(room& where, std::string_view login, bool role_set::*role, bool value);

  /// Ends a ban or a timeout, which nobody is told of (§1.8).
  void unban(room& where, std::string_view login, time_point now);

  /// WHISPER to the account's connections (§1.12). Returns how many that were.
  size_t whisper(const person& from, const person& to, std::string_view text, time_point now);

  /// The fault that strikes an HTTP request of this client with this account's token.
  std::optional<fault> take_http_fault(std::string_view path, std::string_view client, std::string_view login,
                                       time_point now);

  // -- for those who make chat ---------------------------------------------------------------------------------------

  /// The channel, made if need be. Nothing if that is no channel name, or there are too many.
  room* get_room(std::string_view name);
  room* find_room(std::string_view name);
  const room* find_room(std::string_view name) const;

  /// Says something as `author`, whatever the limits. Returns the line's id.
  std::string speak(room& where, const person& author, role_set role, const say_request& what, time_point now);

  /// A viewer without connection comes or goes, as others see it.
  void enter(room& where, std::string_view login, time_point now);
  void leave(room& where, std::string_view login, time_point now);

  /// Hands a chat line to everybody in the channel. Returns how many that were.
  size_t deliver(room& where, const chat_delivery& line, time_point now);

  using message_listener = std::function<void(const said_message& said, const parent_line* parent, time_point now)>;

  /// Whoever else is told of each message.
  void tell_of_messages(message_listener listener) {
    on_message_ = std::move(listener);
  }

  /// How ids that aren't this server's are found: those of replayed lines.
  using parent_lookup = std::function<std::optional<parent_line>(std::string_view id)>;

  void find_parents_with(parent_lookup lookup) {
    other_parents_ = std::move(lookup);
  }

  // -- to be looked at -----------------------------------------------------------------------------------------------

  struct counters& counters() noexcept {
    return counters_;
  }

  const std::map<uint64_t, std::unique_ptr<session>>& sessions() const noexcept {
    return sessions_;
  }

  const std::map<std::string, std::unique_ptr<room>, std::less<>>& rooms() const noexcept {
    return rooms_;
  }

  const struct counters& counters() const noexcept {
    return counters_;
  }

  account_book& accounts() noexcept {
    return accounts_;
  }

  const account_book& accounts() const noexcept {
    return accounts_;
  }

  const std::vector<fault>& waiting_faults() const noexcept {
    return faults_.waiting();
  }

private:
  // chat_server.cpp
  void send(session& to, std::string_view line);
  void send(session& to, const outgoing_line& line);
  void notify(session& to, std::string_view channel, const notice_text& text);
  void dismiss(session& whom);
  void strike(session& whom, const fault& what, time_point now);
  void watch(session& whom, time_point now);

  // chat_login.cpp
  void request_capabilities(session& from, const irc_text& line);
  void log_in(session& from, time_point now);
  void refuse_login(session& from, std::string_view text, std::string_view reason, time_point now);
  void welcome(session& whom, time_point now);

  // chat_rooms.cpp
  void join(session& from, const irc_text& line, time_point now);
  verdict join_one(session& from, std::string_view channel, time_point now);
  void part(session& from, const irc_text& line, time_point now);
  void leave_room(session& from, room& where, time_point now);
  bool at_channel_limit(const account& who, const room& next);
  void list_names(session& to, const room& where);
  void announce(room& where, bool joined, std::string_view login, time_point now);
  void flush_announcements(room& where);

  // chat_messages.cpp
  void privmsg(session& from, const irc_text& line, time_point now);

  struct message_outcome {
    judgement judged;
    std::string id;
  };

  judgement judge_text(account& who, room& where, bool may_write, const message_text& read, time_point now);
  void count_message(verdict what);
  message_outcome judge_message(session& from, std::string_view channel, const irc_text& line, time_point now);
  std::string deliver_message(session& from, room& where, say_request what, std::string_view nonce, time_point now);
  std::string publish(room& where, const person& author, role_set role, const say_request& what, std::string_view nonce,
                      const session* sender, time_point now);
  std::optional<parent_line> find_parent(std::string_view id) const;

  // chat_events.cpp
  void show_role(room& where, std::string_view login);
  void throw_out(std::string_view token);
  void change_mode(room& where, std::string_view tag, int value, const notice_text& text);
  result<bool> change_roles(room& where, const std::map<std::string, std::string>& roles);

  const options& setup_;
  history& log_;
  account_book accounts_;
  std::map<std::string, std::unique_ptr<room>, std::less<>> rooms_;
  std::map<uint64_t, std::unique_ptr<session>> sessions_;
  fault_book faults_;
  id_source ids_{random_seed()};
  message_memory memory_;
  message_listener on_message_;
  parent_lookup other_parents_;
  struct counters counters_;
  std::vector<uint64_t> recipients_; // of the line being delivered; kept for its memory
  uint64_t next_session_ = 1;
  uint64_t next_message_ = 1;
};

} // namespace creamery::simulator
