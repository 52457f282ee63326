#include "actors/eventsub_session.hpp"

#include "actors/exceptions.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/eventsub/json_slice.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace creamery {

namespace {

/// Twitch takes so many names in one question.
constexpr size_t names_in_a_call = 100;

/// After the store couldn't write.
constexpr auto store_again = std::chrono::seconds{1};

/// Under this "login", the id of the token's own user.
const std::string self{};

/// The events of a notification: one, or each entry of a batch.
std::vector<eventsub::arrivals::one> events_of(const eventsub::frame& read, const std::string& bot) {
  const auto& said = std::get<eventsub::message::notification>(read.content);
  eventsub::event event;
  event.bot = bot;
  event.message_id = read.id;
  event.type = said.subscription.type;
  event.version = said.subscription.version;
  event.subscription_id = said.subscription.id;
  event.sent_at = read.timestamp;
  const auto* type = eventsub::find_type(event.type, event.version);
  auto key_of = [type](std::string_view json) {
    return type != nullptr ? eventsub::business_key(json, type->business_key) : std::string{};
  };
  std::vector<eventsub::arrivals::one> all;
  if (said.events.empty()) {
    event.json = said.event;
    all.push_back({event, key_of(event.json)});
    return all;
  }
  auto entries = nlohmann::json::parse(said.events, nullptr, false);
  for (size_t i = 0; entries.is_array() && i < entries.size(); ++i) {
    const auto& entry = entries[i];
    if (!entry.is_object() || !entry.contains("data"))
      continue;
    auto id = entry.find("id");
    event.message_id =
      read.id + "/" + (id != entry.end() && id->is_string() ? id->get<std::string>() : std::to_string(i));
    event.json = entry["data"].dump();
    all.push_back({event, key_of(event.json)});
  }
  return all;
}

} // namespace

eventsub_memory::eventsub_memory(const eventsub_settings& settings)
  : session(settings.session, std::random_device{}()),
    subscriptions(settings.subscriptions, std::random_device{}()),
    look_up_again(settings.look_up_again, std::random_device{}()) {
}

eventsub_memory::~eventsub_memory() {
  for (auto& [id, one] : links)
    one.socket->close();
}

eventsub_session_state::eventsub_session_state(eventsub_session_actor::pointer self, eventsub_identity who,
                                               eventsub_settings settings, link_opener open,
                                               kept<eventsub_memory> memory)
  : self_(self),
    who_(std::move(who)),
    settings_(std::move(settings)),
    open_(std::move(open)),
    memory_(std::move(memory)),
    log_(make_logger("eventsub")) {
}

eventsub_session_actor::behavior_type eventsub_session_state::make_behavior() {
  end_with_exceptions(self_);
  for (auto& [id, one] : memory_->links)
    one.socket->attach(link_owner_actor{self_}, id);
  memory_->subscriptions.forget_questions();
  look_up();
  subscribe();
  set_alarm();
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, memory_->pending.empty()); },
    [this](const link_opened& opened) {
      memory_->session.opened(opened.link, self_->clock().now());
      set_alarm();
    },
    [this](const link_lines& lines) { on_lines(lines); },
    [this](const link_closed& closed) { on_closed(closed); },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      is_storing_ = false; // whoever was asked is gone
      put_away();
    },
    [this](use_atom, const account_directory_actor& accounts) { who_.accounts = accounts; },
    [this](fault_atom, const std::string&) {
      for (auto& [id, one] : memory_->links)
        one.socket->close(); // `link_closed` follows, as if the server had ended it
    },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      on_tick();
    },
    [this](caf::get_atom) { return report(); },
  };
}

void eventsub_session_state::on_tick() {
  auto now = self_->clock().now();
  auto is_reading = std::none_of(memory_->links.begin(), memory_->links.end(),
                                 [](const auto& x) { return x.second.socket->reading_paused(); });
  if (!memory_->pending.empty() || !is_reading) // we are the ones who don't get on
    memory_->session.excuse_silence(now);
  eventsub::session_action::list todo;
  memory_->session.expire(now, todo);
  perform(std::move(todo));
  if (look_up_at_ && *look_up_at_ <= now) {
    look_up_at_.reset();
    look_up();
  }
  put_away();
  want_socket();
  subscribe();
  set_alarm();
}

// -- the socket --------------------------------------------------------------------------------------------------------------

void eventsub_session_state::on_lines(const link_lines& arrived) {
  auto from = memory_->links.find(arrived.link);
  if (from == memory_->links.end())
    return;
  const auto& lines = arrived.lines;
  if (lines.first + lines.lines.size() <= from->second.messages)
    return; // our predecessor has seen to them: they are pending
  auto now = self_->clock().now();
  eventsub::session_action::list todo;
  eventsub::arrivals events;
  for (size_t i = 0; i < lines.lines.size(); ++i)
    if (auto read = memory_->session.receive(arrived.link, lines.line(i), now, todo))
      for (auto& one : events_of(*read, who_.bot))
        events.events.push_back(std::move(one));
  from->second.messages = lines.first + lines.lines.size();
  if (events.events.empty())
    from->second.socket->release(lines.cost);
  else
    memory_->pending.push_back({std::move(events), from->second.socket, lines.cost});
  perform(std::move(todo));
  put_away();
  set_alarm();
}

void eventsub_session_state::on_closed(const link_closed& closed) {
  if (memory_->links.erase(closed.link) == 0)
    return;
  memory_->last_error = to_string(closed.why);
  eventsub::session_action::list todo;
  memory_->session.closed(closed.link, closed.why.close_code, memory_->last_error, self_->clock().now(), todo);
  perform(std::move(todo));
  set_alarm();
}

void eventsub_session_state::perform(eventsub::session_action::list todo) {
  for (auto& one : todo)
    std::visit([this](auto& action) { perform(action); }, one);
}

void eventsub_session_state::perform(const eventsub::session_action::open& action) {
  auto server = action.url.empty() ? result<endpoint>{settings_.server} : parse_endpoint(action.url);
  if (!server) {
    eventsub::session_action::list todo;
    memory_->session.closed(action.link, 0, to_string(server.error()), self_->clock().now(), todo);
    return perform(std::move(todo));
  }
  memory_->links[action.link] = {open_(link_owner_actor{self_}, action.link, *server)};
}

void eventsub_session_state::perform(const eventsub::session_action::close& action) {
  auto link = memory_->links.extract(action.link);
  if (!link.empty())
    link.mapped().socket->close();
}

void eventsub_session_state::perform(const eventsub::session_action::begun& action) {
  log_->debug("{}: session {} has begun", who_.name, action.session_id);
  memory_->subscriptions.begin(self_->clock().now());
  is_settled_ = false;
  subscribe();
}

void eventsub_session_state::perform(const eventsub::session_action::moved& action) {
  log_->debug("{}: the session goes on as {}", who_.name, action.session_id);
}

void eventsub_session_state::perform(const eventsub::session_action::lost& action) {
  memory_->subscriptions.end();
  if (memory_->blind_since == 0)
    memory_->blind_since = settings_.wall_clock(self_->clock().now());
  log_->warn("{}: {}; a new session is begun", who_.name, action.why);
}

void eventsub_session_state::perform(const eventsub::session_action::revoked& action) {
  const auto* entry = memory_->subscriptions.revoked(action.what, self_->clock().now());
  log_->warn("{}: Twitch has ended the subscription to {}: {}", who_.name,
             entry != nullptr ? to_string(entry->what) : action.what.type, action.what.status);
  want_socket();
}

// -- subscriptions -----------------------------------------------------------------------------------------------------------

helix::request eventsub_session_state::as_owner(helix::request call) const {
  if (!who_.broadcaster.empty()) {
    call.as = helix::identity::broadcaster;
    call.broadcaster = who_.broadcaster;
  }
  return call;
}

void eventsub_session_state::look_up() {
  if (is_looking_up_ || look_up_at_)
    return;
  std::vector<std::string> unknown;
  if (memory_->ids.contains(self))
    for (const auto& channel : who_.channels)
      if (unknown.size() < names_in_a_call && !memory_->ids.contains(channel))
        unknown.push_back(channel);
  if (memory_->ids.contains(self) && unknown.empty())
    return want();
  auto call = helix::get_users({}, unknown); // without names: the token's own user
  auto try_again = [this](const std::string& why) {
    is_looking_up_ = false;
    if (why != std::exchange(memory_->last_error, why))
      log_->warn("{}: nothing can be subscribed to yet: {}", who_.name, why);
    look_up_at_ = self_->clock().now() + memory_->look_up_again.next();
    set_alarm();
  };
  is_looking_up_ = true;
  self_->request(who_.accounts, caf::infinite, who_.account, as_owner(call.what))
    .then(
      [this, read = call.read, is_own = unknown.empty(), try_again](const helix::answer& answer) {
        auto users = read(answer);
        if (!users)
          return try_again(to_string(users.error()));
        for (const auto& user : *users) {
          memory_->ids[user.login] = user.id;
          if (is_own)
            memory_->ids[self] = user.id;
        }
        if (users->empty())
          return try_again("Twitch doesn't know these names");
        is_looking_up_ = false;
        memory_->look_up_again.reset();
        look_up(); // the next hundred
      },
      [try_again](const caf::error&) { try_again("the account is being restarted"); });
}

void eventsub_session_state::want() {
  const auto& own = memory_->ids.at(self);
  std::vector<eventsub::wanted_subscription> all;
  for (const auto& channel : who_.channels)
    for (const auto& event : who_.events) {
      const auto& id = memory_->ids.at(channel);
      auto by = eventsub::grantor_of(*event.type);
      auto is_mine = by == eventsub::grantor::broadcaster ? id == own : who_.broadcaster.empty();
      if (!is_mine || by == eventsub::grantor::application)
        continue;
      // Of users, it is the broadcaster who is of interest, unless only the token's own user may ask.
      auto about = by == eventsub::grantor::nobody ? id : own;
      eventsub::wanted_subscription one{
        event.type,
        eventsub::make_condition(*event.type,
                                 {.broadcaster = id, .self = about, .reward = event.reward, .side = event.side}),
        channel};
      if (std::none_of(all.begin(), all.end(),
                       [&](const auto& x) { return x.type == one.type && x.about == one.about; }))
        all.push_back(std::move(one));
    }
  for (const auto& id : memory_->subscriptions.want(std::move(all), self_->clock().now()))
    self_->request(who_.accounts, caf::infinite, who_.account, as_owner(helix::delete_subscription(id).what))
      .then([](const helix::answer&) {}, [](const caf::error&) {}); // it ends with the session at the latest
  want_socket();
  subscribe();
}

void eventsub_session_state::want_socket() {
  eventsub::session_action::list todo;
  memory_->session.set_wanted(memory_->subscriptions.is_useful(self_->clock().now()), self_->clock().now(), todo);
  perform(std::move(todo));
  set_alarm();
}

void eventsub_session_state::subscribe() {
  auto& subscriptions = memory_->subscriptions;
  nlohmann::json transport{{"method", "websocket"}, {"session_id", memory_->session.id()}};
  for (auto place : subscriptions.next(self_->clock().now())) {
    const auto& one = subscriptions.entries()[place].what;
    auto call =
      helix::create_subscription(one.type->name, one.type->version, nlohmann::json(one.about).dump(), transport.dump());
    call.what.order = helix::priority::high; // Twitch closes a session that isn't used for ten seconds
    self_->request(who_.accounts, caf::infinite, who_.account, as_owner(std::move(call.what)))
      .then(
        [this, place, round = subscriptions.round()](const helix::answer& answer) { on_answer(place, round, answer); },
        [this, place, round = subscriptions.round()](const caf::error&) {
          on_answer(place, round,
                    {true, {helix::error::kind::unavailable, 0, "the account is being restarted"}, 0, {}});
        });
  }
  set_alarm();
}

void eventsub_session_state::on_answer(size_t place, uint64_t round, const helix::answer& answer) {
  using meaning = eventsub::subscriptions::meaning;
  auto now = self_->clock().now();
  if (memory_->subscriptions.answered(place, round, answer, now) == meaning::transport_is_useless) {
    eventsub::session_action::list todo;
    memory_->session.abandon(answer.why.text, now, todo);
    perform(std::move(todo));
  }
  if (memory_->subscriptions.settled() && !std::exchange(is_settled_, true))
    report_settled();
  want_socket();
  subscribe();
}

void eventsub_session_state::report_settled() {
  using state = eventsub::subscriptions::state;
  const auto& subscriptions = memory_->subscriptions;
  log_->info("{}: subscribed to {} of {} events", who_.name, subscriptions.count(state::enabled),
             subscriptions.entries().size());
  for (const auto& one : subscriptions.entries())
    if (one.is != state::enabled)
      log_->warn("{}: not subscribed to {}: {}", who_.name, to_string(one.what), one.why);
  if (memory_->blind_since == 0 || subscriptions.count(state::enabled) == 0)
    return;
  ++memory_->gaps;
  log_->warn("{}: no events were received from {} to {}", who_.name, utc_time(std::exchange(memory_->blind_since, 0)),
             utc_time(settings_.wall_clock(self_->clock().now())));
}

// -- events ------------------------------------------------------------------------------------------------------------------

void eventsub_session_state::put_away() {
  if (is_storing_ || !store_ || memory_->pending.empty())
    return;
  is_storing_ = true;
  self_->request(store_, caf::infinite, memory_->pending.front().what)
    .then(
      [this](const eventsub::receipt& receipt) {
        is_storing_ = false;
        auto done = std::move(memory_->pending.front());
        memory_->pending.pop_front();
        done.socket->release(done.cost);
        memory_->events += receipt.fresh;
        memory_->same_messages += receipt.same_message;
        memory_->same_events += receipt.same_event;
        drained_.check([this] { return memory_->pending.empty(); });
        put_away();
      },
      [this](const caf::error&) {
        // The store has ended, and we are told the next one; or it can't write just now.
        is_storing_ = false;
        self_->delayed_send(self_, store_again, caf::tick_atom_v);
      });
}

void eventsub_session_state::set_alarm() {
  alarm_.at(self_, memory_->session.deadline());
  alarm_.at(self_, memory_->subscriptions.deadline());
  if (auto when = memory_->subscriptions.useful_at(); when > self_->clock().now())
    alarm_.at(self_, when);
  if (look_up_at_)
    alarm_.at(self_, *look_up_at_);
}

eventsub_report eventsub_session_state::report() const {
  using state = eventsub::subscriptions::state;
  const auto& subscriptions = memory_->subscriptions;
  eventsub_report x;
  x.name = who_.name;
  x.session_id = memory_->session.id();
  x.wanted = subscriptions.entries().size();
  x.enabled = subscriptions.count(state::enabled);
  for (const auto& one : subscriptions.entries())
    if (one.is == state::refused || one.is == state::revoked)
      x.refused.push_back(to_string(one.what) + ": " + one.why);
  const auto& counters = memory_->session.count();
  x.dials = counters.dials;
  x.sessions = counters.sessions;
  x.handovers = counters.handovers;
  x.failed_handovers = counters.failed_handovers;
  x.losses = counters.losses;
  x.bad_messages = counters.bad_messages;
  x.events = memory_->events;
  x.same_messages = memory_->same_messages;
  x.same_events = memory_->same_events;
  x.gaps = memory_->gaps;
  x.blind_since = memory_->blind_since;
  x.last_error = memory_->last_error;
  return x;
}

} // namespace creamery
