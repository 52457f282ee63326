#include "actors/pubsub_connection.hpp"

#include "actors/exceptions.hpp"
#include "actors/helix_question.hpp"
#include "messages/pubsub/replacement.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>
#include <variant>

namespace creamery {

namespace {

/// A token that isn't there by then has to be granted first, and the topic is asked for again later.
constexpr auto token_patience = std::chrono::seconds{5};

} // namespace

pubsub_memory::pubsub_memory(const pubsub_settings& settings)
  : session(settings.session, std::random_device{}()),
    look_up_again(settings.look_up_again, std::random_device{}()),
    numbering(std::random_device{}()) {
}

pubsub_connection_state::pubsub_connection_state(pubsub_connection_actor::pointer self, pubsub_identity who,
                                                 pubsub_settings settings, link_opener open, kept<pubsub_memory> memory)
  : self_(self),
    who_(std::move(who)),
    settings_(std::move(settings)),
    open_(std::move(open)),
    memory_(std::move(memory)),
    log_(make_logger("pubsub")),
    intake_(self, who_.name, memory_->intake, alarm_, log_, [this] { drained_.check([] { return true; }); }),
    users_(self, names_in(who_.topics), memory_->ids, memory_->look_up_again,
           {.call =
              [this](helix::request what, auto handler) {
                ask_helix(self_, who_.accounts, who_.account, std::move(what), std::move(handler));
              },
            .on_known = [this] { on_ids(); },
            .on_delay =
              [this](const std::string& why) {
                if (why != std::exchange(memory_->last_error, why))
                  log_->warn("{}: not everything can be listened to yet: {}", who_.name, why);
                set_alarm();
              }}) {
}

pubsub_connection_actor::behavior_type pubsub_connection_state::make_behavior() {
  end_with_exceptions(self_);
  memory_->links.attach(link_owner_actor{self_});
  for (const auto& one : memory_->questions)
    ask_for_token(one.what.account); // our predecessor heard no answer
  users_.start();
  set_alarm();
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, intake_.is_empty()); },
    [this](const link_opened& opened) {
      pubsub::session_action::list todo;
      memory_->session.opened(opened.link, self_->clock().now(), todo);
      perform(std::move(todo));
      set_alarm();
    },
    [this](const link_lines& lines) { on_lines(lines); },
    [this](const link_closed& closed) { on_closed(closed); },
    [this](use_atom, const store_actor& store) { intake_.use(store); },
    [this](use_atom, const account_directory_actor& accounts) {
      who_.accounts = accounts;
      for (const auto& account : std::exchange(asked_, {}))
        ask_for_token(account);
    },
    [this](changed_atom) {
      users_.on_grant();
      memory_->session.granted(self_->clock().now());
      on_tick();
    },
    [this](fault_atom, const std::string&) { memory_->links.close_all(); },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      on_tick();
    },
    [this](caf::get_atom) { return report(); },
  };
}

void pubsub_connection_state::on_tick() {
  auto now = self_->clock().now();
  users_.run();
  give_up_old();
  if (!intake_.is_empty() || !memory_->links.is_reading()) // we are the ones who don't get on
    memory_->session.excuse_silence(now);
  pubsub::session_action::list todo;
  memory_->session.expire(now, todo);
  perform(std::move(todo));
  intake_.put_away();
  set_alarm();
}

// -- the socket --------------------------------------------------------------------------------------------------------------

void pubsub_connection_state::on_lines(const link_lines& arrived) {
  auto* from = memory_->links.source_of(arrived);
  if (from == nullptr)
    return;
  const auto& lines = arrived.lines;
  auto now = self_->clock().now();
  pubsub::session_action::list todo;
  eventsub::arrivals events;
  for (size_t i = 0; i < lines.lines.size(); ++i)
    if (auto message = memory_->session.receive(arrived.link, lines.line(i), now, todo)) {
      eventsub::event one;
      one.bot = who_.bot;
      one.message_id = "pubsub " + std::to_string(memory_->numbering) + "/" + std::to_string(++memory_->received);
      one.type = pubsub::raw_type;
      one.version = "1";
      one.subscription_id = std::move(message->topic);
      one.json = std::move(message->text);
      events.events.push_back({std::move(one), ""});
    }
  link_table::done(*from, arrived);
  intake_.take(std::move(events), from->socket, lines.cost);
  perform(std::move(todo));
  std::erase_if(memory_->refused, [this](const auto& x) { return memory_->session.is_listening(x.first); });
  if (memory_->session.listening() > 0)
    intake_.found(settings_.wall_clock(now));
  intake_.put_away();
  set_alarm();
}

void pubsub_connection_state::on_closed(const link_closed& closed) {
  if (!memory_->links.ended(closed.link))
    return;
  memory_->last_error = to_string(closed.why);
  pubsub::session_action::list todo;
  memory_->session.closed(closed.link, memory_->last_error, self_->clock().now(), todo);
  perform(std::move(todo));
  set_alarm();
}

void pubsub_connection_state::perform(pubsub::session_action::list todo) {
  for (auto& one : todo)
    std::visit([this](auto& action) { perform(action); }, one);
}

void pubsub_connection_state::perform(const pubsub::session_action::open& action) {
  memory_->links.add(action.link, open_(link_owner_actor{self_}, action.link, settings_.server));
}

void pubsub_connection_state::perform(const pubsub::session_action::close& action) {
  memory_->links.close(action.link);
}

void pubsub_connection_state::perform(const pubsub::session_action::ping& action) {
  if (auto* link = memory_->links.find(action.link))
    link->socket->send(pubsub::ping); // if it isn't taken, there is no answer, either
}

void pubsub_connection_state::perform(const pubsub::session_action::ask& action) {
  memory_->questions.push_back({action, self_->clock().now()});
  ask_for_token(action.account);
}

void pubsub_connection_state::perform(const pubsub::session_action::refused& action) {
  if (std::exchange(memory_->refused[action.topic], action.why) != action.why)
    log_->warn("{}: {} isn't listened to: {}", who_.name, action.topic, action.why);
}

void pubsub_connection_state::perform(const pubsub::session_action::lost& action) {
  intake_.lost(settings_.wall_clock(action.since));
  log_->warn("{}: {}; it is connected anew", who_.name, action.why);
}

// -- ids and tokens ----------------------------------------------------------------------------------------------------------

void pubsub_connection_state::on_ids() {
  pubsub::session_action::list todo;
  memory_->session.want(topics_of(who_.topics, who_.account, memory_->ids), self_->clock().now(), todo);
  perform(std::move(todo));
  set_alarm();
}

void pubsub_connection_state::ask_for_token(const std::string& account) {
  if (!asked_.insert(account).second)
    return;
  self_->request(who_.accounts, caf::infinite, caf::get_atom_v, account)
    .then(
      [this, account](const credentials& known) {
        asked_.erase(account);
        on_token(account, known.token);
      },
      [this, account](const caf::error& why) {
        asked_.erase(account);
        give_up(account, "there is no token of " + account + " (" + to_string(why) + ")");
      });
  set_alarm();
}

void pubsub_connection_state::on_token(const std::string& account, const secret& token) {
  std::erase_if(memory_->questions, [&](const pubsub_memory::question& one) {
    if (one.what.account != account)
      return false;
    if (auto* link = memory_->links.find(one.what.link))
      link->socket->send(pubsub::make_request(one.what.type, one.what.nonce, one.what.topics, token)
                           .reveal()); // else it isn't answered, either
    return true;
  });
}

void pubsub_connection_state::give_up(const std::string& account, const std::string& why) {
  std::vector<std::string> nonces;
  std::erase_if(memory_->questions, [&](const pubsub_memory::question& one) {
    if (one.what.account == account)
      nonces.push_back(one.what.nonce);
    return one.what.account == account;
  });
  pubsub::session_action::list todo;
  for (const auto& nonce : nonces)
    memory_->session.no_token(nonce, why, self_->clock().now(), todo);
  perform(std::move(todo));
  set_alarm();
}

void pubsub_connection_state::give_up_old() {
  std::set<std::string> late;
  for (const auto& one : memory_->questions)
    if (self_->clock().now() - one.asked >= token_patience)
      late.insert(one.what.account);
  for (const auto& account : late)
    give_up(account, "there is no token of " + account + " yet; what helps: creamery auth " + who_.bot
                       + (account == who_.account ? "" : " --channel " + account));
}

void pubsub_connection_state::set_alarm() {
  alarm_.at(self_, memory_->session.deadline());
  for (const auto& one : memory_->questions)
    alarm_.at(self_, one.asked + token_patience);
  alarm_.at(self_, users_.deadline());
}

eventsub_report pubsub_connection_state::report() const {
  eventsub_report x;
  x.name = who_.name;
  x.session_id = to_string(settings_.server);
  x.wanted = who_.topics.size();
  x.enabled = memory_->session.listening();
  const auto& counters = memory_->session.count();
  x.dials = counters.dials;
  x.handovers = counters.moves;
  x.losses = counters.losses;
  x.bad_messages = counters.bad_messages;
  intake_.add_to(x);
  for (const auto& [topic, why] : memory_->refused)
    x.refused.push_back(topic + ": " + why);
  x.last_error = memory_->last_error;
  return x;
}

} // namespace creamery
