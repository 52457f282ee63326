#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace creamery {

/// What happens to a message whose socket died before Twitch confirmed it (DESIGN 5).
enum class delivery_promise : uint8_t {
  /// It isn't sent again, and counted as unconfirmed: it may have been lost.
  at_most_once,
  /// It is sent again on the next connection: it may appear twice.
  at_least_once,
};

/// Something that a cog wants said in a channel.
struct say {
  std::string bot;
  /// Lower case, without '#'.
  std::string channel;
  /// Any text; the outbox makes it fit for Twitch. `/me ` in front makes it an action.
  std::string text;
  /// The id of the message that this answers; empty: it is no reply.
  std::string reply_to = {};
  delivery_promise promise = delivery_promise::at_most_once;
  /// Not sent any more when it has waited longer than this for its turn, in milliseconds.
  uint32_t max_age_ms = 60'000;
  /// Who says it: the cog, and its how-manieth message it is; the number grows by one each, as long as `numbering` is the same.
  std::string cog = {};
  uint64_t numbering = 0;
  uint64_t number = 0;
  /// When the line that caused it was read from the socket, in nanoseconds of this machine's steady clock; 0: nothing did.
  int64_t caused_at = 0;
  /// The number under which the store keeps it until it is known what became of it; 0: it isn't kept.
  uint64_t durable = 0;

  friend bool operator==(const say&, const say&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, say& x) {
  auto promise = static_cast<uint8_t>(x.promise);
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("text", x.text),
                            f.field("reply_to", x.reply_to), f.field("promise", promise),
                            f.field("max_age_ms", x.max_age_ms), f.field("cog", x.cog),
                            f.field("numbering", x.numbering), f.field("number", x.number),
                            f.field("caused_at", x.caused_at), f.field("durable", x.durable))
         && (x.promise = static_cast<delivery_promise>(promise),
             promise <= static_cast<uint8_t>(delivery_promise::at_least_once));
}

} // namespace creamery
