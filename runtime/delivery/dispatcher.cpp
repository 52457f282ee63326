#include "runtime/delivery/dispatcher.hpp"

#include "messages/chat_message.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace creamery {

namespace {

/// Longest command name that is looked up; a longer word is nobody's command.
constexpr size_t max_command = 64;

/// A batch of which a cog wants less than this share is copied for it, so that a few lines don't hold all the memory.
constexpr size_t share_from = 2; // one half

/// The same for the memory that the batch lies in, which holds other batches, too, and lives as long as any of its lines waits.
constexpr size_t share_memory_from = 16; // one 16th

bool is_chat(irc_verb verb) noexcept {
  return verb == irc_verb::privmsg || verb == irc_verb::usernotice || verb == irc_verb::clearchat
         || verb == irc_verb::clearmsg;
}

size_t bytes_of(const std::vector<cog_line>& lines) noexcept {
  size_t bytes = 0;
  for (const auto& line : lines)
    bytes += line.index.size;
  return bytes;
}

size_t bytes_of(const std::vector<irc_index>& lines) noexcept {
  size_t bytes = 0;
  for (const auto& line : lines)
    bytes += line.size;
  return bytes;
}

/// Copies the lines' bytes into memory of their own.
std::shared_ptr<const slab> copy_out(const slab& memory, std::vector<cog_line>& lines) {
  auto copy = std::make_shared<slab>(bytes_of(lines));
  size_t begin = 0;
  for (auto& line : lines) {
    std::memcpy(copy->data() + begin, memory.data() + line.index.begin, line.index.size);
    line.index.begin = static_cast<uint32_t>(begin);
    begin += line.index.size;
  }
  return copy;
}

/// For each of the old commands its number among the new ones, or none.
std::vector<uint16_t> new_numbers(const std::vector<std::string>& old_names, const std::vector<std::string>& names) {
  std::vector<uint16_t> numbers;
  for (const auto& name : old_names) {
    auto now = std::find(names.begin(), names.end(), name);
    numbers.push_back(now == names.end() ? cog_line::no_command : static_cast<uint16_t>(now - names.begin()));
  }
  return numbers;
}

} // namespace

dispatcher::dispatcher(std::string prefix, delivery_queue::options queue, bool redundant)
  : prefix_(std::move(prefix)), queue_options_(queue), redundant_(redundant) {
}

std::vector<std::string> dispatcher::add(const cog_progress& cog, const cog_interest& interest) {
  auto known = std::find_if(targets_.begin(), targets_.end(), [&](const auto& x) { return x.name == cog.cog; });
  if (known == targets_.end()) {
    auto& queue = queues_.emplace(cog.cog, delivery_queue{queue_options_}).first->second;
    known = targets_.insert(targets_.end(), {cog.cog, interest, &queue, pacing{queue_options_.capacity}, {}});
  } else {
    known->queue->acknowledge(cog.upto, cog.poisoned);
    known->queue->restart();
    if (known->interest.commands != interest.commands) // another version of the module: its numbers mean other commands
      known->queue->renumber_commands(new_numbers(known->interest.commands, interest.commands));
    known->interest = interest;
  }
  auto self = static_cast<size_t>(known - targets_.begin());
  std::erase_if(commands_, [self](const auto& x) { return x.second.target == self; });
  std::vector<std::string> taken;
  for (size_t i = 0; i < interest.commands.size(); ++i) {
    auto [owner, added] = commands_.try_emplace(interest.commands[i], command{self, static_cast<uint16_t>(i)});
    if (!added && owner->second.target != self)
      taken.push_back(interest.commands[i]);
  }
  return taken;
}

void dispatcher::route(const chat_batch& batch, time_point now) {
  if (batch.number != 0) {
    auto& last = last_batches_[batch.connection];
    if (batch.number <= last)
      return;
    last = batch.number;
  }
  for (const auto& index : batch.lines)
    route_line(irc_line{batch.memory->data(), index}, now);
  flush(batch);
}

bool dispatcher::is_to_wait(time_point now) {
  auto wait = false;
  for (auto& target : targets_)
    wait |= target.pace.waits(target.queue->waiting_bytes(), now);
  return wait;
}

delivery_queue* dispatcher::queue(const std::string& cog) {
  auto i = queues_.find(cog);
  return i == queues_.end() ? nullptr : &i->second;
}

void dispatcher::route_line(const irc_line& line, time_point now) {
  ++counters_.received;
  counters_.chat += is_chat(line.verb());
  if (!duplicates_.is_new(line, now)) {
    ++counters_.duplicates;
    return;
  }
  if (redundant_ && line.verb() == irc_verb::privmsg && chat_message{line}.user() == own_login_) {
    ++counters_.ignored; // with one connection, the bot doesn't hear itself
    return;
  }
  uint16_t arguments = 0;
  const command* called = nullptr;
  if (line.verb() == irc_verb::privmsg) {
    chat_message message{line};
    called = find_command(message, arguments);
    if (called && (message.user() == own_login_ || !duplicates_.is_new_command(line, now)))
      called = nullptr;
  }
  if (called)
    ++counters_.commands;
  auto wanted = false;
  for (size_t i = 0; i < targets_.size(); ++i) {
    auto& target = targets_[i];
    if (called && called->target == i)
      target.lines.push_back({line.index(), 0, called->index, arguments});
    else if (target.interest.wants(line.verb()))
      target.lines.push_back({line.index()});
    else
      continue;
    wanted = true;
  }
  ++(wanted ? counters_.routed : counters_.ignored);
}

void dispatcher::flush(const chat_batch& batch) {
  auto all = bytes_of(batch.lines);
  for (auto& target : targets_) {
    if (target.lines.empty())
      continue;
    auto wanted = bytes_of(target.lines);
    auto few = wanted * share_from < all || wanted * share_memory_from < batch.memory->capacity();
    auto memory = few ? copy_out(*batch.memory, target.lines) : batch.memory;
    target.queue->push({std::move(memory), std::move(target.lines), batch.read_at});
    target.lines = {};
  }
}

const dispatcher::command* dispatcher::find_command(const chat_message& message, uint16_t& arguments) const {
  auto all = message.text();
  auto text = message.text_without_mention();
  if (!text.starts_with(prefix_))
    return nullptr;
  auto word = text.substr(prefix_.size());
  word = word.substr(0, word.find(' '));
  if (word.empty() || word.size() > max_command)
    return nullptr;
  std::array<char, max_command> lower;
  std::transform(word.begin(), word.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  auto found = commands_.find(std::string_view{lower.data(), word.size()});
  if (found == commands_.end())
    return nullptr;
  arguments = static_cast<uint16_t>(word.data() + word.size() - all.data());
  return &found->second;
}

} // namespace creamery
