#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "actors/net_link.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/delivery/recent_numbers.hpp"
#include "runtime/irc/reading_log.hpp"
#include "runtime/irc/session.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace creamery {

/// Who a chat connection is, and whom it talks to.
struct connection_identity {
  /// `<bot>/irc-<n>`, for logs and reports.
  std::string name;
  std::string bot;
  /// The id of its account, and whom to ask for it.
  std::string account;
  account_directory_actor accounts;
  readiness_listener_actor owner;
  std::vector<std::string> channels;
  /// What the bot says is written by others.
  bool reads_only = false;
};

/// What a connection is in the middle of; it outlives the connection's actor, and with it the sockets do.
struct connection_memory {
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// What a link is there for.
  enum class role : uint8_t {
    /// The one in use.
    current,
    /// Being set up to take the place of the current one, which is still read.
    successor,
    /// Closing; what still arrives counts.
    retiring,
  };

  /// Lines that the router hasn't accounted for yet.
  struct pending_batch {
    chat_batch batch;
    std::shared_ptr<net_link> socket;
    size_t cost;
    /// What was sent before this had been read when they came, in milliseconds since 1970.
    int64_t complete_until;
  };

  /// One socket and what is spoken on it.
  struct link {
    link_id id = 0;
    role what = role::current;
    std::shared_ptr<net_link> socket;
    credentials identity;
    /// From the open socket on.
    std::optional<irc_session> irc;
    time_point opened{};
    bool reported_ready = false;
    /// How many of its lines have been dealt with: those that are delivered again to a successor are known by that.
    uint64_t lines = 0;
    /// What a successor has read while the old link may still have to tell what came before it.
    std::vector<pending_batch> held;
  };

  /// @param log outlives even this, so that no gap is forgotten.
  explicit connection_memory(const chat_settings& settings,
                             std::shared_ptr<reading_log> log = std::make_shared<reading_log>());
  connection_memory(const connection_memory&) = delete;
  connection_memory& operator=(const connection_memory&) = delete;
  /// Closes the sockets.
  ~connection_memory();

  std::vector<link> links;
  link_id last_link = 0;
  /// When the next dial begins; nothing: none is planned.
  std::optional<time_point> dial_at;
  /// Until when the old link is kept while its successor is set up; nothing: there is no successor.
  std::optional<time_point> overlap_ends;
  backoff redial;
  backoff refused;
  /// Failures since the connection was healthy.
  uint64_t failures = 0;
  /// Their different reasons.
  std::set<std::string> reasons;
  std::string last_error;
  std::string login;
  /// Where the larger limits hold for us, as Twitch last said; for an outbox that was replaced.
  std::map<std::string, bool> privileged;
  std::shared_ptr<reading_log> reading;
  std::deque<pending_batch> pending;
  uint64_t last_batch = 0;
  /// When one of its channels was joined last.
  time_point last_join{};
  /// What Twitch said of our messages and the outbox hasn't heard yet, by number.
  std::map<uint64_t, std::variant<own_state, channel_notice>> untold;
  uint64_t last_told = 0;
  /// The lines that were written for the outbox.
  recent_numbers outgoing;
  /// Lines are being handled right now; an actor that finds this set knows how its predecessor ended.
  bool handling = false;
  /// How many actors in a row ended while they handled lines.
  uint32_t crashes = 0;
  uint64_t dials = 0;
  uint64_t reconnects = 0;
  uint64_t lines_in = 0;
  uint64_t bad_lines = 0;
  uint64_t lines_forwarded = 0;
  uint64_t lines_discarded = 0;
};

/// One IRC connection that lives for ever: dials, logs in, joins, hands chat lines to the router, replaces itself when
/// Twitch asks for it, and begins anew when anything fails. The rules of the protocol are in `irc_session`. When the actor is
/// replaced, the new one goes on with the old one's sockets.
class chat_connection_state {
public:
  static inline const char* name = "creamery.chat-connection";

  chat_connection_state(chat_connection_actor::pointer self, connection_identity who, chat_settings settings,
                        link_opener open, kept<connection_memory> memory);

  chat_connection_actor::behavior_type make_behavior();

private:
  using clock = connection_memory::clock;
  using time_point = connection_memory::time_point;
  using role = connection_memory::role;
  using pending_batch = connection_memory::pending_batch;
  using link = connection_memory::link;

  /// Takes over what a predecessor has left.
  void resume();
  /// Ends in good order.
  void say_goodbye();

  // -- dialling ---------------------------------------------------------------------------------------------------------

  /// Plans a dial, unless one is planned or under way.
  void dial_after(clock::duration wait);
  void dial();
  void ask_credentials();
  void open_link(credentials identity);
  /// A dial or a link failed: logs it when that is news, and plans the next one.
  void failed(std::string why, backoff& wait);

  // -- what happens -------------------------------------------------------------------------------------------------------

  void on_opened(link_id id);
  void on_lines(const link_lines& lines);
  void on_closed(const link_closed& closed);
  void on_router(const router_actor& router);
  void on_outbox(const outbox_actor& outbox);
  bool on_outgoing(const outgoing_line& line);
  void on_tick();
  void set_channels(std::vector<std::string> channels);

  // -- carrying out what a session wants ----------------------------------------------------------------------------------

  /// The actions may end the link, so it goes by its id.
  void perform(link_id id, irc_action::list todo);
  void perform(link& on, irc_action::send& action);
  void perform(link& on, irc_action::welcomed& action);
  void perform(link& on, irc_action::login_refused& action);
  void perform(link& on, irc_action::request_joins& action);
  void perform(link& on, irc_action::joined& action);
  void perform(link& on, irc_action::join_failed& action);
  void perform(link& on, irc_action::parted& action);
  void perform(link& on, irc_action::own_state& action);
  void perform(link& on, irc_action::noticed& action);
  void perform(link& on, irc_action::replace& action);
  void perform(link& on, irc_action::flushed& action);
  void perform(link& on, irc_action::give_up& action);

  // -- helpers ------------------------------------------------------------------------------------------------------------

  link* find(link_id id);
  link* find(role what);
  /// Forgets a link at once; its channels are lost unless another link has them.
  void drop(link_id id);
  /// A link has ended, or is of no use any more: forgets it, and sees to what takes its place, at the latest after `wait`.
  void over(link_id id, std::string why, backoff& wait);
  /// Tells for all channels that a link is in how it stands now.
  void tell_all(const link& on, membership_change::kind what);
  /// The successor takes the place of the current link, which is closed; what it held back goes on.
  void promote(link& successor);
  /// What a link held back goes to the router.
  void forward_held(link& from);
  /// What the router hasn't accounted for has changed.
  void note_pending();
  /// The successor takes over without the last word of the link before it.
  void take_over_without_flush(const link& successor);
  void check_ready(link& on);
  void forward(chat_batch batch, const link& from, size_t cost);
  void send_to_router(const pending_batch& one);
  void on_accounted(uint64_t number);
  void tell_membership(const std::string& channel, membership_change::kind what, const link& on);
  /// The name of a link's session, for the outbox.
  std::string session_of(const link& on) const;
  /// Tells the outbox what Twitch said of a message, until it has heard it.
  void tell(std::variant<own_state, channel_notice> what);
  void tell_outbox(uint64_t number);
  /// The link that `channel` is joined on, the current one first; null: none.
  link* joined_link(const std::string& channel);
  void set_alarm();
  connection_report report();

  chat_connection_actor::pointer self_;
  connection_identity who_;
  chat_settings settings_;
  link_opener open_;
  std::shared_ptr<spdlog::logger> log_;
  router_actor router_;
  outbox_actor outbox_;
  kept<connection_memory> memory_;
  bool dialling_ = false;
  /// The end is near: new lines aren't handed on any more, while the rest of the protocol goes on.
  bool draining_ = false;
  drain_promises drained_;
  wake_up alarm_;
};

using chat_connection = caf::stateful_actor<chat_connection_state, chat_connection_actor::base>;

} // namespace creamery
