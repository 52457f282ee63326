#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// Makes message ids: UUIDs whose last group counts. So none comes twice, and an id tells which line it was given to.
class id_source {
public:
  /// The groups before the last one are made from `seed`; different sources need different seeds.
  explicit id_source(uint64_t seed);

  /// The text of the id with this number (the lower 48 bits count).
  std::string text(uint64_t number) const;

  /// Appends the same.
  void append(std::string& out, uint64_t number) const;

  /// The number of an id that came from here.
  std::optional<uint64_t> number(std::string_view text) const;

private:
  static constexpr size_t prefix_size = 24; // "xxxxxxxx-xxxx-4xxx-8xxx-"
  static constexpr size_t digits = 12;

  std::string prefix_;
};

/// A number that spreads well, made from a text; the same on every machine.
uint64_t spread(std::string_view text);

/// A seed that differs from run to run.
uint64_t random_seed();

/// A small random generator whose sequence is the same on every machine (splitmix64).
class dice {
public:
  explicit dice(uint64_t seed) : state_(seed) {
  }

  uint64_t next();

  /// 0 … `sides` - 1; 0 if there are none.
  size_t below(size_t sides) {
    return sides == 0 ? 0 : next() % sides;
  }

  /// 0 ≤ x < 1.
  double fraction() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
  }

private:
  uint64_t state_;
};

} // namespace creamery::simulator
