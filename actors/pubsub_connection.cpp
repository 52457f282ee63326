#include "actors/pubsub_connection.hpp"

#include "actors/exceptions.hpp"
#include "messages/helix/calls.hpp"
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

/// Twitch takes so many names in one question.
constexpr size_t names_in_a_call = 100;

} // namespace

pubsub_memory::pubsub_memory(const pubsub_settings& settings)
  : look_up_again(settings.look_up_again, std::random_device{}()), numbering(std::random_device{}()) {
}

pubsub_connection_state::pubsub_connection_state(pubsub_connection_actor::pointer self, pubsub_identity who,
                                                 pubsub_settings settings, link_opener open, kept<pubsub_memory> memory)
  : self_(self),
    who_(std::move(who)),
    settings_(std::move(settings)),
    open_(std::move(open)),
    memory_(std::move(memory)),
    log_(make_logger("pubsub")),
    intake_(self, who_.name, memory_->intake, alarm_, log_, [this] { drained_.check([] { return true; }); }) {
}

pubsub_connection_actor::behavior_type pubsub_connection_state::make_behavior() {
  end_with_exceptions(self_);
  memory_->links.attach(link_owner_actor{self_});
  for (const auto& one : memory_->questions)
    ask_for_token(one.what.account); // our predecessor heard no answer
  look_up();
  set_alarm();
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, intake_.is_empty()); },
    [this](const link_opened& opened) {
      pubsub::session_action::list todo;
      if (memory_->session)
        memory_->session->opened(opened.link, self_->clock().now(), todo);
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
  if (look_up_at_ && *look_up_at_ <= now) {
    look_up_at_.reset();
    look_up();
  }
  give_up_old();
  pubsub::session_action::list todo;
  if (memory_->session)
    memory_->session->expire(now, todo);
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
    if (auto message = memory_->session->receive(arrived.link, lines.line(i), now, todo)) {
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
  std::erase_if(memory_->refused, [this](const auto& x) { return memory_->session->is_listening(x.first); });
  if (memory_->session->listening() > 0)
    intake_.found(settings_.wall_clock(now));
  intake_.put_away();
  set_alarm();
}

void pubsub_connection_state::on_closed(const link_closed& closed) {
  if (!memory_->links.ended(closed.link))
    return;
  memory_->last_error = to_string(closed.why);
  pubsub::session_action::list todo;
  memory_->session->closed(closed.link, memory_->last_error, self_->clock().now(), todo);
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

void pubsub_connection_state::perform(const pubsub::session_action::listen& action) {
  memory_->questions.push_back({action, self_->clock().now()});
  ask_for_token(action.account);
}

void pubsub_connection_state::perform(const pubsub::session_action::refused& action) {
  if (std::exchange(memory_->refused[action.topic], action.why) != action.why)
    log_->warn("{}: {} isn't listened to: {}", who_.name, action.topic, action.why);
}

void pubsub_connection_state::perform(const pubsub::session_action::lost& action) {
  intake_.lost(settings_.wall_clock(self_->clock().now()));
  log_->warn("{}: {}; it is connected anew", who_.name, action.why);
}

// -- ids and tokens ----------------------------------------------------------------------------------------------------------

void pubsub_connection_state::look_up() {
  if (memory_->session || is_looking_up_ || look_up_at_)
    return;
  auto& ids = memory_->ids;
  auto names = names_in(who_.topics);
  std::erase_if(names, [&](const auto& name) { return ids.contains(name); });
  auto needs_own =
    !ids.contains(who_.account)
    && std::any_of(who_.topics.begin(), who_.topics.end(), [](const auto& x) { return x.channel.empty(); });
  if (names.empty() && !needs_own) {
    memory_->session.emplace(settings_.session, topics_of(who_.topics, who_.account, memory_->ids),
                             std::random_device{}());
    pubsub::session_action::list todo;
    memory_->session->start(self_->clock().now(), todo);
    perform(std::move(todo));
    return set_alarm();
  }
  names.resize(needs_own ? 0 : std::min(names.size(), names_in_a_call)); // without names: the token's own user
  is_looking_up_ = true;
  auto question = helix::get_users({}, names);
  self_->request(who_.accounts, caf::infinite, who_.account, std::move(question.what))
    .then(
      [this, names, read = question.read](const helix::answer& answer) {
        is_looking_up_ = false;
        auto users = read(answer);
        if (!users)
          return look_up_later(to_string(users.error()));
        for (const auto& user : *users)
          memory_->ids[names.empty() ? who_.account : user.login] = user.id;
        auto stranger =
          std::find_if(names.begin(), names.end(), [this](const auto& x) { return !memory_->ids.contains(x); });
        if (stranger != names.end()) {
          log_->warn("{}: Twitch knows nobody called {}, whose topics are left out", who_.name, *stranger);
          for (const auto& name : names)
            memory_->ids.emplace(name, "");
        }
        look_up(); // the next hundred
      },
      [this](const caf::error&) {
        is_looking_up_ = false;
        look_up_later("the account is being restarted");
      });
}

void pubsub_connection_state::look_up_later(const std::string& why) {
  if (why != std::exchange(memory_->last_error, why))
    log_->warn("{}: it isn't known yet what to listen to: {}", who_.name, why);
  look_up_at_ = self_->clock().now() + memory_->look_up_again.next();
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
      link->socket->send(pubsub::make_request("LISTEN", one.what.nonce, one.what.topics, token)
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
    memory_->session->no_token(nonce, why, self_->clock().now(), todo);
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
  if (memory_->session)
    alarm_.at(self_, memory_->session->deadline());
  for (const auto& one : memory_->questions)
    alarm_.at(self_, one.asked + token_patience);
  if (look_up_at_)
    alarm_.at(self_, *look_up_at_);
}

eventsub_report pubsub_connection_state::report() const {
  eventsub_report x;
  x.name = who_.name;
  x.session_id = to_string(settings_.server);
  x.wanted = who_.topics.size();
  if (memory_->session) {
    x.enabled = memory_->session->listening();
    const auto& counters = memory_->session->count();
    x.dials = counters.dials;
    x.handovers = counters.moves;
    x.losses = counters.losses;
    x.bad_messages = counters.bad_messages;
  }
  intake_.add_to(x);
  for (const auto& [topic, why] : memory_->refused)
    x.refused.push_back(topic + ": " + why);
  x.last_error = memory_->last_error;
  return x;
}

} // namespace creamery
