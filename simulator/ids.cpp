#include "simulator/ids.hpp"

#include <random>

namespace creamery::simulator {

namespace {

constexpr char hex[] = "0123456789abcdef";

int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

id_source::id_source(uint64_t seed) {
  dice random{seed};
  for (size_t i = 0; i < prefix_size; ++i) {
    switch (i) {
      case 8:
      case 13:
      case 18:
      case 23: prefix_ += '-'; break;
      case 14: prefix_ += '4'; break; // version: random
      case 19: prefix_ += '8'; break; // variant: RFC 4122
      default: prefix_ += hex[random.below(16)];
    }
  }
}

std::string id_source::text(uint64_t number) const {
  std::string out;
  append(out, number);
  return out;
}

void id_source::append(std::string& out, uint64_t number) const {
  char last[digits];
  for (size_t i = digits; i-- > 0; number >>= 4)
    last[i] = hex[number & 15];
  out += prefix_;
  out.append(last, digits);
}

std::optional<uint64_t> id_source::number(std::string_view text) const {
  if (text.size() != prefix_size + digits || !text.starts_with(prefix_))
    return std::nullopt;
  uint64_t number = 0;
  for (char c : text.substr(prefix_size)) {
    auto value = digit_value(c);
    if (value < 0)
      return std::nullopt;
    number = number << 4 | static_cast<uint64_t>(value);
  }
  return number;
}

uint64_t spread(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a …
  for (unsigned char c : text)
    hash = (hash ^ c) * 0x100000001b3;
  return dice{hash}.next(); // … whose upper bits hardly differ between similar names
}

uint64_t random_seed() {
  std::random_device source;
  return uint64_t{source()} << 32 | source();
}

uint64_t dice::next() {
  state_ += 0x9e3779b97f4a7c15;
  auto x = state_;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

} // namespace creamery::simulator
