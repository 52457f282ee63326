#pragma once

#include "actors/chat_connection.hpp"
#include "tests/unit/actors/doubles.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::test {

using strings = std::vector<std::string>;
using kind = membership_change::kind;

/// A double of a socket: remembers what is done with it.
struct link_double final : net_link {
  strings sent;
  /// Those it was told to report to, after the first.
  std::vector<link_owner_actor> attached;
  size_t released = 0;
  bool closed = false;
  bool paused = false;
  bool takes = true;

  void attach(const link_owner_actor& owner, link_id) override {
    attached.push_back(owner);
  }

  bool send(std::string_view lines) override {
    if (closed || !takes)
      return false;
    sent.emplace_back(lines);
    return true;
  }

  void release(size_t cost) override {
    released += cost;
  }

  void close() override {
    closed = true;
  }

  bool reading_paused() const override {
    return paused;
  }

  bool has_sent(std::string_view text) const {
    return std::any_of(sent.begin(), sent.end(), [text](const auto& x) { return x.find(text) != std::string::npos; });
  }
};

/// Everything that the doubles around a connection heard, in order, as words; and how they behave.
struct world {
  strings events;

  // The account.
  std::string token = "secret1";

  // The outbox.
  bool permits_logins = true;
  /// How many JOINs one answer permits at most; 0: none is answered.
  uint64_t joins_at_once = 1'000;
  std::vector<uint64_t> joins_asked;
  std::vector<caf::typed_response_promise<void>> logins_waiting;
  std::vector<caf::typed_response_promise<uint64_t>> joins_waiting;
  std::vector<own_state> own_states;
  std::vector<channel_notice> notices;
  std::map<std::string, std::set<std::string>> sessions;

  // The router.
  bool router_answers = true;
  std::vector<chat_batch> batches;
  std::vector<caf::typed_response_promise<void>> batches_waiting;
  strings own_logins;

  // The bot.
  std::vector<std::pair<std::string, bot_ready>> ready;

  /// What the outbox or the router does next: a promise is only kept inside the actor that gave it.
  std::function<void()> task;

  size_t count(std::string_view event) const {
    return static_cast<size_t>(std::count(events.begin(), events.end(), event));
  }

  strings texts() const {
    strings result;
    for (const auto& batch : batches)
      for (const auto& line : batch.lines)
        result.emplace_back(irc_line{batch.memory->data(), line}.text());
    return result;
  }

  /// The same without what has no text, like ROOMSTATE.
  strings said() const {
    auto result = texts();
    std::erase(result, "");
    return result;
  }
};

using world_ptr = std::shared_ptr<world>;

inline account_directory_actor::behavior_type accounts_double(world_ptr w) {
  return {
    [w](caf::get_atom, const std::string& id) {
      w->events.emplace_back("credentials");
      if (id != "creamybot")
        FAIL("asked for " << id);
      return credentials{"creamybot", secret{w->token}};
    },
    [w](const std::string&, const login_refused& refused) {
      w->events.push_back("refused " + refused.connection + ": " + refused.text);
    },
    [](const std::string&, const helix::request&) { return helix::answer{}; },
    [](follow_atom, const std::string&, const std::string&, const account_user_actor&) {},
  };
}

inline outbox_actor::behavior_type outbox_double(outbox_actor::pointer self, world_ptr w) {
  return {
    [](const say&) { return true; },
    [self, w](login_atom) -> caf::result<void> {
      w->events.emplace_back("login");
      if (w->permits_logins)
        return caf::unit;
      w->logins_waiting.push_back(self->make_response_promise<void>());
      return w->logins_waiting.back();
    },
    [self, w](join_atom, uint64_t wanted) -> caf::result<uint64_t> {
      w->events.emplace_back("joins");
      w->joins_asked.push_back(wanted);
      if (w->joins_at_once > 0)
        return std::min(wanted, w->joins_at_once);
      w->joins_waiting.push_back(self->make_response_promise<uint64_t>());
      return w->joins_waiting.back();
    },
    [w](const membership_change& change, const chat_writer_actor&) {
      // What counts for the outbox: whether anything can be said in a channel, by whichever session.
      auto& sessions = w->sessions[change.channel];
      switch (change.what) {
        case kind::joined:
          sessions.insert(change.session);
          w->events.push_back("joined " + change.channel);
          break;
        case kind::closing:
        case kind::lost:
          if (sessions.erase(change.session) > 0 && sessions.empty())
            w->events.push_back("lost " + change.channel);
          break;
        case kind::left:
          sessions.clear();
          w->events.push_back("left " + change.channel);
          break;
      }
    },
    [w](const own_state& state) { w->own_states.push_back(state); },
    [w](const channel_notice& notice) { w->notices.push_back(notice); },
    [](const send_verdict&) {},
    [](use_atom, const store_actor&) {},
    [w](caf::tick_atom) { w->task(); },
    [](caf::get_atom) { return outbox_report{}; },
    [](ready_atom) {},
    [](drain_atom) { return true; },
  };
}

inline router_actor::behavior_type router_double(router_actor::pointer self, world_ptr w) {
  return {
    [self, w](const chat_batch& batch) -> caf::result<void> {
      w->batches.push_back(batch);
      if (w->router_answers)
        return caf::unit;
      w->batches_waiting.push_back(self->make_response_promise<void>());
      return w->batches_waiting.back();
    },
    [](const cog_progress&, const cog_interest&, const cog_sink_actor&) {},
    [](const cog_progress&) {},
    [w](own_login_atom, const std::string& login) {
      if (login.empty())
        w->task();
      else
        w->own_logins.push_back(login);
    },
    [](caf::get_atom) { return router_report{}; },
    [](ready_atom) {},
    [](drain_atom) { return true; },
  };
}

inline readiness_listener_actor::behavior_type bot_double(world_ptr w) {
  return {[w](const std::string& connection, const bot_ready& ready) { w->ready.emplace_back(connection, ready); }};
}

/// When the tests' time begins, in milliseconds since 1970.
constexpr int64_t midnight = 1'767'225'600'000;

inline chat_settings with_wall_clock() {
  chat_settings settings;
  settings.wall_clock = [](std::chrono::steady_clock::time_point when) {
    return midnight + std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
  };
  return settings;
}

struct connection_fixture : timed_fixture {
  world_ptr w = std::make_shared<world>();
  account_directory_actor accounts = sys.spawn(accounts_double, w);
  outbox_actor box = sys.spawn(outbox_double, w);
  router_actor hub = sys.spawn(router_double, w);
  readiness_listener_actor owner = sys.spawn(bot_double, w);
  /// The links that were opened; the first one has the id 1.
  std::shared_ptr<std::vector<std::shared_ptr<link_double>>> links =
    std::make_shared<std::vector<std::shared_ptr<link_double>>>();
  chat_connection_actor connection;
  kept_states memory;
  std::shared_ptr<reading_log> reading = std::make_shared<reading_log>();
  chat_settings settings = with_wall_clock();
  /// How many lines each link has received.
  std::map<link_id, uint64_t> received;
  size_t messages = 0;

  ~connection_fixture() {
    end(connection);
    end(accounts);
    end(owner);
    end_router();
    end_outbox();
  }

  template <class Handle>
  void end(const Handle& whom) {
    if (whom)
      kill(whom);
  }

  /// Ends the router; what it hasn't answered fails, as it does with a real one.
  void end_router() {
    in_router([](world& x) { x.batches_waiting.clear(); });
    end(hub);
  }

  /// The same with the outbox.
  void end_outbox() {
    in_outbox([](world& x) {
      x.logins_waiting.clear();
      x.joins_waiting.clear();
    });
    end(box);
  }

  template <class Task>
  void in_router(Task task) {
    w->task = [this, task] { task(*w); };
    tell(hub, own_login_atom_v, std::string{});
  }

  template <class Task>
  void in_outbox(Task task) {
    w->task = [this, task] { task(*w); };
    tell(box, caf::tick_atom_v);
  }

  void permit_logins() {
    in_outbox([](world& x) {
      for (auto& one : std::exchange(x.logins_waiting, {}))
        one.deliver();
    });
  }

  /// Answers the oldest open request for JOINs.
  void permit_joins(uint64_t count) {
    in_outbox([count](world& x) {
      auto one = x.joins_waiting.at(0);
      x.joins_waiting.erase(x.joins_waiting.begin());
      one.deliver(count);
    });
  }

  void start(strings channels, bool introduced = true) {
    link_opener open = [links = links](const link_owner_actor&, link_id, const endpoint&) {
      links->push_back(std::make_shared<link_double>());
      return links->back();
    };
    auto mine = memory.take<connection_memory>(
      "irc-1", [this] { return std::make_shared<connection_memory>(settings, reading); });
    REQUIRE(mine);
    connection = sys.spawn<chat_connection>(
      connection_identity{"bot/irc-1", "bot", "creamybot", accounts, owner, std::move(channels)}, settings, open,
      std::move(*mine));
    sched.run();
    if (introduced) {
      tell(connection, use_atom_v, hub);
      tell(connection, use_atom_v, box);
    }
  }

  link_double& link(link_id id) {
    if (id > links->size())
      FAIL("there is no such link yet");
    return *links->at(id - 1);
  }

  void open(link_id id) {
    tell(connection, link_opened{id});
  }

  void receive(link_id id, const strings& lines, size_t cost = 1) {
    auto batch = lines_of(lines, cost);
    batch.first = std::exchange(received[id], received[id] + batch.lines.size());
    tell(connection, link_lines{id, std::move(batch), nanoseconds()});
  }

  void close(link_id id, const std::string& why = "connection reset by peer") {
    net_error error;
    error.step = net_step::read;
    error.endpoint = "irc:443";
    error.text = why;
    tell(connection, link_closed{id, std::move(error)});
  }

  void welcome(link_id id) {
    receive(id, {":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands twitch.tv/membership",
                 ":tmi.twitch.tv 001 creamybot :Welcome, GLHF!", ":tmi.twitch.tv 376 creamybot :>"});
  }

  void roomstate(link_id id, const std::string& channel) {
    receive(
      id, {"@emote-only=0;followers-only=-1;r9k=0;room-id=1;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #" + channel});
  }

  /// A link from its opening to its last channel.
  void settle(link_id id, const strings& channels) {
    open(id);
    welcome(id);
    for (const auto& channel : channels)
      roomstate(id, channel);
  }

  /// Somebody says this, in one batch.
  /// The server answers the PING that asks for everything it sent before.
  void flushed(link_id id) {
    REQUIRE(link(id).has_sent("PING :creamery-flush\r\n"));
    receive(id, {":tmi.twitch.tv PONG tmi.twitch.tv :creamery-flush"});
  }

  void chat(link_id id, const strings& texts, size_t cost = 1) {
    strings lines;
    for (const auto& text : texts)
      lines.push_back(privmsg("id-" + std::to_string(++messages), text));
    receive(id, lines, cost);
  }

  /// The outbox wants this written by a link; returns whether it was.
  bool write(link_id id, const std::string& channel, const std::string& line, uint64_t number = 0) {
    return ask<bool>(connection, outgoing_line{channel, line, "bot/irc-1#" + std::to_string(id), number});
  }

  void answer_router() {
    in_router([](world& x) {
      for (auto& one : std::exchange(x.batches_waiting, {}))
        one.deliver();
    });
  }

  connection_report report() {
    return ask<connection_report>(connection, caf::get_atom_v);
  }

  /// Whatever was not closed is open.
  size_t open_links() const {
    return static_cast<size_t>(std::count_if(links->begin(), links->end(), [](const auto& x) { return !x->closed; }));
  }
};

inline const std::string reconnect = ":tmi.twitch.tv RECONNECT";
inline const std::string refusal = ":tmi.twitch.tv NOTICE * :Login authentication failed";

} // namespace creamery::test
