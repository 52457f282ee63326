#pragma once

#include <cstdint>

/// What is counted on a line's way in and a message's way out. The same values are kept by those who count and told by
/// their reports.

namespace creamery {

/// What became of the lines that reached a bot's router. At every moment `received = duplicates + ignored + routed`.
struct dispatch_counters {
  uint64_t received = 0;
  /// Those among them that Twitch sends because of what people do: PRIVMSG, USERNOTICE, CLEARCHAT and CLEARMSG.
  uint64_t chat = 0;
  /// Lines that had come before, by another connection.
  uint64_t duplicates = 0;
  /// Lines that no cog asked for.
  uint64_t ignored = 0;
  /// Lines given to at least one cog.
  uint64_t routed = 0;
  /// Commands recognised; they are among the routed lines.
  uint64_t commands = 0;

  friend bool operator==(const dispatch_counters&, const dispatch_counters&) = default;
};

/// What has become of the lines for one cog. At every moment `routed = handled + poisoned + shed + queued` (DESIGN 5).
struct delivery_counters {
  /// Lines given to the queue.
  uint64_t routed = 0;
  uint64_t handled = 0;
  /// Lines whose handler threw; they are not tried again.
  uint64_t poisoned = 0;
  /// Lines dropped because the queue was full.
  uint64_t shed = 0;
  /// Lines that wait, or are with the cog and not yet acknowledged.
  uint64_t queued = 0;

  bool balanced() const noexcept {
    return routed == handled + poisoned + shed + queued;
  }

  friend bool operator==(const delivery_counters&, const delivery_counters&) = default;
};

/// What has become of the messages of one account. At every moment
/// `accepted = confirmed + refused + unconfirmed + aged_out + abandoned + waiting + in_flight`.
struct send_counters {
  /// Lines taken in, after splitting.
  uint64_t accepted = 0;
  /// Messages not taken in: the queue was full, nothing was left of their text, or the account is anonymous.
  uint64_t rejected = 0;
  uint64_t confirmed = 0;
  /// Twitch said no.
  uint64_t refused = 0;
  /// Written, and neither confirmed nor refused until the time-out or the end of the connection.
  uint64_t unconfirmed = 0;
  /// Not written, because they waited for too long.
  uint64_t aged_out = 0;
  /// Not written, because the bot left the channel.
  uint64_t abandoned = 0;
  /// Written again after the connection was lost (`at_least_once`).
  uint64_t repeated = 0;
  uint64_t waiting = 0;
  uint64_t in_flight = 0;

  friend bool operator==(const send_counters&, const send_counters&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, dispatch_counters& x) {
  return f.object(x).fields(f.field("received", x.received), f.field("chat", x.chat),
                            f.field("duplicates", x.duplicates), f.field("ignored", x.ignored),
                            f.field("routed", x.routed), f.field("commands", x.commands));
}

template <class Inspector>
bool inspect(Inspector& f, delivery_counters& x) {
  return f.object(x).fields(f.field("routed", x.routed), f.field("handled", x.handled), f.field("poisoned", x.poisoned),
                            f.field("shed", x.shed), f.field("queued", x.queued));
}

template <class Inspector>
bool inspect(Inspector& f, send_counters& x) {
  return f.object(x).fields(f.field("accepted", x.accepted), f.field("rejected", x.rejected),
                            f.field("confirmed", x.confirmed), f.field("refused", x.refused),
                            f.field("unconfirmed", x.unconfirmed), f.field("aged_out", x.aged_out),
                            f.field("abandoned", x.abandoned), f.field("repeated", x.repeated),
                            f.field("waiting", x.waiting), f.field("in_flight", x.in_flight));
}

} // namespace creamery
