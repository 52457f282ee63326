#include "benchmarks/burst/raid.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace creamery::benchmarks {

namespace {

using namespace std::chrono_literals;

/// As fast as possible: no more than this waits for a client, so that what is measured isn't the generator's memory.
constexpr size_t high_water = 512 * 1024;

/// Lines in one turn of the event loop, so that replies are heard in between.
constexpr size_t lines_in_turn = 500;

/// In open loop, how often it is looked what is due.
constexpr auto tick = 500us;

/// How long replies and counts are waited for after the last line.
constexpr auto patience = 10s;

double milliseconds(raid::clock::duration d) {
  return std::chrono::duration<double, std::milli>{d}.count();
}

raid::clock::duration seconds(double s) {
  return std::chrono::duration_cast<raid::clock::duration>(std::chrono::duration<double>{s});
}

/// The number that follows `mark` in a text; false if there is none.
bool number_behind(std::string_view mark, std::string_view text, uint64_t& number) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos)
    return false;
  text.remove_prefix(at + mark.size());
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
}

} // namespace

raid_plan raid_plan::from(const nlohmann::json& text) {
  raid_plan plan;
  plan.lines = text.value("lines", plan.lines);
  plan.rate = text.value("rate", plan.rate);
  plan.ramp_seconds = text.value("ramp_seconds", plan.ramp_seconds);
  plan.commands = text.value("commands", plan.commands);
  plan.replies_per_second = text.value("replies_per_second", plan.replies_per_second);
  plan.joins = text.value("joins", plan.lines / 1000);
  return plan;
}

raid::raid(simulator::net::io_context& io, chat_host& host, chat_lines& words, uint64_t first_number,
           uint64_t said_before, raid_plan plan, std::function<void(nlohmann::json)> done)
  : io_(io),
    timer_(io),
    host_(host),
    words_(words),
    plan_(plan),
    done_(std::move(done)),
    clients_(host.members()),
    said_before_(said_before),
    first_number_(first_number) {
  // One channel of each client after the other, so that the lines of a moment are spread over the connections.
  size_t longest = 0;
  for (const auto& client : clients_)
    longest = std::max(longest, client->channels.size());
  for (size_t i = 0; i < longest; ++i)
    for (const auto& client : clients_)
      if (i < client->channels.size())
        targets_.emplace_back(client.get(), client->channels[i]);
  auto share = plan_.commands;
  if (plan_.rate > 0 && plan_.replies_per_second > 0)
    share = std::min(share, plan_.replies_per_second / plan_.rate);
  command_every_ = share > 0 ? static_cast<uint64_t>(std::ceil(1 / share)) : 0;
}

void raid::start() {
  announce();
  begin_ = clock::now();
  pump();
}

void raid::announce() {
  for (uint64_t i = 0; i < plan_.joins; ++i) {
    const auto& [client, channel] = targets_[i % targets_.size()];
    client->socket->send(words_.join(channel, i), false);
  }
  for (const auto& [client, channel] : targets_)
    client->socket->send(words_.raid(channel, plan_.joins), true);
}

raid::clock::time_point raid::due(uint64_t number) const {
  const auto n = static_cast<double>(number);
  const auto in_ramp = plan_.rate * plan_.ramp_seconds / 2; // lines while the rate grows evenly
  if (n < in_ramp)
    return begin_ + seconds(std::sqrt(2 * plan_.ramp_seconds * n / plan_.rate));
  return begin_ + seconds(plan_.ramp_seconds + (n - in_ramp) / plan_.rate);
}

uint64_t raid::due_by(clock::time_point now) const {
  const auto t = std::chrono::duration<double>{now - begin_}.count();
  const auto in_ramp = plan_.rate * plan_.ramp_seconds / 2;
  const auto n = t < plan_.ramp_seconds ? plan_.rate * t * t / (2 * plan_.ramp_seconds)
                                        : in_ramp + (t - plan_.ramp_seconds) * plan_.rate;
  return std::min(plan_.lines, static_cast<uint64_t>(n) + 1);
}

bool raid::send_next(clock::time_point now) {
  // In open loop a line goes to its channel when it is due, however much waits there already; else to one that takes it.
  auto tries = plan_.rate > 0 ? 1 : targets_.size();
  while (plan_.rate == 0 && tries > 0 && targets_[next_target_].first->socket->queued() > high_water) {
    next_target_ = (next_target_ + 1) % targets_.size();
    --tries;
  }
  if (tries == 0)
    return false;
  auto& [client, channel] = targets_[next_target_];
  next_target_ = (next_target_ + 1) % targets_.size();
  if (command_every_ > 0 && sent_ % command_every_ == command_every_ - 1) {
    command one{plan_.rate > 0 ? due(sent_) : now};
    one.judged = plan_.rate > 0 && one.due >= begin_ + seconds(plan_.ramp_seconds);
    if (one.judged)
      lateness_.push_back(milliseconds(now - one.due));
    client->socket->send(words_.command(channel, "!hello", first_number_ + commands_.size()), true);
    commands_.push_back(one);
  } else {
    client->socket->send(words_.message(channel), true);
  }
  ++sent_;
  return true;
}

void raid::pump() {
  if (asked_)
    return;
  const auto now = clock::now();
  const auto until = plan_.rate > 0 ? due_by(now) : plan_.lines;
  size_t in_turn = 0;
  auto taken = true;
  while (sent_ < until && in_turn < lines_in_turn && (taken = send_next(now)))
    ++in_turn;
  if (sent_ == plan_.lines)
    return all_written() ? ask_for_counts() : void(); // else `on_drained` comes back
  if (!taken)
    return; // `on_drained` comes back
  if (sent_ < until) {
    if (!std::exchange(pumping_, true))
      simulator::net::post(io_, [this] {
        pumping_ = false;
        pump();
      });
    return;
  }
  timer_.expires_at(std::max(now + tick, due(sent_)));
  timer_.async_wait([this](simulator::error_code why) {
    if (!why)
      pump();
  });
}

void raid::on_drained() {
  if (!asked_ && (plan_.rate == 0 || sent_ == plan_.lines))
    pump();
}

bool raid::all_written() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const auto& x) { return x->socket->queued() == 0; });
}

void raid::ask_for_counts() {
  asked_ = true;
  for (const auto& client : clients_)
    client->socket->send(words_.command(client->channels.front(), "!lines", 0), true);
  deadline_ = clock::now() + patience;
  timer_.expires_at(deadline_);
  timer_.async_wait([this](simulator::error_code why) {
    if (!why)
      finish();
  });
}

void raid::on_message(const std::string& login, std::string_view text) {
  uint64_t number = 0;
  if (number_behind("lines: ", text, number)) {
    counted_[login] = std::max(counted_[login], number);
    ++counts_;
    end_ = clock::now();
  } else if (number_behind("Viewer", text, number) && number >= first_number_
             && number - first_number_ < commands_.size()) {
    auto& one = commands_[number - first_number_];
    if (std::exchange(one.answered, true)) {
      ++doubled_;
      return;
    }
    ++replies_;
    if (one.judged)
      latencies_.push_back(milliseconds(clock::now() - one.due));
  }
  if (asked_ && counts_ >= clients_.size() && replies_ == commands_.size())
    finish();
}

void raid::finish() {
  timer_.cancel();
  uint64_t counted = 0;
  for (const auto& [login, lines] : counted_)
    counted += lines;
  std::sort(latencies_.begin(), latencies_.end());
  std::sort(lateness_.begin(), lateness_.end());
  auto done = std::exchange(done_, nullptr);
  if (!done)
    return;
  done({{"lines", sent_},
        {"clients", clients_.size()},
        {"channels", targets_.size()},
        {"seconds", std::chrono::duration<double>{end_ - begin_}.count()},
        {"counted", counted - std::min(counted, said_before_)},
        {"expected", sent_ + clients_.size()},
        {"counts", counts_},
        {"commands", commands_.size()},
        {"replies", replies_},
        {"doubled", doubled_},
        {"latency_ms", latencies_},
        {"lateness_ms", lateness_}});
}

} // namespace creamery::benchmarks
