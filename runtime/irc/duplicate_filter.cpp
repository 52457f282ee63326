#include "runtime/irc/duplicate_filter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace creamery {

namespace {

/// Places in the smallest table.
constexpr size_t smallest = 64;

/// Both halves of the product: mixes all bits of both factors.
uint64_t mix(uint64_t a, uint64_t b) noexcept {
  __extension__ using wide = unsigned __int128;
  const auto product = static_cast<wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t load(const char* p) noexcept {
  uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

/// A hash of 128 bits, 16 bytes at a time, after the manner of wyhash. Made in each process anew, so its byte order doesn't matter.
line_identity identity_of(std::string_view text) noexcept {
  // Arbitrary odd numbers with as many ones as zeros.
  constexpr uint64_t a = 0xa0761d6478bd642f;
  constexpr uint64_t b = 0xe7037ed1a0b428db;
  constexpr uint64_t c = 0x8ebc6af09c88c6e3;
  constexpr uint64_t d = 0x589965cc75374cc3;
  line_identity id{text.size() ^ a, text.size() ^ c};
  auto add = [&](uint64_t first, uint64_t second) {
    id.high = mix(first ^ id.high ^ a, second ^ b);
    id.low = mix(first ^ c, second ^ id.low ^ d);
  };
  const auto* p = text.data();
  auto rest = text.size();
  for (; rest >= 16; p += 16, rest -= 16)
    add(load(p), load(p + 8));
  if (rest > 0 && text.size() >= 16) { // together with some bytes before them
    const auto* last = text.data() + text.size() - 16;
    add(load(last), load(last + 8));
  } else if (rest > 0) {
    char padded[16] = {};
    std::memcpy(padded, p, rest);
    add(load(padded), load(padded + 8));
  }
  add(id.low, id.high);
  return id;
}

} // namespace

std::optional<line_identity> identify(const irc_line& line) noexcept {
  if (auto id = line.tag("id"); id && !id->empty())
    return identity_of(*id);
  if (auto sent = line.tag("tmi-sent-ts"); sent && !sent->empty())
    return identity_of(line.raw());
  return std::nullopt;
}

std::optional<line_identity> identify_source(const irc_line& line) noexcept {
  if (auto id = line.tag("source-id"); id && !id->empty())
    return identity_of(*id);
  return std::nullopt;
}

void seen_lines::generation::put(std::vector<line_identity>& slots, line_identity id) noexcept {
  auto i = id.low & (slots.size() - 1); // identities are random already
  while (slots[i] != line_identity{})
    i = (i + 1) & (slots.size() - 1);
  slots[i] = id;
}

bool seen_lines::generation::contains(line_identity id) const noexcept {
  if (slots_.empty())
    return false;
  for (auto i = id.low & (slots_.size() - 1); slots_[i] != line_identity{}; i = (i + 1) & (slots_.size() - 1))
    if (slots_[i] == id)
      return true;
  return false;
}

void seen_lines::generation::add(line_identity id) {
  if (2 * (size_ + 1) > slots_.size()) {
    std::vector<line_identity> larger(std::max(smallest, 2 * slots_.size()));
    for (const auto& known : slots_)
      if (known != line_identity{})
        put(larger, known);
    slots_ = std::move(larger);
  }
  put(slots_, id);
  ++size_;
}

void seen_lines::generation::clear() {
  slots_ = std::vector<line_identity>{}; // `= {}` would keep the memory
  size_ = 0;
}

bool seen_lines::insert(line_identity id, time_point now) {
  if (id == line_identity{})
    id.low = 1; // all zero means "nothing"
  const auto generation_age = now - begun_;
  if (generation_age >= options_.age || young_.size() >= options_.count) {
    std::swap(young_, old_);
    young_.clear();
    if (generation_age >= 2 * options_.age)
      old_.clear(); // what is in it is older than asked for, too
    // A generation that is begun late ends in time all the same, or the one before it would be kept for too long.
    const auto is_next = generation_age >= options_.age && generation_age < 2 * options_.age;
    begun_ = is_next ? begun_ + options_.age : now;
  }
  if (young_.contains(id) || old_.contains(id))
    return false;
  young_.add(id);
  return true;
}

bool duplicate_filter::is_new(const irc_line& line, time_point now) {
  auto id = identify(line);
  if (!id)
    return true;
  id->high ^= identity_of(line.channel()).high; // the same id in another channel is another line
  return lines_.insert(*id, now);
}

bool duplicate_filter::is_new_command(const irc_line& line, time_point now) {
  auto id = identify_source(line);
  return !id || sources_.insert(*id, now);
}

} // namespace creamery
