#pragma once

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
  std::vector<channel_report> channels;
};

/// How one cog stands.
struct cog_report {
  std::string name;
  uint64_t routed = 0;
  uint64_t handled = 0;
  uint64_t poisoned = 0;
  uint64_t shed = 0;
  uint64_t queued = 0;
};

/// How a router stands; the members mean what those of `dispatch_counters` do.
struct router_report {
  uint64_t received = 0;
  uint64_t chat = 0;
  uint64_t duplicates = 0;
  uint64_t ignored = 0;
  uint64_t routed = 0;
  uint64_t commands = 0;
  std::vector<cog_report> cogs;
};

/// How an outbox stands; the members mean what those of `send_counters` do.
struct outbox_report {
  std::string account;
  uint64_t accepted = 0;
  uint64_t rejected = 0;
  uint64_t confirmed = 0;
  uint64_t refused = 0;
  uint64_t unconfirmed = 0;
  uint64_t aged_out = 0;
  uint64_t abandoned = 0;
  uint64_t waiting = 0;
  uint64_t in_flight = 0;
  /// Microseconds from the read of the line that caused a message to its write, without the time in the limiter: the
  /// latest ones, in no order.
  std::vector<uint32_t> latencies_us;
};

/// A child of a supervisor that is there, or will be again.
struct child_report {
  std::string name;
  /// `running`, `restarting` or `failed to load`.
  std::string state;
  uint64_t restarts = 0;
  std::string last_error;
};

/// How a bot stands.
struct bot_report {
  std::string name;
  router_report router;
  std::vector<connection_report> connections;
  std::vector<child_report> children;
};

/// Everything that runs on this machine.
struct node_report {
  std::vector<bot_report> bots;
  std::vector<outbox_report> accounts;
};

template <class Inspector>
bool inspect(Inspector& f, channel_report& x) {
  return f.object(x).fields(f.field("channel", x.channel), f.field("joined", x.joined), f.field("attempts", x.attempts),
                            f.field("problem", x.problem));
}

template <class Inspector>
bool inspect(Inspector& f, connection_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("state", x.state), f.field("login", x.login),
                            f.field("last_error", x.last_error), f.field("dials", x.dials),
                            f.field("reconnects", x.reconnects), f.field("lines_in", x.lines_in),
                            f.field("bad_lines", x.bad_lines), f.field("lines_forwarded", x.lines_forwarded),
                            f.field("lines_pending", x.lines_pending), f.field("channels", x.channels));
}

template <class Inspector>
bool inspect(Inspector& f, cog_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("routed", x.routed), f.field("handled", x.handled),
                            f.field("poisoned", x.poisoned), f.field("shed", x.shed), f.field("queued", x.queued));
}

template <class Inspector>
bool inspect(Inspector& f, router_report& x) {
  return f.object(x).fields(f.field("received", x.received), f.field("chat", x.chat),
                            f.field("duplicates", x.duplicates), f.field("ignored", x.ignored),
                            f.field("routed", x.routed), f.field("commands", x.commands), f.field("cogs", x.cogs));
}

template <class Inspector>
bool inspect(Inspector& f, outbox_report& x) {
  return f.object(x).fields(
    f.field("account", x.account), f.field("accepted", x.accepted), f.field("rejected", x.rejected),
    f.field("confirmed", x.confirmed), f.field("refused", x.refused), f.field("unconfirmed", x.unconfirmed),
    f.field("aged_out", x.aged_out), f.field("abandoned", x.abandoned), f.field("waiting", x.waiting),
    f.field("in_flight", x.in_flight), f.field("latencies_us", x.latencies_us));
}

template <class Inspector>
bool inspect(Inspector& f, child_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("state", x.state), f.field("restarts", x.restarts),
                            f.field("last_error", x.last_error));
}

template <class Inspector>
bool inspect(Inspector& f, bot_report& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("router", x.router), f.field("connections", x.connections),
                            f.field("children", x.children));
}

template <class Inspector>
bool inspect(Inspector& f, node_report& x) {
  return f.object(x).fields(f.field("bots", x.bots), f.field("accounts", x.accounts));
}

} // namespace creamery
