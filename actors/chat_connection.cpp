#include "actors/chat_connection.hpp"

#include "actors/exceptions.hpp"
#include "messages/chat_message.hpp"
#include "messages/printable.hpp"
#include "runtime/irc/parser.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <bit>
#include <random>
#include <utility>

namespace creamery {

namespace {

/// A bad line is logged up to this length.
constexpr size_t shown_of_bad_line = 200;

/// Most answers of Twitch that an outbox which is being restarted is told afterwards.
constexpr size_t max_untold = 1'000;

/// For how long after a join a connection says so to the router.
constexpr auto just_joined = std::chrono::seconds{2};

/// So many different reasons of failures in a row are logged as news.
constexpr size_t max_reasons = 8;

bool is_joined(const irc_session& irc, const std::string& channel) {
  auto i = irc.channels().find(channel);
  return i != irc.channels().end() && i->second.state == irc_session::membership::joined;
}

/// For people: seconds, with tenths where they matter.
std::string in_seconds(std::chrono::steady_clock::duration d) {
  auto seconds = std::chrono::duration<double>{d}.count();
  return seconds < 10 ? fmt::format("{:.1f}", seconds) : fmt::format("{:.0f}", seconds);
}

} // namespace

connection_memory::connection_memory(const chat_settings& settings, std::shared_ptr<reading_log> log)
  : redial(settings.redial, std::random_device{}()),
    refused(settings.refused, std::random_device{}()),
    reading(std::move(log)) {
  reading->abandon(); // whoever had it before
}

connection_memory::~connection_memory() {
  for (auto& one : links)
    one.socket->close();
}

chat_connection_state::chat_connection_state(chat_connection_actor::pointer self, connection_identity who,
                                             chat_settings settings, link_opener open, kept<connection_memory> memory)
  : self_(self),
    who_(std::move(who)),
    settings_(std::move(settings)),
    open_(std::move(open)),
    log_(make_logger("irc")),
    memory_(std::move(memory)) {
}

chat_connection_actor::behavior_type chat_connection_state::make_behavior() {
  end_with_exceptions(self_);
  self_->set_exit_handler([this](const caf::exit_msg& request) {
    say_goodbye();
    self_->quit(request.reason);
  });
  resume();
  return {
    [](ready_atom) {},
    [this](drain_atom) {
      draining_ = true;
      for (auto& one : memory_->links)
        forward_held(one);
      return drained_.wait(self_, memory_->pending.empty());
    },
    [this](const link_opened& opened) { on_opened(opened.link); },
    [this](const link_lines& lines) { on_lines(lines); },
    [this](const link_closed& closed) { on_closed(closed); },
    [this](const outgoing_line& line) { return on_outgoing(line); },
    [this](use_atom, const router_actor& router) { on_router(router); },
    [this](use_atom, const outbox_actor& outbox) { on_outbox(outbox); },
    [this](use_atom, const account_directory_actor& accounts) { who_.accounts = accounts; },
    [this](channels_atom, std::vector<std::string> channels) { set_channels(std::move(channels)); },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      on_tick();
    },
    [this](fault_atom, const std::string&) {
      for (auto& one : memory_->links)
        one.socket->close(); // `link_closed` follows, as if the server had ended it
    },
    [this](caf::get_atom) { return report(); },
  };
}

void chat_connection_state::resume() {
  if (std::exchange(memory_->handling, false) && ++memory_->crashes > 1) {
    log_->error("{}: what was read makes it fail again and again: its sockets are dropped", who_.name);
    say_goodbye();
    memory_->crashes = 0;
  }
  for (auto& one : memory_->links) {
    one.reported_ready = false; // the bot may be another one, too
    one.socket->attach(link_owner_actor{self_}, one.id);
  }
  auto has_successor = find(role::successor) != nullptr;
  if (find(role::current) == nullptr || (memory_->overlap_ends && !has_successor))
    dial_after({});
  set_alarm();
}

void chat_connection_state::say_goodbye() {
  for (auto& one : std::exchange(memory_->links, {})) {
    one.socket->close();
    tell_all(one, membership_change::kind::lost);
  }
  memory_->overlap_ends.reset();
}

// -- dialling -------------------------------------------------------------------------------------------------------------

void chat_connection_state::dial_after(clock::duration wait) {
  if (dialling_ || memory_->dial_at)
    return;
  memory_->dial_at = self_->clock().now() + wait;
  set_alarm();
}

void chat_connection_state::dial() {
  if (!outbox_)
    return; // it gives the permission; as soon as we know it, we come back
  memory_->dial_at.reset();
  dialling_ = true;
  ++memory_->dials;
  self_->request(outbox_, caf::infinite, login_atom_v)
    .then([this] { ask_credentials(); },
          [this](const caf::error&) {
            // The outbox has ended; as soon as we know the next one, it is asked.
            outbox_ = nullptr;
            dialling_ = false;
            dial_after({});
          });
}

void chat_connection_state::ask_credentials() {
  // Asked for at each dial: a token that was renewed since the last one counts (peers B 9).
  self_->request(who_.accounts, caf::infinite, caf::get_atom_v, who_.account)
    .then([this](credentials& identity) { open_link(std::move(identity)); },
          [this](const caf::error&) { failed("the account is being restarted", memory_->redial); });
}

void chat_connection_state::open_link(credentials identity) {
  dialling_ = false;
  auto what = find(role::current) != nullptr ? role::successor : role::current;
  auto id = ++memory_->last_link;
  memory_->links.push_back({.id = id,
                            .what = what,
                            .socket = open_(link_owner_actor{self_}, id, settings_.server),
                            .identity = std::move(identity),
                            .irc = {},
                            .opened = {},
                            .held = {}});
}

void chat_connection_state::failed(std::string why, backoff& wait) {
  dialling_ = false;
  auto pause = wait.next();
  ++memory_->failures;
  // The first failure, reasons that are new, and then the 2nd, 4th, 8th …: hours without a network are a dozen lines.
  auto is_new = memory_->reasons.size() < max_reasons && memory_->reasons.insert(why).second;
  if (is_new || std::has_single_bit(memory_->failures))
    log_->warn("{}: {}; dialling again in {} s (failure {})", who_.name, why, in_seconds(pause), memory_->failures);
  memory_->last_error = std::move(why);
  dial_after(pause);
}

// -- what happens ---------------------------------------------------------------------------------------------------------

void chat_connection_state::on_opened(link_id id) {
  auto* on = find(id);
  if (on == nullptr)
    return;
  if (on->irc) // our predecessor has logged in already
    return check_ready(*on);
  auto now = self_->clock().now();
  on->opened = now;
  irc_action::list todo;
  on->irc.emplace(settings_.session, irc_login{on->identity.login, on->identity.token}, now, todo);
  on->irc->join(who_.channels, now, todo);
  perform(id, std::move(todo));
}

void chat_connection_state::on_lines(const link_lines& arrived) {
  auto* from = find(arrived.link);
  if (from == nullptr || !from->irc)
    return; // the link was dropped; its socket is gone
  const auto& lines = arrived.lines;
  if (lines.first + lines.lines.size() <= from->lines)
    return; // our predecessor has seen to them: the router has them, or they are pending
  memory_->handling = true;
  auto now = self_->clock().now();
  irc_action::list todo;
  chat_batch batch{who_.name, 0, arrived.read_at, lines.memory, {}};
  batch.lines.reserve(lines.lines.size());
  memory_->lines_in += lines.lines.size();
  for (auto where : lines.lines) {
    irc_index index;
    if (auto error = parse_irc(text_of(*lines.memory, where), index); error != irc_parse_error::none) {
      // The first one, and then the 2nd, 4th, 8th …: a server that sends nothing else doesn't fill the disk.
      if (std::has_single_bit(++memory_->bad_lines))
        log_->warn("{}: {} from the server (bad line {}): '{}'", who_.name, to_string(error), memory_->bad_lines,
                   printable(text_of(*lines.memory, where), shown_of_bad_line));
      continue;
    }
    index.begin = where.offset;
    if (from->irc->receive(irc_line{lines.memory->data(), index}, now, todo) == irc_session::verdict::forward)
      batch.lines.push_back(index);
  }
  from->lines = lines.first + lines.lines.size();
  if (std::any_of(todo.begin(), todo.end(),
                  [](const auto& x) { return std::holds_alternative<irc_action::joined>(x); }))
    memory_->last_join = now;
  batch.just_joined = now - memory_->last_join < just_joined;
  if (from->what == role::current && !draining_ && from->irc->complete_until() > irc_session::time_point{})
    memory_->reading->read(settings_.wall_clock(from->irc->complete_until()), settings_.wall_clock(now));
  if (draining_) // what comes now is for whoever runs next
    memory_->lines_discarded += std::exchange(batch.lines, {}).size();
  if (batch.lines.empty())
    from->socket->release(lines.cost);
  else if (from->what == role::successor)
    // Bounded: it isn't released, so reading will stop.
    from->held.push_back({std::move(batch), from->socket, lines.cost, {}});
  else
    forward(std::move(batch), *from, lines.cost);
  perform(arrived.link, std::move(todo));
  memory_->handling = false;
  memory_->crashes = 0;
}

void chat_connection_state::on_closed(const link_closed& closed) {
  over(closed.link, to_string(closed.why), memory_->redial);
}

void chat_connection_state::on_router(const router_actor& router) {
  router_ = router;
  if (!memory_->login.empty())
    self_->send(router_, own_login_atom_v, memory_->login);
  for (const auto& one : memory_->pending)
    send_to_router(one);
}

void chat_connection_state::on_outbox(const outbox_actor& outbox) {
  outbox_ = outbox;
  for (auto& one : memory_->links) {
    if (!one.irc || one.what == role::retiring)
      continue;
    tell_all(one, membership_change::kind::joined);
    irc_action::list todo;
    one.irc->repeat_requests(todo);
    perform(one.id, std::move(todo));
  }
  for (const auto& [channel, privileged] : memory_->privileged)
    self_->send(outbox_, own_state{who_.bot, channel, privileged, {}, {}});
  for (const auto& [number, what] : memory_->untold)
    tell_outbox(number);
  if (memory_->dial_at && *memory_->dial_at <= self_->clock().now())
    dial();
}

bool chat_connection_state::on_outgoing(const outgoing_line& line) {
  if (line.number != 0 && memory_->outgoing.contains(line.number))
    return true; // it was asked for by an outbox that hasn't heard our answer
  for (auto& one : memory_->links) {
    if (session_of(one) != line.session || one.what == role::retiring || !one.irc || !is_joined(*one.irc, line.channel)
        || !one.socket->send(line.line))
      continue;
    memory_->outgoing.add(line.number);
    return true;
  }
  log_->debug("{}: a line for #{} came too late: {} is gone", who_.name, line.channel, line.session);
  return false;
}

void chat_connection_state::on_tick() {
  auto now = self_->clock().now();
  std::vector<link_id> due;
  for (const auto& one : memory_->links)
    if (one.irc && one.irc->deadline() <= now)
      due.push_back(one.id);
  for (auto id : due) {
    auto* on = find(id);
    if (on == nullptr)
      continue;
    if (!memory_->pending.empty() || !on->held.empty() || on->socket->reading_paused()) {
      // We are the ones who don't read, or don't get on with what was read: the server isn't to blame.
      on->irc->excuse_silence(now);
    }
    irc_action::list todo;
    on->irc->expire(now, todo);
    perform(id, std::move(todo));
  }
  if (memory_->overlap_ends && *memory_->overlap_ends <= now) {
    memory_->overlap_ends.reset();
    if (auto* successor = find(role::successor);
        successor != nullptr && successor->irc && successor->irc->where() == irc_session::phase::welcome) {
      take_over_without_flush(*successor);
      promote(*successor);
    }
  }
  if (memory_->dial_at && *memory_->dial_at <= now)
    dial();
  set_alarm();
}

void chat_connection_state::set_channels(std::vector<std::string> channels) {
  auto now = self_->clock().now();
  std::vector<std::string> removed;
  for (const auto& old : who_.channels)
    if (std::find(channels.begin(), channels.end(), old) == channels.end())
      removed.push_back(old);
  auto told = false;
  for (auto& one : memory_->links) {
    if (!one.irc || one.what == role::retiring)
      continue;
    told = true;
    irc_action::list todo;
    for (const auto& old : removed)
      one.irc->part(old, todo);
    one.irc->join(channels, now, todo);
    perform(one.id, std::move(todo));
  }
  if (!told) {
    // No session is there to part from them, but what waits in the outbox must not wait for us any more.
    for (const auto& old : removed) {
      memory_->privileged.erase(old);
      tell_membership(old, membership_change::kind::left, {});
    }
  }
  for (const auto& channel : channels)
    memory_->reading->want(channel);
  who_.channels = std::move(channels);
}

// -- carrying out what a session wants --------------------------------------------------------------------------------------

void chat_connection_state::perform(link_id id, irc_action::list todo) {
  for (auto& action : todo) {
    auto* on = find(id);
    if (on == nullptr)
      return;
    std::visit([&](auto& x) { perform(*on, x); }, action);
  }
  if (auto* on = find(id))
    check_ready(*on);
  set_alarm();
}

void chat_connection_state::perform(link& on, irc_action::send& action) {
  on.socket->send(action.lines); // when the socket is gone or doesn't take it, `link_closed` tells
}

void chat_connection_state::perform(link& on, irc_action::welcomed& action) {
  memory_->login = action.login;
  memory_->refused.reset();
  log_->info("{}: logged in as {}{}", who_.name, memory_->login,
             on.identity.token.empty() ? " (anonymous, reads only)" : "");
  if (router_)
    self_->send(router_, own_login_atom_v, memory_->login);
}

void chat_connection_state::perform(link& on, irc_action::login_refused& action) {
  auto text = action.text;
  self_->send(who_.accounts, who_.account, login_refused{who_.name, text, on.identity.token});
  on.socket->close();
  over(on.id, "the login was refused: " + text, memory_->refused);
}

void chat_connection_state::perform(link& on, irc_action::request_joins& action) {
  if (!outbox_)
    return; // asked for again as soon as there is one
  self_->request(outbox_, caf::infinite, join_atom_v, static_cast<uint64_t>(action.count))
    .then(
      [this, id = on.id](uint64_t count) {
        auto* still = find(id);
        if (still == nullptr || !still->irc)
          return;
        irc_action::list todo;
        still->irc->permit_joins(count, self_->clock().now(), todo);
        perform(id, std::move(todo));
      },
      [](const caf::error&) {
        // The outbox has ended: the next one is asked.
      });
}

void chat_connection_state::perform(link& on, irc_action::joined& action) {
  if (auto gap = memory_->reading->joined(action.channel, settings_.wall_clock(self_->clock().now())))
    log_->warn("{}: in #{} again: what was said there between {} and {} was not read by this connection", who_.name,
               action.channel, utc_time(gap->from), utc_time(gap->to));
  else
    log_->info("{}: in #{}", who_.name, action.channel);
  if (on.what != role::retiring)
    tell_membership(action.channel, membership_change::kind::joined, on);
}

void chat_connection_state::perform(link&, irc_action::join_failed& action) {
  // The first failure, and then the 2nd, 4th, 8th …
  if (std::has_single_bit(action.attempts))
    log_->warn("{}: can't join #{} (attempt {}): {}; trying again in {} s", who_.name, action.channel, action.attempts,
               action.reason, in_seconds(action.retry_in));
}

void chat_connection_state::perform(link& on, irc_action::parted& action) {
  auto wanted = on.irc->channels().count(action.channel) > 0;
  if (!wanted) {
    memory_->privileged.erase(action.channel);
    tell_membership(action.channel, membership_change::kind::left, on);
  } else {
    tell_membership(action.channel, membership_change::kind::lost, on);
  }
}

void chat_connection_state::perform(link&, irc_action::own_state& action) {
  memory_->privileged[action.channel] = action.privileged;
  tell(own_state{who_.bot, action.channel, action.privileged, std::move(action.message_id), std::move(action.nonce)});
}

void chat_connection_state::perform(link&, irc_action::noticed& action) {
  log_->debug("{}: notice in #{}: {} ({})", who_.name, action.channel, action.text, action.msg_id);
  tell(channel_notice{who_.bot, std::move(action.channel), std::move(action.msg_id), std::move(action.text)});
}

void chat_connection_state::perform(link& on, irc_action::replace&) {
  if (on.what != role::current || find(role::successor) != nullptr || dialling_ || memory_->dial_at)
    return; // it is being done already
  log_->info("{}: Twitch is going to end this connection; opening another one", who_.name);
  ++memory_->reconnects;
  memory_->overlap_ends = self_->clock().now() + settings_.overlap;
  dial_after({});
}

void chat_connection_state::perform(link& on, irc_action::flushed&) {
  auto* successor = find(role::successor);
  if (on.what == role::current && successor != nullptr && successor->reported_ready)
    promote(*successor);
}

void chat_connection_state::perform(link& on, irc_action::give_up& action) {
  on.socket->close();
  over(on.id, std::move(action.reason), memory_->redial);
}

// -- helpers ----------------------------------------------------------------------------------------------------------------

chat_connection_state::link* chat_connection_state::find(link_id id) {
  auto i = std::find_if(memory_->links.begin(), memory_->links.end(), [id](const link& x) { return x.id == id; });
  return i == memory_->links.end() ? nullptr : &*i;
}

chat_connection_state::link* chat_connection_state::find(role what) {
  auto i = std::find_if(memory_->links.begin(), memory_->links.end(), [what](const link& x) { return x.what == what; });
  return i == memory_->links.end() ? nullptr : &*i;
}

void chat_connection_state::drop(link_id id) {
  auto i = std::find_if(memory_->links.begin(), memory_->links.end(), [id](const link& x) { return x.id == id; });
  if (i == memory_->links.end())
    return;
  auto gone = std::move(*i);
  memory_->links.erase(i);
  forward_held(gone);
  tell_all(gone, membership_change::kind::lost);
}

void chat_connection_state::over(link_id id, std::string why, backoff& wait) {
  auto* on = find(id);
  if (on == nullptr)
    return;
  auto what = on->what;
  if (on->irc && self_->clock().now() - on->opened >= settings_.healthy_after) {
    memory_->redial.reset();
    memory_->failures = 0;
    memory_->reasons.clear();
  }
  drop(id);
  if (what == role::retiring)
    return;
  // A successor that is still being set up, or that is about to be, is all we have now.
  if (auto* successor = find(role::successor); what == role::current && successor != nullptr) {
    take_over_without_flush(*successor);
    successor->what = role::current;
    memory_->overlap_ends.reset();
    forward_held(*successor);
    memory_->last_error = std::move(why);
  } else if (dialling_) {
    memory_->last_error = std::move(why);
  } else {
    failed(std::move(why), wait);
  }
}

void chat_connection_state::promote(link& successor) {
  auto* old = find(role::current);
  if (old != nullptr && old->irc)
    for (const auto& [channel, state] : old->irc->channels())
      if (state.state == irc_session::membership::joined && !is_joined(*successor.irc, channel))
        memory_->reading->lost(
          channel); // as far as the old one has read; what the successor has read is of other channels
  successor.what = role::current;
  memory_->overlap_ends.reset();
  forward_held(successor);
  if (old == nullptr)
    return;
  old->what = role::retiring;
  old->socket->close();
  tell_all(*old, membership_change::kind::closing);
}

void chat_connection_state::take_over_without_flush(const link& successor) {
  if (!successor.irc)
    return;
  for (const auto& [channel, state] : successor.irc->channels()) {
    if (state.state != irc_session::membership::joined)
      continue;
    if (auto gap = memory_->reading->changed_hands(channel, settings_.wall_clock(state.due)))
      log_->warn("{}: what was said in #{} between {} and {} may not have been read by this connection", who_.name,
                 channel, utc_time(gap->from), utc_time(gap->to));
  }
}

void chat_connection_state::tell_all(const link& on, membership_change::kind what) {
  if (!on.irc)
    return;
  for (const auto& [channel, state] : on.irc->channels())
    if (state.state == irc_session::membership::joined)
      tell_membership(channel, what, on);
}

void chat_connection_state::check_ready(link& on) {
  if (!on.irc || on.what == role::retiring || on.reported_ready || !on.irc->settled())
    return;
  on.reported_ready = true;
  if (auto* successor = find(role::successor);
      successor != nullptr && on.what == role::current && successor->reported_ready)
    return; // the successor has told it already
  if (auto* old = find(role::current); on.what == role::successor && old != nullptr && old->irc) {
    // Both are in the channels now. What the old one still has to tell comes first, so its end is waited for.
    irc_action::list todo;
    old->irc->flush(todo);
    perform(old->id, std::move(todo));
  }
  bot_ready ready{memory_->login, {}};
  for (const auto& [channel, state] : on.irc->channels())
    if (state.state == irc_session::membership::joined)
      ready.channels.push_back(channel);
  self_->send(who_.owner, who_.name, std::move(ready));
}

void chat_connection_state::forward(chat_batch batch, const link& from, size_t cost) {
  batch.number = ++memory_->last_batch;
  memory_->lines_forwarded += batch.lines.size();
  auto before = memory_->reading->complete_until();
  auto last = chat_message{irc_line{batch.memory->data(), batch.lines.back()}}.sent_at().time_since_epoch();
  memory_->reading->read(std::chrono::duration_cast<std::chrono::milliseconds>(last).count(),
                         settings_.wall_clock(self_->clock().now()));
  memory_->pending.push_back({std::move(batch), from.socket, cost, before});
  note_pending();
  if (router_)
    send_to_router(memory_->pending.back());
}

void chat_connection_state::forward_held(link& from) {
  for (auto& one : std::exchange(from.held, {}))
    forward(std::move(one.batch), from, one.cost);
}

void chat_connection_state::note_pending() {
  const auto& pending = memory_->pending;
  memory_->reading->router_lacks(pending.empty() ? std::nullopt : std::optional{pending.front().complete_until});
}

void chat_connection_state::send_to_router(const pending_batch& one) {
  self_->request(router_, caf::infinite, one.batch)
    .then([this, number = one.batch.number] { on_accounted(number); },
          [](const caf::error&) {
            // The router has ended: the next one gets what is pending.
          });
}

void chat_connection_state::on_accounted(uint64_t number) {
  if (memory_->pending.empty() || memory_->pending.front().batch.number != number)
    return; // an answer of a router that was replaced meanwhile
  memory_->pending.front().socket->release(memory_->pending.front().cost);
  memory_->pending.pop_front();
  note_pending();
  drained_.check([this] { return memory_->pending.empty(); });
}

void chat_connection_state::tell_membership(const std::string& channel, membership_change::kind what, const link& on) {
  if (what == membership_change::kind::left)
    memory_->reading->left(channel);
  else if (what == membership_change::kind::lost && joined_link(channel) == nullptr)
    memory_->reading->lost(channel);
  if (outbox_ && !who_.reads_only)
    self_->send(outbox_, membership_change{who_.bot, channel, what, session_of(on)}, chat_writer_actor{self_});
}

std::string chat_connection_state::session_of(const link& on) const {
  return who_.name + '#' + std::to_string(on.id);
}

void chat_connection_state::tell(std::variant<own_state, channel_notice> what) {
  if (memory_->untold.size() >= max_untold)
    memory_->untold.erase(memory_->untold.begin()); // the outbox will count that message as unconfirmed
  auto number = ++memory_->last_told;
  memory_->untold.emplace(number, std::move(what));
  if (outbox_)
    tell_outbox(number);
}

void chat_connection_state::tell_outbox(uint64_t number) {
  std::visit(
    [&](const auto& what) {
      self_->request(outbox_, caf::infinite, what)
        .then([this, number] { memory_->untold.erase(number); },
              [](const caf::error&) {
                // The outbox has ended: the next one is told.
              });
    },
    memory_->untold.at(number));
}

chat_connection_state::link* chat_connection_state::joined_link(const std::string& channel) {
  link* found = nullptr;
  for (auto& one : memory_->links)
    if (one.what != role::retiring && one.irc && is_joined(*one.irc, channel) && (!found || one.what == role::current))
      found = &one;
  return found;
}

void chat_connection_state::set_alarm() {
  auto next = time_point::max();
  for (const auto& one : memory_->links)
    if (one.irc)
      next = std::min(next, one.irc->deadline());
  if (memory_->dial_at && outbox_)
    next = std::min(next, *memory_->dial_at);
  if (memory_->overlap_ends)
    next = std::min(next, *memory_->overlap_ends);
  alarm_.at(self_, next);
}

connection_report chat_connection_state::report() {
  connection_report result{.name = who_.name,
                           .state = {},
                           .login = memory_->login,
                           .last_error = memory_->last_error,
                           .dials = memory_->dials,
                           .reconnects = memory_->reconnects,
                           .lines_in = memory_->lines_in,
                           .bad_lines = memory_->bad_lines,
                           .lines_forwarded = memory_->lines_forwarded,
                           .lines_pending = 0,
                           .lines_discarded = memory_->lines_discarded,
                           .channels = {},
                           .gaps = memory_->reading->gaps()};
  for (const auto& one : memory_->pending)
    result.lines_pending += one.batch.lines.size();
  for (const auto& one : memory_->links)
    for (const auto& held : one.held)
      result.lines_pending += held.batch.lines.size();
  const auto* current = find(role::current);
  if (current == nullptr)
    result.state = dialling_ ? "dialling" : "waiting";
  else if (!current->irc)
    result.state = "dialling";
  else if (current->irc->where() != irc_session::phase::welcome)
    result.state = "logging in";
  else
    result.state = find(role::successor) != nullptr ? "replacing" : "open";
  for (const auto& channel : who_.channels) {
    auto& one = result.channels.emplace_back();
    one.channel = channel;
    one.joined = joined_link(channel) != nullptr;
    one.read_until = memory_->reading->read_until(channel);
    if (current == nullptr || !current->irc)
      continue;
    if (auto state = current->irc->channels().find(channel); state != current->irc->channels().end()) {
      one.attempts = state->second.attempts;
      one.problem = state->second.reason;
    }
  }
  return result;
}

} // namespace creamery
