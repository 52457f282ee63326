#include "actors/cog_runner.hpp"

#include "actors/exceptions.hpp"
#include "messages/printable.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

namespace creamery {

namespace {

/// A line whose handler threw is logged up to this length.
constexpr size_t shown_of_bad_line = 2'000;

/// That events are done, and nothing else, is told to the store together; at the latest when a handler ends this much later than the first.
constexpr auto most_together = std::chrono::milliseconds{2};

/// After what is left behind couldn't be written.
constexpr auto write_again = std::chrono::seconds{1};

/// A durable message waits so long at least.
constexpr uint32_t durable_age_ms = 24 * 60 * 60 * 1'000;

bool is_channel_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// A segmentation fault, also where the undefined-behaviour sanitizer would end the process before it comes to that.
[[gnu::no_sanitize("undefined"), gnu::noinline]] void write_to_nowhere() {
  volatile int* volatile nowhere = nullptr; // which the compiler may not look through
  *nowhere = 1;
}

} // namespace

cog_runner_state::cog_runner_state(cog_actor::pointer self, cog_identity identity,
                                   std::shared_ptr<const cog_module> module)
  : self_(self),
    identity_(std::move(identity)),
    module_(std::move(module)),
    log_(make_logger(identity_.bot + "/" + identity_.settings.name, "cog")),
    context_(std::in_place, *this, identity_.settings.name, identity_.bot, identity_.prefix, identity_.settings.options,
             log_),
    culprit_(identity_.settings.name, identity_.bot + "/" + identity_.settings.name),
    handled_(identity_.turn.gate->look().done) {
}

cog_runner_state::~cog_runner_state() {
  crash_scope scope{culprit_};
  if (object_ != nullptr)
    module_->descriptor().destroy(object_);
  context_.reset(); // with its handlers, which are the module's code as well
}

cog_actor::behavior_type cog_runner_state::make_behavior() {
  end_with_exceptions(self_);
  make_object();
  return {
    [](ready_atom) {}, // its object has been made
    [this](drain_atom) { return drained_.wait(self_, identity_.ledger->unsettled().empty()); },
    [this](const cog_batch& batch) { on_batch(batch); },
    [this](use_atom, const router_actor& router) {
      router_ = router;
      announce();
    },
    [this](use_atom, const outbox_actor& outbox) {
      outbox_ = outbox;
      for (const auto& message : identity_.ledger->unsettled())
        send(message);
    },
    [this](use_atom, const account_directory_actor& accounts) { identity_.accounts = accounts; },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      is_asking_ = false; // whoever was asked is gone
      if (context_->event_handlers().empty())
        self_->send(store_, unwant_atom_v, identity_.bot, identity_.settings.name);
      catch_up();
    },
    [this](caf::tick_atom) {
      is_resting_ = false;
      catch_up();
    },
    [this](const bot_ready& ready) { on_ready(ready); },
    [this](fault_atom, const std::string& what) { fail(what); },
  };
}

void cog_runner_state::make_object() {
  if (!identity_.turn.gate->enter_aside()) // so that one that never returns is noticed
    return retire();
  auto made = guarded("its constructor", [this] { object_ = module_->descriptor().create(*context_); });
  leave_behind(0, !made);
  if (!identity_.turn.gate->leave_aside())
    return retire();
  if (!made)
    self_->quit(caf::make_error(caf::sec::runtime_error, "the constructor threw"));
}

void cog_runner_state::say(std::string_view channel, std::string_view text, const say_options& options) {
  if (channel.starts_with('#'))
    channel.remove_prefix(1);
  auto lower = to_lower(channel);
  if (!is_channel_name(lower)) {
    log_->error("'{}' is no name of a channel: what was to be said there was dropped", lower.substr(0, 64));
    return;
  }
  auto age = std::clamp<int64_t>(options.max_age.count(), 0, UINT32_MAX);
  creamery::say message{.bot = identity_.bot,
                        .channel = lower,
                        .text = std::string{text},
                        .reply_to = options.reply_to,
                        .promise = options.promise,
                        .max_age_ms = static_cast<uint32_t>(age),
                        .cog = identity_.settings.name,
                        .caused_at = caused_at_};
  if (options.durable) {
    check_storage();
    message.promise = delivery_promise::at_least_once;
    message.max_age_ms = std::max(message.max_age_ms, durable_age_ms);
    says_.push_back(std::move(message));
    return;
  }
  auto kept = identity_.ledger->keep(identity_.turn.instance, std::move(message));
  if (kept) {
    if (outbox_)
      send(*kept);
  } else if (auto refused = identity_.ledger->refused(); std::has_single_bit(refused)) { // the 1st, 2nd, 4th, 8th …
    log_->error(
      "a message for #{} was dropped: too many others wait for the outbox, or this instance was replaced ({} so far)",
      lower, refused);
  }
}

void cog_runner_state::on_batch(const cog_batch& batch) {
  const auto& content = *batch.lines;
  for (const auto& line : content.lines) {
    if (line.number < batch.from || line.number <= handled_)
      continue;
    if (!identity_.turn.gate->enter(line.number))
      return retire();
    auto done = guarded("a handler", [&] { handle(line, content); });
    leave_behind(0, !done);
    if (!identity_.turn.gate->leave())
      return retire();
    handled_ = line.number;
    if (!done) {
      log_->error("the line that caused it, which is not tried again: {}",
                  printable(irc_line{content.memory->data(), line.index}.raw(), shown_of_bad_line));
      if (auto resting = identity_.ledger->poisoned(identity_.turn.instance, self_->clock().now()))
        log_->error("the command '{}' has failed too often: it rests for {} minutes, the others go on", *resting,
                    std::chrono::duration_cast<std::chrono::minutes>(command_quarantine::default_policy.lasts).count());
      report_progress();
      self_->quit(caf::make_error(caf::sec::runtime_error, "a handler threw"));
      return;
    }
  }
  report_progress();
}

void cog_runner_state::retire() {
  log_->warn("an instance ends that was replaced while it was busy, or about to be");
  self_->quit(caf::exit_reason::kill);
}

void cog_runner_state::on_ready(const bot_ready& ready) {
  for (const auto& handler : context_->ready_handlers())
    run_aside("an on_ready handler", [&] { handler(ready.login, ready.channels); });
}

void cog_runner_state::call(helix::request what, std::function<void(const helix::answer&)> then) {
  auto done = [this, then = std::move(then)](const helix::answer& x) {
    run_aside("the handler of an answer of Twitch's API", [&] { then(x); });
  };
  self_->request(identity_.accounts, caf::infinite, identity_.account, std::move(what))
    .then(done, [done](const caf::error&) {
      done(
        {true, {helix::error::kind::unavailable, 0, "a part of the bot was restarted: it may have been done, or not"}});
    });
}

void cog_runner_state::run_aside(const std::string& what, const std::function<void()>& handler) {
  if (!identity_.turn.gate->enter_aside())
    return retire();
  auto done = guarded(what, handler);
  leave_behind(0, !done);
  if (!identity_.turn.gate->leave_aside())
    return retire();
  if (!done)
    self_->quit(caf::make_error(caf::sec::runtime_error, what + " threw"));
}

// -- events and storage ----------------------------------------------------------------------------------------------------

void cog_runner_state::ask_for_events() {
  if (is_asking_ || !store_ || !identity_.outcomes || identity_.outcomes->is_full()
      || context_->event_handlers().empty())
    return;
  is_asking_ = true;
  self_
    ->request(store_, caf::infinite, caf::get_atom_v, identity_.bot, identity_.settings.name,
              identity_.outcomes->last_event())
    .then(
      [this](const std::vector<eventsub::event>& events) {
        is_asking_ = false;
        on_events(events);
      },
      // The store has ended: the bot will name the next one, which is asked then.
      [](const caf::error&) {});
}

void cog_runner_state::on_events(const std::vector<eventsub::event>& events) {
  auto& outcomes = *identity_.outcomes;
  auto told = std::chrono::steady_clock::now();
  for (const auto& event : events) {
    if (outcomes.is_full())
      break; // the rest is asked for again
    // A successor takes over only while the gate is empty: so it finds an event either not begun, or finished.
    if (!identity_.turn.gate->enter_aside())
      return retire();
    auto is_begun = outcomes.begin(identity_.turn.instance, event.number);
    auto done = !is_begun || guarded("an event's handler", [&] {
      for (const auto& handler : context_->event_handlers())
        handler(event);
    });
    if (is_begun)
      leave_behind(event.number, !done);
    const auto is_bare = finished_.empty() || (finished_.back().changes.empty() && finished_.back().says.empty());
    if (auto now = std::chrono::steady_clock::now(); !done || !is_bare || now - told > most_together) {
      told = now;
      write(std::exchange(finished_, {}));
    }
    if (!identity_.turn.gate->leave_aside())
      return retire();
    if (!done) {
      log_->error("the event that caused it, which is not tried again: {} {} {}: {}", event.message_id, event.type,
                  event.version, printable(event.json, shown_of_bad_line));
      self_->quit(caf::make_error(caf::sec::runtime_error, "an event's handler threw"));
      return;
    }
  }
  write(std::exchange(finished_, {}));
  ask_for_events();
}

void cog_runner_state::leave_behind(uint64_t event, bool is_poisoned) {
  auto changes = std::exchange(changes_, {});
  auto says = std::exchange(says_, {});
  if (is_poisoned) {
    changes.clear();
    says.clear();
  }
  if (event == 0 && changes.empty() && says.empty())
    return;
  if (!identity_.outcomes)
    return;
  if (auto outcome =
        identity_.outcomes->finish(identity_.turn.instance, event, is_poisoned, std::move(changes), std::move(says)))
    finished_.push_back(std::move(*outcome));
  else
    log_->error("what a handler has stored is lost: too much isn't written yet, or this instance was replaced");
  if (event == 0)
    write(std::exchange(finished_, {}));
}

void cog_runner_state::write(std::vector<cog_outcome> outcomes) {
  if (!store_ || outcomes.empty())
    return; // as soon as there is one
  std::vector<uint64_t> numbers;
  for (const auto& one : outcomes)
    numbers.push_back(one.number);
  self_->request(store_, caf::infinite, std::move(outcomes))
    .then(
      [this, numbers] {
        for (auto number : numbers)
          identity_.outcomes->written(number);
        ask_for_events();
      },
      [this](const caf::error&) {
        // Either the store has ended, and the bot will name the next one, or the disk doesn't take it just now.
        if (!std::exchange(is_resting_, true))
          self_->delayed_send(self_, write_again, caf::tick_atom_v);
      });
}

void cog_runner_state::catch_up() {
  write(identity_.outcomes->unwritten());
  ask_for_events();
}

void cog_runner_state::store(value_change change) {
  check_storage();
  if (change.key.size() > cog_storage::max_key)
    throw std::length_error("the key of a stored value is longer than " + std::to_string(cog_storage::max_key)
                            + " bytes");
  if (change.value && change.value->size() > cog_storage::max_value)
    throw std::length_error("a stored value is longer than " + std::to_string(cog_storage::max_value) + " bytes");
  changes_.push_back(std::move(change));
}

void cog_runner_state::check_storage() const {
  if (!identity_.outcomes || !identity_.store)
    throw std::runtime_error("there is no storage here");
  if (identity_.outcomes->is_full())
    throw std::runtime_error("what was stored before couldn't be written yet, and there is too much of it");
}

std::optional<std::string> cog_runner_state::stored(std::string_view space, std::string_view key) {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change)
    if (change->space == space && change->key == key)
      return change->value;
  if (identity_.outcomes)
    if (auto found = identity_.outcomes->find(space, key))
      return *found;
  auto found = values().get(identity_.bot, identity_.settings.name, space, key);
  if (auto why = values().problem())
    throw std::runtime_error(to_string(*why));
  return found;
}

std::vector<std::pair<std::string, std::string>> cog_runner_state::stored_under(std::string_view space,
                                                                                std::string_view prefix, size_t most) {
  auto changed =
    identity_.outcomes ? identity_.outcomes->list(space, prefix) : std::map<std::string, std::optional<std::string>>{};
  for (const auto& change : changes_)
    if (change.space == space && std::string_view{change.key}.starts_with(prefix))
      changed[change.key] = change.value;
  // Some of those on the disk are about to be removed: so many more are asked for.
  std::map<std::string, std::string> all;
  for (auto& [key, value] : values().list(identity_.bot, identity_.settings.name, space, prefix, most + changed.size()))
    all.emplace(std::move(key), std::move(value));
  if (auto why = values().problem())
    throw std::runtime_error(to_string(*why));
  for (auto& [key, value] : changed)
    if (value)
      all[key] = std::move(*value);
    else
      all.erase(key);
  std::vector<std::pair<std::string, std::string>> result;
  for (auto& [key, value] : all)
    if (result.size() < most)
      result.emplace_back(key, std::move(value));
  return result;
}

value_reader& cog_runner_state::values() {
  if (!values_) {
    if (!identity_.store)
      throw std::runtime_error("there is no storage here");
    auto opened = value_reader::open(identity_.store->file());
    if (!opened)
      throw std::runtime_error(to_string(opened.error()));
    values_ = std::move(*opened);
  }
  return *values_;
}

void cog_runner_state::fail(const std::string& what) {
  run_aside("a planted fault", [&] {
    if (what == "throw")
      throw std::runtime_error("as it was told to");
    if (what == "block")
      std::this_thread::sleep_for(std::chrono::minutes{10});
    if (what == "crash")
      write_to_nowhere();
  });
}

void cog_runner_state::handle(const cog_line& line, const cog_batch::content& content) {
  caused_at_ = content.read_at;
  irc_line view{content.memory->data(), line.index};
  for (const auto& [verb, handler] : context_->line_handlers())
    if (verb == view.verb())
      handler(view);
  if (line.command < context_->commands().size()) {
    const auto& called = context_->commands()[line.command];
    auto instance = identity_.turn.instance;
    // One that rests isn't called; that was counted.
    if (identity_.ledger->begin_call(instance, called.name, self_->clock().now())) {
      auto arguments = view.text().substr(std::min<size_t>(line.arguments, view.text().size()));
      command_call call{*context_, chat_message{view}, called.name, arguments};
      called.handler(call);
      identity_.ledger->end_call(instance);
    }
  }
  caused_at_ = 0;
}

cog_progress cog_runner_state::progress() const {
  return {identity_.settings.name, identity_.turn.instance, handled_, identity_.ledger->poisoned()};
}

void cog_runner_state::report_progress() {
  if (router_)
    self_->send(router_, progress());
}

void cog_runner_state::announce() {
  // Unanswered when the router ends: then the bot names another one, and it is told again.
  self_->request(router_, caf::infinite, progress(), interest(), cog_sink_actor{self_})
    .then([] {}, [](const caf::error&) {});
}

void cog_runner_state::send(const creamery::say& message) {
  self_->request(outbox_, caf::infinite, message)
    .then(
      [this, number = message.number](bool) {
        identity_.ledger->settled(number);
        drained_.check([this] { return identity_.ledger->unsettled().empty(); });
      },
      // The outbox has ended: the message waits for the next one.
      [](const caf::error&) {});
}

cog_interest cog_runner_state::interest() const {
  cog_interest result;
  for (const auto& one : context_->commands())
    result.commands.push_back(one.name);
  for (const auto& [verb, handler] : context_->line_handlers())
    result.add(verb);
  return result;
}

template <class Body>
bool cog_runner_state::guarded(std::string_view what, Body body) {
  crash_scope scope{culprit_};
  try {
    body();
    return true;
  } catch (const std::exception& error) {
    log_->error("{} threw: {}", what, error.what());
  } catch (...) { // a cog may throw anything; it ends the cog, whatever it is
    log_->error("{} threw something that is no std::exception", what);
  }
  return false;
}

} // namespace creamery
