#include "actors/eventsub_session.hpp"

#include "actors/exceptions.hpp"
#include "messages/eventsub/account_events.hpp"
#include "messages/eventsub/chat_events.hpp"
#include "messages/eventsub/events.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/eventsub/json_slice.hpp"
#include "runtime/eventsub/notification.hpp"
#include "runtime/telemetry/log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace creamery {

eventsub_memory::eventsub_memory(const eventsub_settings& settings)
  : session(settings.session, std::random_device{}()), subscriber(settings) {
}

eventsub_session_state::eventsub_session_state(eventsub_session_actor::pointer self, subscriber_identity who,
                                               std::optional<uint64_t> shard, eventsub_settings settings,
                                               link_opener open, kept<eventsub_memory> memory)
  : self_(self),
    settings_(std::move(settings)),
    open_(std::move(open)),
    memory_(std::move(memory)),
    log_(make_logger("eventsub")),
    shard_(shard),
    intake_(self, who.name, memory_->intake, alarm_, log_, [this] { check_drained(); }),
    chat_(self, who.name, memory_->chat, log_, [this] { check_drained(); }),
    subscriber_(self, std::move(who), memory_->subscriber, log_,
                {.transport =
                   [this] {
                     return nlohmann::json{{"method", "websocket"}, {"session_id", memory_->session.id()}};
                   },
                 .on_useless =
                   [this](const std::string& why, clock::duration at_least) {
                     eventsub::session_action::list todo;
                     memory_->session.abandon(why, at_least, self_->clock().now(), todo);
                     perform(std::move(todo));
                   },
                 .on_change = [this] { on_subscriptions(); }}) {
}

eventsub_session_actor::behavior_type eventsub_session_state::make_behavior() {
  end_with_exceptions(self_);
  memory_->links.attach(link_owner_actor{self_});
  if (!shard_)
    subscriber_.start();
  set_alarm();
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, is_drained()); },
    [this](const link_opened& opened) {
      memory_->session.opened(opened.link, self_->clock().now());
      set_alarm();
    },
    [this](const link_lines& lines) { on_lines(lines); },
    [this](const link_closed& closed) { on_closed(closed); },
    [this](use_atom, const store_actor& store) { intake_.use(store); },
    [this](use_atom, const router_actor& router) { chat_.use(router); },
    [this](use_atom, const account_directory_actor& accounts) { subscriber_.use(accounts); },
    [this](use_atom, const conduit_actor& conduit) { follow(conduit); },
    [this](changed_atom) {
      subscriber_.on_grant();
      want_socket();
    },
    [this](fault_atom, const std::string&) { memory_->links.close_all(); },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      on_tick();
    },
    [this](caf::get_atom) { return report(); },
  };
}

bool eventsub_session_state::is_drained() const {
  return intake_.is_empty() && chat_.is_empty();
}

void eventsub_session_state::check_drained() {
  drained_.check([this] { return is_drained(); });
}

void eventsub_session_state::on_tick() {
  auto now = self_->clock().now();
  if (!is_drained() || !memory_->links.is_reading()) // we are the ones who don't get on
    memory_->session.excuse_silence(now);
  eventsub::session_action::list todo;
  memory_->session.expire(now, todo);
  perform(std::move(todo));
  intake_.put_away();
  want_socket();
  subscriber_.run();
  set_alarm();
}

// -- the socket --------------------------------------------------------------------------------------------------------------

void eventsub_session_state::on_lines(const link_lines& arrived) {
  auto* from = memory_->links.source_of(arrived);
  if (from == nullptr)
    return;
  const auto& lines = arrived.lines;
  auto now = self_->clock().now();
  eventsub::session_action::list todo;
  eventsub::arrivals events;
  for (size_t i = 0; i < lines.lines.size(); ++i)
    if (auto read = memory_->session.receive(arrived.link, lines.line(i), now, todo)) {
      const auto& said = std::get<eventsub::message::notification>(read->content);
      for (auto& one : eventsub::events_of(said, read->id, read->timestamp, subscriber_.who().bot).events) {
        tell_of_shard(one.what);
        if (take_chat(one.what, said.subscription))
          continue;
        events.events.push_back(std::move(one));
      }
    }
  link_table::done(*from, arrived);
  const auto has_events = !events.events.empty();
  const auto has_chat = chat_.take(from->socket, has_events ? 0 : lines.cost, arrived.read_at);
  if (has_events || !has_chat)
    intake_.take(std::move(events), from->socket, lines.cost);
  perform(std::move(todo));
  intake_.put_away();
  set_alarm();
}

bool eventsub_session_state::take_chat(const eventsub::event& event, const eventsub::named_subscription& by) {
  const auto& who = subscriber_.who();
  if (!who.has_chat || !eventsub::is_chat(event.type))
    return false;
  // Unlike IRC, it tells us what we said ourselves.
  auto is_own = event.type == eventsub::channel_chat_message::type && !by.user.empty()
                && eventsub::find_member(event.json, "chatter_user_id") == "\"" + by.user + "\"";
  if (!is_own)
    chat_.add(event);
  return std::find(who.chat_only.begin(), who.chat_only.end(), event.type) != who.chat_only.end();
}

void eventsub_session_state::on_closed(const link_closed& closed) {
  if (!memory_->links.ended(closed.link))
    return;
  auto& why = memory_->subscriber.last_error;
  why = to_string(closed.why);
  eventsub::session_action::list todo;
  memory_->session.closed(closed.link, closed.why.close_code, why, self_->clock().now(), todo);
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
  memory_->links.add(action.link, open_(link_owner_actor{self_}, action.link, *server));
}

void eventsub_session_state::perform(const eventsub::session_action::close& action) {
  memory_->links.close(action.link);
}

void eventsub_session_state::perform(const eventsub::session_action::begun& action) {
  log_->debug("{}: session {} has begun", subscriber_.who().name, action.session_id);
  memory_->subscriber.subscriptions.begin(self_->clock().now());
  is_settled_ = is_attached_ = false;
  subscriber_.run();
  attach();
}

void eventsub_session_state::perform(const eventsub::session_action::moved& action) {
  log_->debug("{}: the session goes on as {}", subscriber_.who().name, action.session_id);
  if (action.deaf_since) {
    intake_.lost(settings_.wall_clock(*action.deaf_since));
    intake_.found(settings_.wall_clock(self_->clock().now()));
  }
  attach();
}

void eventsub_session_state::perform(const eventsub::session_action::lost& action) {
  memory_->subscriber.subscriptions.end();
  is_attached_ = false;
  intake_.lost(settings_.wall_clock(action.since));
  if (action.is_own_fault)
    log_->error("{}: Twitch says that something was sent to it, which must not be: this is a fault of Creamery's, "
                "please report it",
                subscriber_.who().name);
  log_->warn("{}: {}; a new session is begun", subscriber_.who().name, action.why);
}

void eventsub_session_state::perform(const eventsub::session_action::revoked& action) {
  if (shard_) { // the subscriptions are their keeper's
    self_->send(subscriber_.who().owner,
                eventsub::subscription_news{action.what.id, action.what.type, action.what.status});
    return;
  }
  subscriber_.on_end(action.what);
  want_socket();
}

// -- subscriptions -----------------------------------------------------------------------------------------------------------

void eventsub_session_state::on_subscriptions() {
  if (memory_->subscriber.subscriptions.settled() && !memory_->session.id().empty()) {
    subscriber_.tell_table();
    if (!std::exchange(is_settled_, true))
      on_settled();
  }
  want_socket();
}

void eventsub_session_state::want_socket() {
  eventsub::session_action::list todo;
  auto now = self_->clock().now();
  auto is_wanted = shard_ ? memory_->has_conduit : memory_->subscriber.subscriptions.is_useful(now);
  memory_->session.set_wanted(is_wanted, now, todo);
  if (!is_wanted) // nothing can be asked for until there is a session again
    memory_->subscriber.subscriptions.end();
  perform(std::move(todo));
  set_alarm();
}

void eventsub_session_state::on_settled() {
  memory_->session.subscribed(self_->clock().now());
  subscriber_.tell_ready();
  if (memory_->subscriber.subscriptions.count(eventsub::subscriptions::state::enabled) > 0)
    intake_.found(settings_.wall_clock(self_->clock().now()));
}

// -- a conduit's shard -------------------------------------------------------------------------------------------------------

void eventsub_session_state::follow(const conduit_actor& conduit) {
  conduit_ = conduit;
  self_->request(conduit_, caf::infinite, follow_atom_v, std::string{})
    .then(
      [this](const std::string&) {
        memory_->has_conduit = true;
        want_socket();
      },
      [](const caf::error&) {}); // it has ended, and the bot will name the next one
  attach();
}

void eventsub_session_state::attach() {
  if (!conduit_ || memory_->session.id().empty())
    return;
  self_->request(conduit_, caf::infinite, attach_atom_v, *shard_, memory_->session.id())
    .then(
      [this, id = memory_->session.id()] {
        if (id != memory_->session.id())
          return;
        is_attached_ = true;
        memory_->session.subscribed(self_->clock().now());
        set_alarm();
        intake_.found(settings_.wall_clock(self_->clock().now()));
      },
      // The conduit's keeper has ended, and the bot will name the next one; or there is another session by now.
      [](const caf::error&) {});
}

void eventsub_session_state::tell_of_shard(const eventsub::event& event) {
  using disabled = eventsub::conduit_shard_disabled;
  if (!conduit_ || event.type != disabled::type)
    return;
  if (auto news = eventsub::decode<disabled>(event.json))
    self_->send(conduit_, detached_atom_v, news->conduit_id, news->shard_id);
}

void eventsub_session_state::set_alarm() {
  alarm_.at(self_, memory_->session.deadline());
  alarm_.at(self_, subscriber_.deadline());
}

eventsub_report eventsub_session_state::report() const {
  auto x = report_of(memory_->subscriber.subscriptions);
  x.name = subscriber_.who().name;
  x.session_id = memory_->session.id();
  if (shard_) {
    x.wanted = 1;
    x.enabled = is_attached_ ? 1 : 0;
  }
  const auto& counters = memory_->session.count();
  x.dials = counters.dials;
  x.sessions = counters.sessions;
  x.handovers = counters.handovers;
  x.failed_handovers = counters.failed_handovers;
  x.losses = counters.losses;
  x.bad_messages = counters.bad_messages;
  intake_.add_to(x);
  x.same_events += counters.doubles;
  x.last_error = memory_->subscriber.last_error;
  return x;
}

} // namespace creamery
