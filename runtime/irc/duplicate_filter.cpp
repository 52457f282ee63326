#include "runtime/irc/duplicate_filter.hpp"

namespace creamery {

namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

/// A UUID is 128 bits already: taken exactly.
std::optional<line_identity> from_uuid(std::string_view text) noexcept {
  if (text.size() != 36)
    return std::nullopt;
  std::array<uint64_t, 2> half{};
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-')
        return std::nullopt;
      continue;
    }
    auto value = hex_value(text[i]);
    if (value < 0)
      return std::nullopt;
    auto& target = half[digits++ / 16];
    target = target << 4 | static_cast<uint64_t>(value);
  }
  return line_identity{half[0], half[1]};
}

/// FNV-1a, twice with different bases: 128 bits, so that equal identities mean equal texts for all practical purposes.
line_identity from_text(std::string_view text) noexcept {
  constexpr uint64_t prime = 0x100000001b3;
  line_identity id{0xcbf29ce484222325, 0x9ae16a3b2f90404f};
  for (unsigned char c : text) {
    id.high = (id.high ^ c) * prime;
    id.low = (id.low ^ (c + 0x9d)) * prime;
  }
  return id;
}

line_identity from_id(std::string_view id) noexcept {
  if (auto uuid = from_uuid(id))
    return *uuid;
  return from_text(id);
}

} // namespace

std::optional<line_identity> identify(const irc_line& line) noexcept {
  if (auto id = line.tag("id"); id && !id->empty())
    return from_id(*id);
  if (auto sent = line.tag("tmi-sent-ts"); sent && !sent->empty())
    return from_text(line.raw());
  return std::nullopt;
}

std::optional<line_identity> identify_source(const irc_line& line) noexcept {
  if (auto id = line.tag("source-id"); id && !id->empty())
    return from_id(*id);
  return std::nullopt;
}

bool seen_lines::insert(line_identity id, time_point now) {
  auto forget_oldest = [this] {
    known_.erase(order_.front().id);
    order_.pop_front();
  };
  while (!order_.empty() && now - order_.front().seen >= options_.age)
    forget_oldest();
  if (!known_.insert(id).second)
    return false;
  order_.push_back({id, now});
  if (order_.size() > options_.count) // only now: a copy takes no room, so it must not push out what it is a copy of
    forget_oldest();
  return true;
}

bool duplicate_filter::is_new(const irc_line& line, time_point now) {
  auto id = identify(line);
  if (!id)
    return true;
  auto i = channels_.find(line.channel());
  if (i == channels_.end())
    i = channels_.emplace(std::string{line.channel()}, seen_lines{options_}).first;
  return i->second.insert(*id, now);
}

bool duplicate_filter::is_new_command(const irc_line& line, time_point now) {
  auto id = identify_source(line);
  return !id || sources_.insert(*id, now);
}

void duplicate_filter::forget(std::string_view channel) {
  if (auto i = channels_.find(channel); i != channels_.end())
    channels_.erase(i);
}

} // namespace creamery
