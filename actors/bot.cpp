#include "actors/bot.hpp"

#include "actors/chat_connection.hpp"
#include "actors/cog_runner.hpp"
#include "actors/conduit_keeper.hpp"
#include "actors/eventsub_session.hpp"
#include "actors/helix_sender.hpp"
#include "actors/pubsub_connection.hpp"
#include "actors/router.hpp"
#include "actors/subscription_keeper.hpp"
#include "runtime/irc/channel_plan.hpp"
#include "runtime/irc/reading_log.hpp"
#include "runtime/store/crash_record.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace creamery {

namespace {

/// How long a child may take to say how it stands before the report goes without it.
constexpr auto report_timeout = std::chrono::seconds{1};

/// Unlike any numbering before it, also in an earlier life of this process.
uint64_t new_numbering() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

} // namespace

bot_state::bot_state(bot_actor::pointer self, bot_settings settings, account_directory_actor accounts,
                     store_actor store, const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    accounts_(std::move(accounts)),
    store_(std::move(store)),
    environment_(environment),
    log_(make_logger("bot")),
    children_(self, log_, environment.supervision.bot_children,
              [&environment, path = "bots/" + settings_.name] { environment.memory.forget(path); }) {
}

template <class Use>
void bot_state::for_event_parts(Use use) const {
  for (const auto& [name, address] : eventsub_)
    use(address);
  for (const auto& [name, address] : pubsub_)
    use(address);
  if (conduit_)
    use(conduit_);
  if (subscriptions_)
    use(subscriptions_);
}

bot_actor::behavior_type bot_state::make_behavior() {
  follow_account();
  const auto& policies = environment_.supervision;
  children_.add({"router", "router", policies.router, false, [this] { return start_router(); }});
  for (const auto& cog : settings_.cogs)
    add_cog(cog);
  size_t number = 0;
  const auto over_irc = settings_.has_chat_events ? std::vector<std::string>{} : settings_.channels;
  for (const auto& channels :
       plan_channels(over_irc, environment_.chat.channels_per_connection, settings_.redundancy)) {
    auto connection = "irc-" + std::to_string(++number);
    children_.add({connection,
                   "chat_connection",
                   policies.connection,
                   false,
                   [this, connection, channels] { return start_connection(connection, channels); },
                   {"drop"}});
    ++chat_sources_;
  }
  if (store_ && !settings_.events.empty())
    add_eventsub();
  if (store_)
    add_pubsub();
  if (settings_.send != send_way::irc)
    children_.add({"helix", "helix_sender", policies.connection, false, [this] { return start_sender(); }});
  children_.start();
  watch_cogs();
  return children_.behavior<bot_actor>(
    [this](drain_atom) { return drain(); },
    [this](use_atom, const account_directory_actor& accounts) {
      accounts_ = accounts;
      for (const auto& [cog, address] : cogs_)
        self_->send(address, use_atom_v, accounts);
      if (sender_)
        self_->send(sender_, use_atom_v, accounts);
      for_event_parts([&](const auto& part) { self_->send(part, use_atom_v, accounts); });
      for (const auto& [connection, address] : connections_)
        self_->send(address, use_atom_v, accounts);
      follow_account();
    },
    [this](use_atom, const outbox_actor& outbox) {
      outbox_ = outbox;
      for (const auto& [cog, address] : cogs_)
        self_->send(address, use_atom_v, outbox);
      if (sender_)
        self_->send(sender_, use_atom_v, outbox);
      for (const auto& [connection, address] : connections_)
        self_->send(address, use_atom_v, outbox);
    },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      for (const auto& [cog, address] : cogs_)
        self_->send(address, use_atom_v, store);
      for_event_parts([&](const auto& part) { self_->send(part, use_atom_v, store); });
    },
    [this](changed_atom) {
      for (const auto& [session, address] : eventsub_)
        self_->send(address, changed_atom_v);
      for (const auto& [connection, address] : pubsub_)
        self_->send(address, changed_atom_v);
      if (subscriptions_)
        self_->send(subscriptions_, changed_atom_v);
    },
    [this](const std::string& connection, const bot_ready& ready) { on_ready(connection, ready); },
    [this](const eventsub::subscription_news& news) {
      if (subscriptions_)
        self_->send(subscriptions_, news);
    },
    [this](caf::get_atom) { return report(); });
}

void bot_state::add_cog(const cog_settings& cog) {
  // Where its module will be: a guilty one isn't even loaded before it is its turn.
  auto module = std::make_shared<std::shared_ptr<const cog_module>>();
  auto guilt = guilt_of(cog.name);
  if (!guilt) {
    auto loaded = load(cog.name);
    if (!loaded) {
      log_->error("{}: {}; the bot goes on without it", settings_.name, to_string(loaded.error()));
      return children_.add_failed("cog " + cog.name, "cog", to_string(loaded.error()));
    }
    *module = std::move(*loaded);
    expected_.push_back(cog.name);
  }
  auto ledger = ledger_of(cog.name);
  children_.add({
    .name = "cog " + cog.name,
    .kind = "cog",
    .policy = environment_.supervision.cog,
    .start =
      [this, cog, module] {
        forgive(cog.name); // it has rested
        if (!*module) {
          auto loaded = load(cog.name);
          if (!loaded)
            return fail_to_start(to_string(loaded.error()));
          *module = std::move(*loaded);
        }
        return start_cog(cog, *module);
      },
    .faults = {"throw", "block", "crash"},
    .forgive =
      [this, ledger, name = cog.name] {
        ledger->forgive();
        forgive(name);
      },
    .given_up =
      [this, ledger, module, name = cog.name] {
        if (!ledger->was_stuck() && *module && (*module)->descriptor().cooperative)
          log_->error("{}: the cog {}: it says that it never waits, and did: it gets a thread of its own",
                      settings_.name, name);
        ledger->give_up();
      },
  });
  if (guilt)
    children_.quarantine("cog " + cog.name, *guilt);
}

result<std::shared_ptr<const cog_module>> bot_state::load(const std::string& cog) {
  crash_culprit culprit{cog, settings_.name + "/" + cog};
  crash_scope scope{culprit}; // a module's code runs as soon as it is loaded
  return environment_.modules.load(cog);
}

caf::actor bot_state::fail_to_start(const std::string& why) {
  return self_->spawn(
    [why](caf::event_based_actor* self) { self->quit(caf::make_error(caf::sec::runtime_error, why)); });
}

void bot_state::forgive(const std::string& cog) {
  if (environment_.store.guilty)
    environment_.store.guilty->forgive(cog);
}

void bot_state::follow_account() {
  self_->send(accounts_, follow_atom_v, settings_.account, settings_.name, account_user_actor{bot_actor{self_}});
}

caf::actor bot_state::start_router() {
  auto lines = environment_.memory.take<dispatcher>(path_of("router"), [this] {
    return std::make_shared<dispatcher>(settings_.prefix, environment_.delivery, settings_.redundancy > 1);
  });
  if (!lines)
    return nullptr;
  router_ = self_->spawn<router>(settings_.name, std::move(*lines), expected_);
  for (const auto& [cog, address] : cogs_)
    self_->send(address, use_atom_v, router_);
  for (const auto& [connection, address] : connections_)
    self_->send(address, use_atom_v, router_);
  if (settings_.has_chat_events) {
    self_->send(router_, own_login_atom_v, settings_.account);
    for (const auto& [session, address] : eventsub_)
      self_->send(address, use_atom_v, router_);
  }
  return caf::actor_cast<caf::actor>(router_);
}

caf::actor bot_state::start_cog(const cog_settings& cog, const std::shared_ptr<const cog_module>& module) {
  auto ledger = ledger_of(cog.name);
  // From here on the instance before this one can do nothing more. One whose supervisor has ended may be in the middle of a
  // line, and is waited for as long as any other.
  auto now = self_->clock().now();
  auto turn = busy_for(cog.name) >= environment_.supervision.stuck_handler ? std::optional{ledger->take_over(now)}
                                                                           : ledger->take_over_if_idle(now);
  if (!turn)
    return nullptr;
  if (turn->lost_one)
    log_->error("{}: the cog {} never came back from a line, which is not tried again", settings_.name, cog.name);
  auto outcomes = outcomes_of(cog.name);
  if (auto lost = outcomes->take_over(turn->instance); lost != 0)
    log_->error("{}: the cog {} never came back from the event {}, which is not tried again", settings_.name, cog.name,
                lost);
  const auto cooperative = module->descriptor().cooperative && !ledger->was_stuck();
  cog_identity identity{settings_.name,    settings_.account, accounts_,           settings_.prefix,          cog,
                        std::move(ledger), std::move(*turn),  std::move(outcomes), environment_.store.durable};
  auto address = cooperative ? self_->spawn<cog_runner>(std::move(identity), module)
                             : self_->spawn<cog_runner, caf::detached>(std::move(identity), module);
  cogs_[cog.name] = address;
  self_->send(address, use_atom_v, router_);
  if (outbox_)
    self_->send(address, use_atom_v, outbox_);
  if (store_)
    self_->send(address, use_atom_v, store_);
  if (is_ready_)
    tell_ready(address);
  return caf::actor_cast<caf::actor>(address);
}

caf::actor bot_state::start_sender() {
  sender_ = self_->spawn<helix_sender>(sender_identity{settings_.name, settings_.account, accounts_,
                                                       settings_.send == send_way::application, settings_.channels});
  if (outbox_)
    self_->send(sender_, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(sender_);
}

caf::actor bot_state::start_connection(const std::string& connection, const std::vector<std::string>& channels) {
  connection_identity identity{settings_.name + "/" + connection,
                               settings_.name,
                               settings_.account,
                               accounts_,
                               readiness_listener_actor{self_},
                               channels,
                               settings_.send != send_way::irc};
  // What wasn't read is remembered whatever else is forgotten.
  auto reading = environment_.memory.share<reading_log>(
    "reading/" + identity.name, [&] { return std::make_shared<reading_log>(unread_before(channels)); });
  auto memory = environment_.memory.take<connection_memory>(
    path_of(connection), [&] { return std::make_shared<connection_memory>(environment_.chat, reading); });
  if (!memory)
    return nullptr;
  auto open = open_with(environment_.net, environment_.chat.net);
  auto address =
    self_->spawn<chat_connection>(std::move(identity), environment_.chat, std::move(open), std::move(*memory));
  connections_[connection] = address;
  self_->send(address, use_atom_v, router_);
  if (outbox_)
    self_->send(address, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(address);
}

void bot_state::add_eventsub() {
  const auto& policy = environment_.supervision.eventsub;
  auto add_session = [&](const std::string& session, std::function<caf::actor()> start) {
    children_.add({session, "eventsub_session", policy, false, std::move(start), {"drop"}});
  };
  if (settings_.webhook || settings_.conduit) {
    if (settings_.conduit)
      children_.add({"conduit", "conduit_keeper", policy, false, [this] { return start_conduit(); }});
    for (uint64_t shard = 0; settings_.conduit && shard < settings_.conduit->shards; ++shard) {
      auto session = "shard-" + std::to_string(shard);
      add_session(session, [this, session, shard] { return start_shard(session, shard); });
    }
    auto keeper = settings_.webhook ? "webhook" : "subscriptions";
    chat_sources_ += settings_.has_chat_events ? 1 : 0;
    return children_.add(
      {keeper, "subscription_keeper", policy, false, [this, keeper] { return start_keeper(keeper); }});
  }
  auto add = [&](const std::string& session, const std::string& broadcaster, std::vector<std::string> channels) {
    add_session(session,
                [this, session, broadcaster, channels] { return start_session(session, broadcaster, channels); });
  };
  // With the bot's own token, spread over sessions as the limit wants it.
  const auto at_once = eventsub::channels_on_session(settings_.events);
  const auto end = std::min(settings_.channels.size(), eventsub::sessions_of_user * at_once);
  if (end < settings_.channels.size())
    log_->error("{}: the events of {} channels are more than Twitch allows an account over WebSockets: they are only "
                "received of the first {}; what helps: transport: conduit, or webhook",
                settings_.name, settings_.channels.size(), end);
  for (size_t first = 0, number = 1; first < end; first += at_once, ++number) {
    auto last = std::min(first + at_once, end);
    chat_sources_ += settings_.has_chat_events ? 1 : 0;
    add("eventsub-" + std::to_string(number), "",
        {settings_.channels.begin() + static_cast<ptrdiff_t>(first),
         settings_.channels.begin() + static_cast<ptrdiff_t>(last)});
  }
  // All subscriptions of a session are made with one user's token, so each broadcaster's take one of their own.
  auto is_broadcasters = [](const auto& x) { return eventsub::grantor_of(*x.type) == eventsub::grantor::broadcaster; };
  if (std::any_of(settings_.events.begin(), settings_.events.end(), is_broadcasters))
    for (const auto& channel : settings_.channels)
      if (channel != settings_.account)
        add("eventsub " + channel, channel, {channel});
}

caf::actor bot_state::start_session(const std::string& session, const std::string& broadcaster,
                                    const std::vector<std::string>& channels) {
  auto token = broadcaster.empty() ? eventsub::token_owner::bot : eventsub::token_owner::broadcaster;
  return start_session(session, subscriber(session, token, channels), std::nullopt);
}

caf::actor bot_state::start_shard(const std::string& session, uint64_t shard) {
  auto address = start_session(session, subscriber(session, eventsub::token_owner::application, {}), shard);
  if (address && conduit_)
    self_->send(eventsub_[session], use_atom_v, conduit_);
  return address;
}

caf::actor bot_state::start_session(const std::string& session, subscriber_identity who,
                                    std::optional<uint64_t> shard) {
  auto memory = environment_.memory.take<eventsub_memory>(
    path_of(session), [this] { return std::make_shared<eventsub_memory>(environment_.eventsub); });
  if (!memory)
    return nullptr;
  auto address =
    self_->spawn<eventsub_session>(std::move(who), shard, environment_.eventsub,
                                   open_with(environment_.net, environment_.eventsub.net), std::move(*memory));
  eventsub_[session] = address;
  self_->send(address, use_atom_v, store_);
  if (settings_.has_chat_events)
    self_->send(address, use_atom_v, router_);
  return caf::actor_cast<caf::actor>(address);
}

caf::actor bot_state::start_conduit() {
  auto options = *settings_.conduit;
  options.look_every = environment_.eventsub.compare_every;
  conduit_ = self_->spawn<conduit_keeper>(settings_.name, settings_.account, accounts_, store_, options);
  for (const auto& [session, address] : eventsub_)
    self_->send(address, use_atom_v, conduit_);
  if (subscriptions_)
    self_->send(subscriptions_, use_atom_v, conduit_);
  return caf::actor_cast<caf::actor>(conduit_);
}

caf::actor bot_state::start_keeper(const std::string& child) {
  auto memory = environment_.memory.take<subscription_keeper_memory>(
    path_of(child), [this] { return std::make_shared<subscription_keeper_memory>(environment_.eventsub); });
  if (!memory)
    return nullptr;
  subscriptions_ = self_->spawn<subscription_keeper>(
    subscriber(child, eventsub::token_owner::application, settings_.channels), settings_.webhook,
    settings_.conduit && !settings_.conduit->adopted.empty(), environment_.eventsub, store_, std::move(*memory));
  if (conduit_)
    self_->send(subscriptions_, use_atom_v, conduit_);
  return caf::actor_cast<caf::actor>(subscriptions_);
}

void bot_state::add_pubsub() {
  const auto& all = settings_.pubsub;
  for (size_t first = 0, number = 1; first < all.size(); first += pubsub::session::max_topics, ++number) {
    auto connection = "pubsub-" + std::to_string(number);
    auto last = std::min(first + pubsub::session::max_topics, all.size());
    std::vector<pubsub::topic_wish> topics(all.begin() + static_cast<ptrdiff_t>(first),
                                           all.begin() + static_cast<ptrdiff_t>(last));
    children_.add({connection,
                   "pubsub_connection",
                   environment_.supervision.eventsub,
                   false,
                   [this, connection, topics] { return start_pubsub(connection, topics); },
                   {"drop"}});
  }
}

caf::actor bot_state::start_pubsub(const std::string& connection, const std::vector<pubsub::topic_wish>& topics) {
  auto memory = environment_.memory.take<pubsub_memory>(
    path_of(connection), [this] { return std::make_shared<pubsub_memory>(environment_.pubsub); });
  if (!memory)
    return nullptr;
  auto address = self_->spawn<pubsub_connection>(
    pubsub_identity{settings_.name + "/" + connection, settings_.name, settings_.account, accounts_, topics},
    environment_.pubsub, open_with(environment_.net, environment_.pubsub.net), std::move(*memory));
  pubsub_[connection] = address;
  self_->send(address, use_atom_v, store_);
  return caf::actor_cast<caf::actor>(address);
}

subscriber_identity bot_state::subscriber(const std::string& child, eventsub::token_owner token,
                                          const std::vector<std::string>& channels) const {
  return {settings_.name + "/" + child, settings_.name, settings_.account, accounts_, token, settings_.client_id,
          channels, settings_.events,
          // What broadcasters' tokens subscribe to isn't chat.
          settings_.has_chat_events && token != eventsub::token_owner::broadcaster, settings_.chat_only,
          event_owner_actor{bot_actor{self_}}};
}

std::optional<std::string> bot_state::guilt_of(const std::string& cog) const {
  const auto& guilty = environment_.store.guilty;
  auto found = guilty ? guilty->of(cog) : std::nullopt;
  if (!found)
    return std::nullopt;
  if (auto changed = environment_.modules.last_change(cog); changed && *changed > found->at)
    return std::nullopt; // it was built anew: whatever was wrong may be mended
  return found->what;
}

reading_state::bot bot_state::last_reading() const {
  const auto& bots = environment_.store.last_reading.bots;
  auto mine = bots.find(settings_.name);
  return mine == bots.end() ? reading_state::bot{} : mine->second;
}

std::map<std::string, int64_t> bot_state::unread_before(const std::vector<std::string>& channels) const {
  auto before = last_reading().read;
  std::erase_if(before,
                [&](const auto& x) { return std::find(channels.begin(), channels.end(), x.first) == channels.end(); });
  return before;
}

std::string bot_state::path_of(std::string_view child) const {
  return "bots/" + settings_.name + "/" + std::string{child};
}

std::shared_ptr<cog_ledger> bot_state::ledger_of(const std::string& cog) {
  return environment_.memory.share<cog_ledger>(path_of("cog " + cog),
                                               [] { return std::make_shared<cog_ledger>(new_numbering()); });
}

std::shared_ptr<outcome_ledger> bot_state::outcomes_of(const std::string& cog) {
  return environment_.memory.share<outcome_ledger>(path_of("cog " + cog + "/outcomes"), [&] {
    return std::make_shared<outcome_ledger>(settings_.name, cog, new_numbering());
  });
}

watchdog::duration bot_state::busy_for(const std::string& cog) {
  auto [instance, where] = ledger_of(cog)->look();
  return watchdogs_[cog].first.look(instance, where, self_->clock().now());
}

void bot_state::watch_cogs() {
  const auto& limits = environment_.supervision;
  self_->run_delayed(limits.watch_every, [this] { watch_cogs(); });
  for (const auto& [cog, address] : cogs_) {
    auto busy = busy_for(cog);
    auto& warned = watchdogs_[cog].second;
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(busy).count();
    if (busy >= limits.stuck_handler) {
      // One that isn't replaced any more is seen here again and again, and was told of.
      if (children_.stuck("cog " + cog, "stuck in one handler for " + std::to_string(seconds) + " s"))
        log_->error("{}: the cog {} has been stuck in one handler for {} s: it is given up", settings_.name, cog,
                    seconds);
    } else if (busy >= limits.slow_handler && !std::exchange(warned, true)) {
      log_->warn("{}: the cog {} has been busy with one handler for {} s", settings_.name, cog, seconds);
    } else if (busy < limits.slow_handler) {
      warned = false;
    }
  }
}

void bot_state::on_ready(const std::string& connection, const bot_ready& ready) {
  ready_[connection] = ready;
  if (is_ready_ || ready_.size() < chat_sources_)
    return;
  is_ready_ = true;
  for (const auto& [name, address] : cogs_)
    tell_ready(address);
}

void bot_state::tell_ready(const cog_actor& cog) const {
  bot_ready all;
  std::set<std::string> joined; // on any of its connections
  for (const auto& [connection, one] : ready_) {
    all.login = one.login;
    joined.insert(one.channels.begin(), one.channels.end());
  }
  all.channels.assign(joined.begin(), joined.end());
  self_->send(cog, std::move(all));
}

caf::result<bool> bot_state::drain() {
  // In the direction of the lines: when nothing comes from the connections any more, the router gives out what it has, and when
  // the cogs are done with that, they wait until the outbox has what they said.
  auto promise = self_->make_response_promise<bool>();
  drain_then(self_, connections_, [this, promise]() mutable {
    drain_then(self_, eventsub_, [this, promise]() mutable {
      drain_then(self_, pubsub_, [this, promise]() mutable {
        drain_then(self_, {router_}, [this, promise]() mutable {
          drain_then(self_, cogs_, [promise]() mutable { promise.deliver(true); });
        });
      });
    });
  });
  return promise;
}

caf::result<bot_report> bot_state::report() {
  // A child that doesn't answer in time is left out; what is wrong with it, the tree says.
  gathering<bot_report> all{self_, {settings_.name, false, {}, {}, {}, {}}};
  all.ask<router_report>(
    self_, router_, report_timeout,
    [](auto& answer, auto& part) {
      answer.has_router = true;
      answer.router = std::move(part);
    },
    caf::get_atom_v);
  for (const auto& [name, address] : connections_)
    all.ask<connection_report>(
      self_, address, report_timeout, [](auto& answer, auto& part) { answer.connections.push_back(std::move(part)); },
      caf::get_atom_v);
  for_event_parts([&](const auto& address) {
    all.ask<eventsub_report>(
      self_, address, report_timeout, [](auto& answer, auto& part) { answer.eventsub.push_back(std::move(part)); },
      caf::get_atom_v);
  });
  return all.when_complete([this](auto& answer) {
    for (auto& cog : answer.router.cogs) {
      auto ledger = ledger_of(cog.name);
      cog.resting_commands = ledger->resting_commands(self_->clock().now());
      cog.skipped_calls = ledger->skipped_calls();
      cog.refused_messages = ledger->refused();
    }
    answer.gaps = missed_by_cogs(last_reading());
    for (auto& gap : common_gaps(answer.connections))
      answer.gaps.push_back(std::move(gap));
    std::sort(answer.connections.begin(), answer.connections.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  });
}

} // namespace creamery
