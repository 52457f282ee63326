#pragma once

#include "messages/chat_control.hpp"
#include "messages/counters.hpp"
#include "messages/say.hpp"
#include "runtime/irc/limiter.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery {

/// Everything that one account says: order, limits, splitting, repetition and confirmation (twitch-platform 1.14, 1.15).
/// Knows no clock and no socket. Several bots may use one account; they share its limits.
class say_queue {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    account_limits limits;
    /// Longest queue, in lines, of all channels together.
    size_t capacity = 2'000;
    /// From the write until Twitch's answer is no longer waited for.
    clock::duration confirm_timeout = std::chrono::seconds{10};
    /// The same for what is to arrive at least once, as long as its session is there: longer than a session takes to find out that its
    /// socket is dead (`irc_session_options::ping_after` and `pong_timeout`), so that the message is then said again.
    clock::duration loss_timeout = std::chrono::seconds{90};
    /// Twitch refuses a repetition within 30 seconds; a margin is added.
    clock::duration repetition_period = std::chrono::seconds{33};
    /// The account is anonymous: nothing can be said, and every message is rejected.
    bool read_only = false;
    /// The transmissions are numbered from here on; those of one account never get the same number again.
    uint64_t first_transmission = 1;
  };

  /// Write this line, CR LF included, by `session`, and tell with `handed` or `not_written` what came of that.
  struct transmission {
    uint64_t number = 0;
    std::string bot;
    std::string channel;
    std::string session;
    std::string line;
    /// As in `say`.
    int64_t caused_at = 0;
    /// How long it waited for the limits, its turn or the channel.
    clock::duration waited{};
    /// It was asked for before, and may have been written then.
    bool is_repeated = false;
  };

  /// @param seed for the nonces; anything unpredictable.
  say_queue(options o, uint64_t seed)
    : options_(o),
      window_(options_.limits.messages, options_.limits.message_period),
      random_(seed),
      next_transmission_(options_.first_transmission) {
  }

  /// The account wrote so many messages before this queue began, in whichever channels. The oldest ones are told first.
  void remember(time_point when, size_t count) {
    window_.record(when, count);
    written_before_ = when;
  }

  /// Takes a message in. Returns false when the queue is full or there is nothing to say: it was counted and dropped. One that
  /// has been taken in or dropped before, by its number, is passed over: whoever said it didn't hear the answer.
  bool accept(const say& message, time_point now);

  /// `bot` is in `channel`, and can be heard there by `session`: what waits for it may be sent.
  void joined(const std::string& bot, const std::string& channel, const std::string& session = {});

  /// Nothing more may be written by this session; what it has written is still waited for.
  void closing(const std::string& bot, const std::string& channel, const std::string& session = {});

  /// The same in all channels.
  void closing(const std::string& session);

  /// The session was lost: what waits goes on waiting, what it has written without an answer follows its promise.
  void lost(const std::string& bot, const std::string& channel, const std::string& session = {});

  /// Whether `bot` can be heard in `channel` just now.
  bool is_joined(const std::string& bot, const std::string& channel) const {
    auto found = lanes_.find({bot, channel});
    return found != lanes_.end() && found->second.joined();
  }

  /// Whether anything can be said by this session in any channel, or was and is unanswered.
  bool needs(const std::string& session) const noexcept;

  /// Which sessions there are will be told anew, and whether what was being handed over was written isn't known: such
  /// transmissions are repeated, under their old numbers, as soon as their session is told of.
  void recount();

  /// The socket has this transmission.
  void handed(const transmission& sent);

  /// This transmission was certainly not written: it waits again, in its old place.
  void not_written(const transmission& sent);

  /// Who was to write it has ended, or isn't there, and hasn't looked at it. If it was asked for before, it may have been written then,
  /// which the session's next writer knows: it is repeated. Else it wasn't written.
  void unanswered(const transmission& sent);

  /// `bot` left `channel` for good: nothing is sent there any more.
  void left(const std::string& bot, const std::string& channel);

  /// Twitch told who `bot` is in `channel`: whether the larger limits hold there. With a message id or a nonce it also
  /// confirms a message.
  void own_state(const std::string& bot, const std::string& channel, bool privileged, std::string_view message_id,
                 std::string_view nonce);

  /// Twitch sent a NOTICE for `channel`. Returns whether it refused a message.
  bool noticed(const std::string& bot, const std::string& channel, std::string_view msg_id);

  /// It is known what became of a transmission, by its number: it was said or refused, or nobody will ever know. Returns whether it
  /// was waited for.
  bool decided(const send_verdict& verdict);

  /// What may be written now, in order. Drops what has become too old.
  std::vector<transmission> next(time_point now);

  /// The durable messages (`say::durable`) of which nothing waits and nothing is unanswered any more, since this was asked last.
  std::vector<uint64_t> take_ended() {
    return std::exchange(ended_, {});
  }

  /// How many more lines may wait.
  size_t lines_left() const noexcept {
    return options_.capacity - std::min<size_t>(options_.capacity, counters_.waiting);
  }

  /// When `next` is to be called again; `time_point::max()`: only after something has happened.
  time_point deadline() const noexcept {
    return deadline_;
  }

  send_counters counters() const;

  /// How many pairs of bot and channel are kept: those that a bot is in, and those that something waits for.
  size_t lanes() const noexcept {
    return lanes_.size();
  }

private:
  /// One line on its way.
  struct entry {
    std::string text;
    bool action = false;
    std::string reply_to;
    delivery_promise promise = delivery_promise::at_most_once;
    time_point accepted;
    time_point expires;
    int64_t caused_at = 0;
    uint64_t durable = 0;
    /// Its place among all that were accepted.
    uint64_t place = 0;
    std::string nonce = {};
    time_point written{};
    /// The number, session and line of its transmission, until the socket has it.
    uint64_t number = 0;
    std::string session = {};
    std::string line = {};
    bool handed = false;
    bool repeat = false;
  };

  /// What Twitch counts for the account in one channel, whichever bot speaks.
  struct room {
    bool privileged = false;
    std::optional<time_point> last_written;
    std::string last_text;
  };

  /// What `bot` says in `channel`.
  struct lane {
    bool joined() const noexcept {
      return !sessions.empty();
    }

    bool has(const std::string& session) const noexcept {
      return std::find(sessions.begin(), sessions.end(), session) != sessions.end();
    }

    /// Nothing waits and nothing is unanswered.
    bool idle() const noexcept {
      return waiting.empty() && in_flight.empty();
    }

    std::string bot;
    std::string channel;
    /// Null before the bot was in it.
    room* where = nullptr;
    /// Among `busy_` and among `talking_`.
    bool is_busy = false;
    bool is_talking = false;
    /// Those it can be said by, the one in use first.
    std::vector<std::string> sessions;
    std::deque<entry> waiting;
    std::deque<entry> in_flight;
  };

  using lane_key = std::pair<std::string, std::string>;    // bot, channel
  using speaker_key = std::pair<std::string, std::string>; // bot, cog

  /// The latest message of a cog.
  struct last_message {
    uint64_t numbering = 0;
    uint64_t number = 0;
  };

  lane& lane_of(const std::string& bot, const std::string& channel);
  lane* find(const std::string& bot, const std::string& channel);
  /// Something waits there.
  void talks(lane& one);
  /// Takes those out of `talking_` in which nothing waits any more.
  void forget_silent();
  /// Forgets a lane in which the bot isn't, and nothing is to be done.
  void forget_if_useless(lane& one);
  void closing(lane& in, const std::string& session);
  /// Whether a message has come before; remembers it.
  bool is_repeated(const say& message);
  /// When the lane's first line may be written, as far as the limits go.
  time_point ready_at(const lane& one, time_point now);
  transmission write(lane& from, time_point now);
  /// Makes a message wait again, in its old place.
  void wait_again(lane& in, entry one);
  /// What a session wrote will not be answered any more.
  void give_up(lane& in, entry one);
  /// Until when the answer to what was written is waited for.
  time_point waited_for(const lane& in, const entry& sent) const;
  void drop_expired(time_point now);
  /// Nothing more will be heard of this line.
  void end(const entry& one);
  /// What may have been written or not, by sessions that there are again.
  void repeat(std::vector<transmission>& todo);
  std::string make_nonce();

  options options_;
  sliding_window window_;
  /// When something was written last before this queue began; it may have been in any channel.
  std::optional<time_point> written_before_;
  std::minstd_rand random_;
  uint64_t next_transmission_;
  uint64_t next_place_ = 1;
  std::map<lane_key, lane> lanes_;
  /// Those that aren't idle, and perhaps some that were busy lately: a thousand channels in which nothing is said cost nothing.
  std::vector<lane*> busy_;
  /// Those in which something waits, and perhaps some in which something did: an answer in one channel costs the same, however many
  /// others are unconfirmed.
  std::vector<lane*> talking_;
  /// Nothing becomes too old before this.
  time_point expiry_ = time_point::max();
  /// Some transmission is to be repeated.
  bool has_repeats_ = false;
  std::map<std::string, room> rooms_;
  std::map<speaker_key, last_message> speakers_;
  /// Lines of durable messages that wait or are unanswered.
  std::map<uint64_t, size_t> durable_;
  std::vector<uint64_t> ended_;
  send_counters counters_;
  time_point deadline_ = time_point::max();
};

/// Whether a NOTICE with this msg-id refuses a message of ours (twitch-platform 1.11).
bool is_send_refusal(std::string_view msg_id) noexcept;

} // namespace creamery
