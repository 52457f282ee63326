#pragma once

#include "messages/counters.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace creamery {

/// How one wanted channel stands on one connection.
struct channel_report {
  std::string channel;
  bool joined = false;
  /// JOINs sent since it was last joined.
  uint32_t attempts = 0;
  /// Why the last JOIN failed; empty: it didn't.
  std::string problem;
  /// What was said there before this time, in milliseconds since 1970, has reached the router; 0: nothing has yet.
  int64_t read_until = 0;
};

/// A time in which a channel was not read, or a cog didn't come to what was read. In milliseconds since 1970, by Twitch's clock
/// or our own.
struct reading_gap {
  std::string channel;
  /// The cog that didn't handle what was read; empty: nobody read it.
  std::string cog;
  int64_t from = 0;
  /// 0: it has not ended.
  int64_t to = 0;

  friend bool operator==(const reading_gap&, const reading_gap&) = default;
};

/// How one chat connection stands.
struct connection_report {
  std::string name;
  /// `waiting`, `dialling`, `logging in`, `open` or `replacing`.
  std::string state;
  /// The login that Twitch knows it by; empty before the first welcome.
  std::string login;
  /// Why the last attempt or connection failed; empty: none did yet.
  std::string last_error;
  uint64_t dials = 0;
  uint64_t reconnects = 0;
  /// Lines that came from the server, and those that could not be parsed.
  uint64_t lines_in = 0;
  uint64_t bad_lines = 0;
  /// Lines of interest to others that were given to the router and accounted for by it, or wait for that.
  uint64_t lines_forwarded = 0;
  uint64_t lines_pending = 0;
  /// Lines that came when the end was near, and were not handed on any more.
  uint64_t lines_discarded = 0;
  std::vector<channel_report> channels;
  /// When this connection didn't read its channels; a gap that begins at 0 comes before the first time.
  std::vector<reading_gap> gaps;
};

/// How one cog stands.
struct cog_report {
  std::string name;
  delivery_counters lines;
  /// Its commands that failed too often and rest, and how many calls were not made because of that.
  std::vector<std::string> resting_commands = {};
  uint64_t skipped_calls = 0;
  /// What it said and was not taken in: too much waited for the outbox, or the instance had been replaced.
  uint64_t refused_messages = 0;
  /// When the oldest line that it hasn't handled was sent, in milliseconds since 1970; 0: there is none.
  int64_t unhandled_since = 0;
};

/// How a router stands.
struct router_report {
  dispatch_counters lines;
  /// Lines that wait for the cogs' first word.
  uint64_t lines_held = 0;
  std::vector<cog_report> cogs;
};

/// How an outbox stands.
struct outbox_report {
  std::string account;
  send_counters messages;
  /// Microseconds from the read of the line that caused a message to its write, without the time in the limiter: the
  /// latest ones, in no order.
  std::vector<uint32_t> latencies_us;
};

/// How an account's user token stands. The token itself is nobody's business.
struct token_report {
  std::string account;
  /// `unknown`, `missing`, `unproven`, `good` or `refused`; empty: the account needs none.
  std::string state;
  /// Whose it is; empty: nobody knows yet.
  std::string login;
  std::vector<std::string> scopes;
  /// Scopes that cogs need and the token hasn't.
  std::vector<std::string> missing_scopes;
  /// How long it lives, in milliseconds; negative: for ever, or nobody knows.
  int64_t expires_in_ms = -1;
  /// Its owner has to grant a new one; with which command.
  bool needs_grant = false;
  std::string remedy;
  /// What is wrong; empty: nothing.
  std::string problem;
  uint64_t renewals = 0;
};

/// How an EventSub session stands.
struct eventsub_report {
  std::string name;
  /// Empty: there is none.
  std::string session_id;
  /// Subscriptions, and how many of them there are.
  uint64_t wanted = 0;
  uint64_t enabled = 0;
  /// What Twitch doesn't allow, each with its reason.
  std::vector<std::string> refused;
  uint64_t dials = 0;
  uint64_t sessions = 0;
  /// How often Twitch has asked to go on elsewhere, with success or without.
  uint64_t handovers = 0;
  uint64_t failed_handovers = 0;
  uint64_t losses = 0;
  uint64_t bad_messages = 0;
  uint64_t events = 0;
  uint64_t same_messages = 0;
  uint64_t same_events = 0;
  /// How often no events were received for some time, and since when none are, in milliseconds since 1970; 0: they are.
  uint64_t gaps = 0;
  int64_t blind_since = 0;
  std::string last_error;
};

/// How the store stands, with its numbers since the process began.
struct store_report {
  /// Events that some cog hasn't handled yet.
  uint64_t waiting = 0;
  uint64_t events = 0;
  /// Those that had come before, under the same or another message's id.
  uint64_t same_messages = 0;
  uint64_t same_events = 0;
  /// Those that were refused because too many wait already.
  uint64_t refused = 0;
  /// Those that aren't kept any longer for a cog that doesn't run.
  uint64_t skipped = 0;
  /// Durable messages that became too old before anybody could say them.
  uint64_t late_says = 0;
  uint64_t outcomes = 0;
  uint64_t commits = 0;
  /// Commits that failed: nothing of them was kept, and whoever asked tries again.
  uint64_t failures = 0;
  std::string last_error;
};

/// How a port stands at which webhooks come in.
struct webhook_report {
  std::string name;
  uint64_t connections = 0;
  /// Connections that were too many, requests that were none, connections that took too long, and TLS that failed.
  uint64_t too_many = 0;
  uint64_t bad_requests = 0;
  uint64_t timeouts = 0;
  uint64_t failed_handshakes = 0;
  /// How often the system could accept no connection.
  uint64_t accept_failures = 0;
  uint64_t challenges = 0;
  uint64_t notifications = 0;
  uint64_t revocations = 0;
  uint64_t unknown = 0;
  /// Notifications that couldn't be written down: Twitch sends them again.
  uint64_t not_stored = 0;
  /// Requests that were refused, by the reason.
  std::map<std::string, uint64_t> refused;
  /// By how much our clock is ahead of Twitch's, in milliseconds, if that has been noticed; else 0.
  int64_t clock_ahead_ms = 0;
};

/// An actor of the tree.
struct child_report {
  std::string name;
  /// What it is: `bot`, `router`, …
  std::string kind;
  /// `running`, `starting`, `restarting`, `stopping`, `stopped`, `quarantined` or `failed to load`.
  std::string state;
  /// How often it was started again because it, or a sibling that it depends on, had failed.
  uint64_t restarts = 0;
  std::string last_error;
  /// How long it has been running, in milliseconds.
  int64_t uptime_ms = 0;
  /// Its earlier instances that are stuck and were given up.
  uint64_t abandoned = 0;
  /// Those that it keeps alive itself.
  std::vector<child_report> children;
};

/// How a bot stands.
struct bot_report {
  std::string name;
  /// Whether the router has answered; while it is being restarted, its part is empty.
  bool has_router = false;
  router_report router;
  std::vector<connection_report> connections;
  std::vector<eventsub_report> eventsub;
  /// When channels were not read by any connection, and what cogs missed when the process ended.
  std::vector<reading_gap> gaps;
};

/// Everything that runs on this machine.
struct node_report {
  std::vector<bot_report> bots;
  std::vector<outbox_report> accounts;
  std::vector<token_report> tokens;
  store_report store;
  std::vector<webhook_report> webhooks;
  /// The tree of actors below the node.
  std::vector<child_report> tree;
};

template <class Inspector>
bool inspect(Inspector& f, channel_report& x) {
  return f.object(x).fields(f.field("channel", x.channel), f.field("joined", x.joined), f.field("attempts", x.attempts),
                            f.field("problem", x.problem), f.field("read_until", x.read_until));
}

template <class Inspector>
bool inspect(Inspector& f, reading_gap& x) {
  return f.object(x).fields(f.field("channel", x.channel), f.field("cog", x.cog), f.field("from", x.from),
                            f.field("to", x.to));
}

template <class Inspector>
bool inspect(Inspector& f, connection_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("state", x.state), f.field("login", x.login),
                            f.field("last_error", x.last_error), f.field("dials", x.dials),
                            f.field("reconnects", x.reconnects), f.field("lines_in", x.lines_in),
                            f.field("bad_lines", x.bad_lines), f.field("lines_forwarded", x.lines_forwarded),
                            f.field("lines_pending", x.lines_pending), f.field("lines_discarded", x.lines_discarded),
                            f.field("channels", x.channels), f.field("gaps", x.gaps));
}

template <class Inspector>
bool inspect(Inspector& f, cog_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("lines", x.lines),
                            f.field("resting_commands", x.resting_commands), f.field("skipped_calls", x.skipped_calls),
                            f.field("refused_messages", x.refused_messages),
                            f.field("unhandled_since", x.unhandled_since));
}

template <class Inspector>
bool inspect(Inspector& f, router_report& x) {
  return f.object(x).fields(f.field("lines", x.lines), f.field("lines_held", x.lines_held), f.field("cogs", x.cogs));
}

template <class Inspector>
bool inspect(Inspector& f, outbox_report& x) {
  return f.object(x).fields(f.field("account", x.account), f.field("messages", x.messages),
                            f.field("latencies_us", x.latencies_us));
}

template <class Inspector>
bool inspect(Inspector& f, token_report& x) {
  return f.object(x).fields(f.field("account", x.account), f.field("state", x.state), f.field("login", x.login),
                            f.field("scopes", x.scopes), f.field("missing_scopes", x.missing_scopes),
                            f.field("expires_in_ms", x.expires_in_ms), f.field("needs_grant", x.needs_grant),
                            f.field("remedy", x.remedy), f.field("problem", x.problem),
                            f.field("renewals", x.renewals));
}

template <class Inspector>
bool inspect(Inspector& f, eventsub_report& x) {
  return f.object(x).fields(
    f.field("name", x.name), f.field("session_id", x.session_id), f.field("wanted", x.wanted),
    f.field("enabled", x.enabled), f.field("refused", x.refused), f.field("dials", x.dials),
    f.field("sessions", x.sessions), f.field("handovers", x.handovers), f.field("failed_handovers", x.failed_handovers),
    f.field("losses", x.losses), f.field("bad_messages", x.bad_messages), f.field("events", x.events),
    f.field("same_messages", x.same_messages), f.field("same_events", x.same_events), f.field("gaps", x.gaps),
    f.field("blind_since", x.blind_since), f.field("last_error", x.last_error));
}

template <class Inspector>
bool inspect(Inspector& f, webhook_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("connections", x.connections),
                            f.field("too_many", x.too_many), f.field("bad_requests", x.bad_requests),
                            f.field("timeouts", x.timeouts), f.field("failed_handshakes", x.failed_handshakes),
                            f.field("accept_failures", x.accept_failures), f.field("challenges", x.challenges),
                            f.field("notifications", x.notifications), f.field("revocations", x.revocations),
                            f.field("unknown", x.unknown), f.field("not_stored", x.not_stored),
                            f.field("refused", x.refused), f.field("clock_ahead_ms", x.clock_ahead_ms));
}

template <class Inspector>
bool inspect(Inspector& f, store_report& x) {
  return f.object(x).fields(
    f.field("waiting", x.waiting), f.field("events", x.events), f.field("same_messages", x.same_messages),
    f.field("same_events", x.same_events), f.field("refused", x.refused), f.field("skipped", x.skipped),
    f.field("late_says", x.late_says), f.field("outcomes", x.outcomes), f.field("commits", x.commits),
    f.field("failures", x.failures), f.field("last_error", x.last_error));
}

template <class Inspector>
bool inspect(Inspector& f, child_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("kind", x.kind), f.field("state", x.state),
                            f.field("restarts", x.restarts), f.field("last_error", x.last_error),
                            f.field("uptime_ms", x.uptime_ms), f.field("abandoned", x.abandoned),
                            f.field("children", x.children));
}

template <class Inspector>
bool inspect(Inspector& f, bot_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("has_router", x.has_router), f.field("router", x.router),
                            f.field("connections", x.connections), f.field("eventsub", x.eventsub),
                            f.field("gaps", x.gaps));
}

template <class Inspector>
bool inspect(Inspector& f, node_report& x) {
  return f.object(x).fields(f.field("bots", x.bots), f.field("accounts", x.accounts), f.field("tokens", x.tokens),
                            f.field("store", x.store), f.field("webhooks", x.webhooks), f.field("tree", x.tree));
}

} // namespace creamery
