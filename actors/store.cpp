#include "actors/store.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// How many events a cog gets at once.
constexpr size_t events_at_once = 128;

/// How many messages an outbox gets at once.
constexpr size_t says_at_once = 20;

/// Between two times that what nobody needs any more is removed.
constexpr auto clean_up_every = std::chrono::seconds{2};

/// … as long as there is more than is removed at once.
constexpr auto clean_up_again = std::chrono::milliseconds{50};

/// Between two times that it is counted how many events wait, when it seems that there are too many.
constexpr auto recount_every = std::chrono::milliseconds{500};

/// How long what nobody waits for may take to be on the disk: then it mostly goes along with something that somebody does.
constexpr auto lazily = std::chrono::milliseconds{5};

/// The name under which it is kept that this process was there.
constexpr const char* this_life = "this life";

/// A cog that hasn't asked for events for so long isn't running.
constexpr auto cog_patience = std::chrono::minutes{10};

} // namespace

store_state::store_state(store_actor::pointer self, std::vector<std::pair<std::string, std::vector<std::string>>> cogs,
                         kept<store_memory> memory, int64_t (*wall_clock)(std::chrono::steady_clock::time_point))
  : self_(self),
    cogs_(std::move(cogs)),
    memory_(std::move(memory)),
    file_(*memory_->file),
    wall_clock_(wall_clock),
    log_(make_logger("store")) {
  file_.roll_back(); // what a predecessor had begun is asked for again
}

store_actor::behavior_type store_state::make_behavior() {
  end_with_exceptions(self_);
  file_.begin();
  file_.set_cogs(cogs_);
  if (!memory_->has_begun)
    if (auto when = file_.get(this_life))
      file_.set(last_life, *when);
  if (auto why = file_.commit()) {
    // Without its cogs, every event would be one that nobody waits for.
    note(why);
    self_->quit(caf::make_error(caf::sec::runtime_error, to_string(*why)));
  } else {
    memory_->has_begun = true;
  }
  recount();
  for (const auto& [bot, cogs] : cogs_)
    for (const auto& cog : cogs)
      heard_[{bot, cog}] = self_->clock().now();
  self_->delayed_send(self_, clean_up_every, clean_up_atom_v);
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, !is_open_); },
    [this](const eventsub::arrivals& arrived) { return add(arrived); },
    [this](caf::get_atom, const std::string& bot, const std::string& cog, uint64_t after) {
      return read(bot, cog, after);
    },
    [this](unwant_atom, const std::string& bot, const std::string& cog) { file_.set_idle(bot, cog, true); },
    [this](const std::vector<cog_outcome>& outcomes) { return add(outcomes); },
    [this](caf::tick_atom, uint64_t transaction) {
      if (is_open_ && transaction == transaction_)
        commit();
    },
    [this](clean_up_atom) {
      begin(false);
      file_.set(this_life, std::to_string(now()));
      auto cleaned = file_.clean_up(now());
      memory_->counters.late_says += static_cast<uint64_t>(cleaned.says);
      if (cleaned.early > 0 && !std::exchange(memory_->has_forgotten, true))
        log_->error("so many events come that their messages are forgotten within ten minutes: what Twitch sends again "
                    "is handled again");
      self_->delayed_send(self_, cleaned.has_more ? clean_up_again : clean_up_every, clean_up_atom_v);
    },
    [this](caf::get_atom, const std::vector<std::string>& bots, uint64_t after) { return says(bots, after); },
    [this](answered_atom, const std::vector<uint64_t>& numbers) {
      begin();
      for (auto number : numbers)
        file_.forget_say(number);
      return when_written();
    },
    [this](caf::get_atom, const std::string& name) -> caf::result<std::string> {
      auto value = file_.get(name);
      if (!value)
        return caf::make_error(caf::sec::runtime_error, to_string(value.error()));
      return std::move(*value);
    },
    [this](caf::put_atom, const std::string& name, const std::string& value) {
      begin();
      file_.set(name, value);
      return when_written();
    },
    [this](caf::get_atom) {
      auto report = memory_->counters;
      report.waiting = 0;
      for (const auto& [bot, count] : file_.waiting())
        report.waiting += count;
      return report;
    },
  };
}

caf::result<eventsub::receipt> store_state::add(const eventsub::arrivals& arrived) {
  std::map<std::string, uint64_t> coming;
  for (const auto& one : arrived.events)
    ++coming[one.what.bot];
  for (const auto& [bot, count] : coming) {
    auto is_full = [&] { return waiting_[bot] + fresh_[bot] + count > max_waiting; };
    if (is_full() && self_->clock().now() - counted_at_ >= recount_every)
      recount(); // some are done by now
    if (is_full())
      make_room(bot);
    if (!is_full())
      continue;
    memory_->counters.refused += arrived.events.size();
    return caf::make_error(caf::sec::runtime_error, "too many events wait for cogs of bot '" + bot + "'");
  }
  begin();
  eventsub::receipt receipt;
  for (const auto& one : arrived.events) {
    switch (file_.add(one.what, one.key, now())) {
      case durable_store::arrival::fresh:
        ++receipt.fresh;
        ++fresh_[one.what.bot];
        has_fresh_ = true;
        break;
      case durable_store::arrival::same_message: ++receipt.same_message; break;
      case durable_store::arrival::same_event: ++receipt.same_event; break;
    }
  }
  receipts_.emplace_back(self_->make_response_promise<eventsub::receipt>(), receipt);
  return receipts_.back().first;
}

void store_state::make_room(const std::string& bot) {
  auto has_skipped = false;
  for (const auto& [cog, when] : heard_) {
    if (cog.first != bot || file_.is_idle(bot, cog.second) || self_->clock().now() - when < cog_patience)
      continue;
    begin();
    if (auto skipped = file_.skip(bot, cog.second); skipped > 0) {
      has_skipped = true;
      memory_->counters.skipped += skipped;
      log_->error("{}: the cog {} doesn't run, so {} events that waited for it are dropped: others would have to wait",
                  bot, cog.second, skipped);
    }
  }
  if (has_skipped)
    recount();
}

void store_state::recount() {
  counted_at_ = self_->clock().now();
  waiting_ = file_.waiting();
  fresh_.clear(); // they are among that
}

caf::result<void> store_state::add(const std::vector<cog_outcome>& outcomes) {
  if (outcomes.empty())
    return caf::unit;
  heard_[{outcomes.front().bot, outcomes.front().cog}] = self_->clock().now();
  auto has_says = std::any_of(outcomes.begin(), outcomes.end(), [](const auto& x) { return !x.says.empty(); });
  auto has_changes = std::any_of(outcomes.begin(), outcomes.end(), [](const auto& x) { return !x.changes.empty(); });
  begin(has_says || has_changes);
  has_new_says_ = has_new_says_ || has_says;
  if (file_.add(outcomes, now()) == durable_store::verdict::too_early)
    return caf::make_error(caf::sec::runtime_error, "what the cog has left behind before isn't written yet");
  new_outcomes_ += outcomes.size();
  return when_written();
}

caf::result<std::vector<eventsub::event>> store_state::read(const std::string& bot, const std::string& cog,
                                                            uint64_t after) {
  heard_[{bot, cog}] = self_->clock().now();
  if (file_.set_idle(bot, cog, false)) {
    begin(); // it begins with the next event
    file_.skip(bot, cog);
  }
  // An earlier instance waits no more.
  std::erase_if(readers_, [&](const reader& x) { return x.bot == bot && x.cog == cog; });
  auto promise = self_->make_response_promise<std::vector<eventsub::event>>();
  readers_.push_back({bot, cog, after, promise});
  answer_readers();
  return promise;
}

caf::result<std::vector<say>> store_state::says(const std::vector<std::string>& bots, uint64_t after) {
  // An earlier outbox of these bots waits no more.
  std::erase_if(speakers_, [&](const speaker& x) { return x.bots == bots; });
  auto promise = self_->make_response_promise<std::vector<say>>();
  speakers_.push_back({bots, after, promise});
  if (is_open_)
    has_new_says_ = true; // what is being written counts when it is
  else
    answer_speakers();
  return promise;
}

std::vector<say> store_state::find_says(const std::vector<std::string>& bots, uint64_t after) {
  std::vector<say> all;
  for (const auto& bot : bots)
    for (auto& one : file_.says(bot, after, says_at_once, now()))
      all.push_back(std::move(one));
  std::sort(all.begin(), all.end(), [](const say& a, const say& b) { return a.durable < b.durable; });
  if (all.size() > says_at_once)
    all.resize(says_at_once); // the others are behind the last of these
  return all;
}

caf::result<void> store_state::when_written() {
  written_.push_back(self_->make_response_promise<void>());
  return written_.back();
}

void store_state::begin(bool is_urgent) {
  if (!std::exchange(is_open_, true)) {
    file_.begin();
    ++transaction_;
    if (!is_urgent)
      self_->delayed_send(self_, lazily, caf::tick_atom_v, transaction_);
  }
  if (is_urgent && !std::exchange(is_urgent_, true))
    self_->send(self_, caf::tick_atom_v, transaction_); // stands behind all that is in the mailbox
}

void store_state::commit() {
  is_open_ = is_urgent_ = false;
  auto failed = file_.commit();
  note(failed);
  auto why = failed ? caf::make_error(caf::sec::runtime_error, to_string(*failed)) : caf::error{};
  auto& counters = memory_->counters;
  ++(why ? counters.failures : counters.commits);
  for (const auto& [bot, count] : std::exchange(fresh_, {}))
    waiting_[bot] += why ? 0 : count;
  for (auto& [promise, receipt] : std::exchange(receipts_, {})) {
    if (why) {
      promise.deliver(why);
      continue;
    }
    counters.events += receipt.fresh;
    counters.same_messages += receipt.same_message;
    counters.same_events += receipt.same_event;
    promise.deliver(receipt);
  }
  auto outcomes = std::exchange(new_outcomes_, 0);
  counters.outcomes += why ? 0 : outcomes;
  for (auto& promise : std::exchange(written_, {}))
    why ? promise.deliver(why) : promise.deliver();
  // What was given up to make room is there again after a failure.
  if (why)
    recount();
  // Whoever asked while something was wrong with the file was told nothing.
  if (std::exchange(has_fresh_, false) || why)
    answer_readers();
  if (std::exchange(has_new_says_, false) || why)
    answer_speakers();
  drained_.check([] { return true; });
}

void store_state::answer_readers() {
  std::erase_if(readers_, [this](reader& one) {
    auto events = file_.events(one.bot, std::max(one.after, file_.find(one.bot, one.cog).done), events_at_once);
    if (events.empty())
      return false;
    one.promise.deliver(std::move(events));
    return true;
  });
}

void store_state::answer_speakers() {
  std::erase_if(speakers_, [this](speaker& one) {
    auto messages = find_says(one.bots, one.after);
    if (messages.empty())
      return false;
    one.promise.deliver(std::move(messages));
    return true;
  });
}

void store_state::note(const std::optional<failure>& why) {
  auto& last = memory_->counters.last_error;
  auto before = std::exchange(last, why ? to_string(*why) : "");
  if (why && last != before)
    log_->error("{}: events wait, and so does what cogs store", last);
  else if (!why && !before.empty())
    log_->info("{} can be written again", file_.file().string());
}

int64_t store_state::now() const {
  return wall_clock_(self_->clock().now());
}

} // namespace creamery
