#pragma once

#include "messages/result.hpp"
#include "simulator/counters.hpp"
#include "simulator/fault.hpp"
#include "simulator/options.hpp"
#include "simulator/requests.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace creamery::simulator {

/// Twitch on localhost: chat, identity server, Helix. Runs in a thread of its own; every call is safe from any other thread and returns when it
/// has taken effect (which isn't yet when clients have read of it).
class simulator {
public:
  /// Listens and plays the scenario, if one is given. Fails when a port is taken or a file is unusable.
  static result<std::unique_ptr<simulator>> start(options setup);

  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  /// Stops.
  ~simulator();

  /// Closes every connection and ends the thread; afterwards nothing happens any more, counters stay readable.
  void stop();

  const port_list& ports() const noexcept;

  /// What a client connects to: "ws", "wss", "irc", "ircs", "http" or "https" as `wss://localhost:4431`; EventSub as "events" and
  /// "secure events".
  std::string endpoint(const std::string& transport) const;

  /// The control API's address: `http://localhost:4434`.
  std::string control_url() const;

  /// The certificate (PEM) that clients of `wss` and `ircs` have to trust.
  const std::string& ca_certificate() const noexcept;

  /// The file it was written to; empty if `options::ca_file` was.
  const std::string& ca_file() const noexcept;

  /// Makes an account, or changes one.
  result<bool> account(account_request request);

  /// Revokes a token; who is logged in with it is thrown out. False if there is no such token.
  bool revoke(const std::string& token);

  /// The same for all access tokens of an account (of this client, unless it is empty), and it forgets what the account
  /// allowed. Returns how many tokens that were.
  size_t revoke_all(const std::string& login, const std::string& client_id = {});

  /// Registers an application, or changes one.
  result<bool> client(client_request request);

  /// What becomes of those who ask for a user's consent.
  result<bool> consent(consent_request request);

  /// Gives tokens without a browser.
  result<granted_tokens> grant(grant_request request);

  /// Times and limits of the identity server and Helix.
  result<bool> settings(api_settings_request request);

  /// A stream goes live, ends, or shows something else.
  result<bool> stream(stream_request request);

  /// Changes a room's settings; its members are told.
  result<bool> room(room_request request);

  /// A viewer says something. Returns the line's id.
  result<std::string> say(say_request request);

  /// Starts a raid.
  result<bool> raid(raid_request request);

  /// Sends a USERNOTICE. Returns its id.
  result<std::string> notice(notice_request request);

  /// Bans, times out, deletes or clears.
  result<bool> clear(clear_request request);

  /// Starts a replay. Returns its number.
  result<uint64_t> replay(replay_request request);

  /// Every replay so far, the newest ones if there were many.
  std::vector<replay_status> replays() const;

  /// Ends a replay. False if there is no such one, or it has ended.
  bool stop_replay(uint64_t id);

  /// Ends the scenario, all raids and all replays: from now on nobody says anything unasked.
  void fall_silent();

  /// Lets something go wrong. Returns how many connections were struck at once.
  result<size_t> cause(fault what);

  /// Faults that wait for their moment wait no more, slow connections are quick again, half-open ones are reset.
  void clear_faults();

  struct counters counters() const;

  std::vector<connection_info> connections() const;

  /// How many connections are in a channel.
  size_t members(const std::string& channel) const;

  /// History lines (JSON) from number `from` on, as far as they are still kept, at most `limit`.
  std::vector<std::string> history(uint64_t from = 0, size_t limit = SIZE_MAX) const;

  /// Called with each history line that isn't a chat line, in the simulator's thread: be quick, and don't call back.
  void on_event(std::function<void(const std::string& json)> observer);

private:
  class implementation;

  explicit simulator(std::unique_ptr<implementation> impl);

  std::unique_ptr<implementation> impl_;
};

} // namespace creamery::simulator
