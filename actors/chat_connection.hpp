#pragma once

#include "actors/chat_link.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/irc/session.hpp"
#include "runtime/supervision/backoff.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
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
};

/// One IRC connection that lives for ever: dials, logs in, joins, hands chat lines to the router, replaces itself when
/// Twitch asks for it, and begins anew when anything fails. The rules of the protocol are in `irc_session`.
class chat_connection_state {
public:
  static inline const char* name = "creamery.chat-connection";

  chat_connection_state(chat_connection_actor::pointer self, connection_identity who, chat_settings settings,
                        link_opener open);
  ~chat_connection_state();

  chat_connection_actor::behavior_type make_behavior();

private:
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
    std::shared_ptr<chat_link> socket;
    size_t cost;
  };

  /// One socket and what is spoken on it.
  struct link {
    link_id id = 0;
    role what = role::current;
    std::shared_ptr<chat_link> socket;
    credentials identity;
    /// From the open socket on.
    std::optional<irc_session> irc;
    time_point opened{};
    bool reported_ready = false;
    /// What a successor has read while the old link may still have to tell what came before it.
    std::vector<pending_batch> held;
  };

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
  void on_outgoing(const outgoing_line& line);
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
  /// Tells which channels of a link are joined on no other one.
  void tell_lost(const link& gone);
  /// The successor takes the place of the current link, which is closed; what it held back goes on.
  void promote(link& successor);
  /// What a link held back goes to the router.
  void forward_held(link& from);
  void check_ready(link& on);
  void forward(chat_batch batch, const link& from, size_t cost);
  void send_to_router(const pending_batch& one);
  void on_accounted(uint64_t number);
  void tell_membership(const std::string& channel, membership_change::kind what);
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
  std::vector<link> links_;
  link_id last_link_ = 0;
  bool dialling_ = false;
  /// When the next dial begins; nothing: none is planned.
  std::optional<time_point> dial_at_;
  /// Until when the old link is kept while its successor is set up; nothing: there is no successor.
  std::optional<time_point> overlap_ends_;
  backoff redial_;
  backoff refused_;
  /// Failures since the connection was healthy.
  uint64_t failures_ = 0;
  /// Their different reasons.
  std::set<std::string> reasons_;
  std::string last_error_;
  std::string login_;
  /// Where the larger limits hold for us, as Twitch last said; for an outbox that was replaced.
  std::map<std::string, bool> privileged_;
  std::deque<pending_batch> pending_;
  uint64_t last_batch_ = 0;
  wake_up alarm_;
  uint64_t dials_ = 0;
  uint64_t reconnects_ = 0;
  uint64_t lines_in_ = 0;
  uint64_t bad_lines_ = 0;
  uint64_t lines_forwarded_ = 0;
};

using chat_connection = caf::stateful_actor<chat_connection_state, chat_connection_actor::base>;

} // namespace creamery
