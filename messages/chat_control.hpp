#pragma once

#include "messages/secret.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace creamery {

/// What a login and a call of Twitch's API take. An empty token: anonymous.
struct credentials {
  std::string login;
  secret token;
  /// Whose token it is, and the application it was granted to; empty where nobody knows.
  std::string user_id = {};
  std::string client_id = {};
};

/// Twitch refused a login, in its own words.
struct login_refused {
  std::string connection;
  std::string text;
  /// What it was tried with.
  secret token = {};
};

/// How a bot's membership of a channel has changed on a connection.
struct membership_change {
  enum class kind : uint8_t {
    /// It is in the channel: what waits may be sent.
    joined,
    /// Nothing more may be written by this session, but what was written may still be answered.
    closing,
    /// The session was lost; another one will come.
    lost,
    /// It left for good, in all sessions.
    left,
  };

  std::string bot;
  std::string channel;
  kind what = kind::joined;
  /// Names one socket's life: `<connection>#<link>`.
  std::string session;
};

/// Twitch told who a bot is in a channel (USERSTATE), and perhaps that a message of it was delivered.
struct own_state {
  std::string bot;
  std::string channel;
  bool privileged = false;
  std::string message_id;
  std::string nonce;
};

/// Twitch sent a NOTICE for a channel: perhaps the refusal of a message.
struct channel_notice {
  std::string bot;
  std::string channel;
  std::string msg_id;
  std::string text;
};

/// What Twitch's API answered to a message.
struct send_verdict {
  enum class kind : uint8_t {
    confirmed,
    /// It was certainly not said.
    refused,
    /// Nobody knows.
    unknown,
  };

  std::string bot;
  std::string channel;
  /// As in `outgoing_line`.
  uint64_t number = 0;
  kind what = kind::unknown;
  /// Why it was refused: Twitch's code, which may be a new one, and its words.
  std::string code;
  std::string text;
};

/// A complete line for the server, CR LF included.
struct outgoing_line {
  std::string channel;
  std::string line;
  /// The session by which it is to be written, as in `membership_change`.
  std::string session;
  /// Grows from line to line; one that comes again under its old number is not written again.
  uint64_t number = 0;
};

/// A bot is logged in and has tried all its channels once; in these it is.
struct bot_ready {
  std::string login;
  std::vector<std::string> channels;

  friend bool operator==(const bot_ready&, const bot_ready&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, credentials& x) {
  return f.object(x).fields(f.field("login", x.login), f.field("token", x.token), f.field("user_id", x.user_id),
                            f.field("client_id", x.client_id));
}

template <class Inspector>
bool inspect(Inspector& f, login_refused& x) {
  return f.object(x).fields(f.field("connection", x.connection), f.field("text", x.text), f.field("token", x.token));
}

template <class Inspector>
bool inspect(Inspector& f, membership_change& x) {
  auto what = static_cast<uint8_t>(x.what);
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("what", what),
                            f.field("session", x.session))
         && (x.what = static_cast<membership_change::kind>(what),
             what <= static_cast<uint8_t>(membership_change::kind::left));
}

template <class Inspector>
bool inspect(Inspector& f, own_state& x) {
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("privileged", x.privileged),
                            f.field("message_id", x.message_id), f.field("nonce", x.nonce));
}

template <class Inspector>
bool inspect(Inspector& f, channel_notice& x) {
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("msg_id", x.msg_id),
                            f.field("text", x.text));
}

template <class Inspector>
bool inspect(Inspector& f, send_verdict& x) {
  auto what = static_cast<uint8_t>(x.what);
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("number", x.number),
                            f.field("what", what), f.field("code", x.code), f.field("text", x.text))
         && (x.what = static_cast<send_verdict::kind>(what), what <= static_cast<uint8_t>(send_verdict::kind::unknown));
}

template <class Inspector>
bool inspect(Inspector& f, outgoing_line& x) {
  return f.object(x).fields(f.field("channel", x.channel), f.field("line", x.line), f.field("session", x.session),
                            f.field("number", x.number));
}

template <class Inspector>
bool inspect(Inspector& f, bot_ready& x) {
  return f.object(x).fields(f.field("login", x.login), f.field("channels", x.channels));
}

} // namespace creamery
