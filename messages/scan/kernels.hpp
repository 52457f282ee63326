#pragma once

#include "messages/scan/scan.hpp"

#include <cstring>

/// The functions of scan.hpp as templates over the instruction set `V`, which has to be a type of an unnamed namespace: a
/// function that was compiled for a newer processor must not be taken by the linker for one that all may call. For the same
/// reason nothing inline of the standard library is used here.
///
/// `V` has a `width` in bytes (64 at most), a `vector` type, `load(p)`, `fill(c)` and `equal(a, b)`, which gives bit n for equal
/// bytes at n.

namespace creamery::scan {

template <class V>
constexpr uint64_t all_bits = V::width == 64 ? ~uint64_t{0} : (uint64_t{1} << V::width) - 1;

template <class V>
size_t lowest_bit(uint64_t bits) noexcept {
  return static_cast<size_t>(__builtin_ctzll(bits));
}

template <class V>
size_t highest_bit(uint64_t bits) noexcept {
  return 63 - static_cast<size_t>(__builtin_clzll(bits));
}

template <class V>
const char* find(const char* first, const char* last, char c) noexcept {
  const auto wanted = V::fill(c);
  const auto* p = first;
  for (; static_cast<size_t>(last - p) >= V::width; p += V::width)
    if (auto bits = V::equal(V::load(p), wanted))
      return p + lowest_bit<V>(bits);
  if (p == last)
    return last;
  if (static_cast<size_t>(last - first) >= V::width) { // the rest, together with some that were looked at before
    p = last - V::width;
    auto bits = V::equal(V::load(p), wanted);
    return bits ? p + lowest_bit<V>(bits) : last;
  }
  while (p != last && *p != c)
    ++p;
  return p;
}

/// Whether a tag with this key begins at `at`; fills `found` if it does.
template <class V>
bool is_tag(const char* tags, size_t size, size_t at, const char* key, size_t key_size, tag_span& found) noexcept {
  const auto key_end = at + key_size;
  if (key_end > size)
    return false;
  for (size_t i = 0; i < key_size; ++i) // keys are short: cheaper than a call
    if (tags[at + i] != key[i])
      return false;
  if (key_end != size && tags[key_end] != '=' && tags[key_end] != ';')
    return false;
  const auto value = key_end + static_cast<size_t>(key_end != size && tags[key_end] == '=');
  const auto* end = find<V>(tags + value, tags + size, ';');
  found = {static_cast<uint16_t>(at), static_cast<uint16_t>(key_end), static_cast<uint16_t>(value),
           static_cast<uint16_t>(end - tags)};
  return true;
}

/// Goes from the end to the beginning, so that the first one found is the last one. A place is looked at closely when ';', the
/// key's first byte and its last byte are where they would have to be.
template <class V>
bool find_tag(const char* tags, size_t size, const char* key, size_t key_size, tag_span& found) noexcept {
  if (size > key_size) {
    const auto semicolon = V::fill(';');
    const auto front = V::fill(key[0]);
    const auto back = V::fill(key[key_size - 1]);
    // A ';' at 0 … places - 1 leaves room for the key behind it.
    const auto places = size - key_size;
    auto rest = places;
    auto look = [&](size_t at, uint64_t bits) {
      for (; bits != 0; bits &= ~(uint64_t{1} << highest_bit<V>(bits)))
        if (is_tag<V>(tags, size, at + highest_bit<V>(bits) + 1, key, key_size, found))
          return true;
      return false;
    };
    auto candidates = [&](size_t at) {
      return V::equal(V::load(tags + at), semicolon) & V::equal(V::load(tags + at + 1), front)
             & V::equal(V::load(tags + at + key_size), back);
    };
    for (; rest >= V::width; rest -= V::width)
      if (look(rest - V::width, candidates(rest - V::width)))
        return true;
    if (places >= V::width) {
      if (rest > 0 && look(0, candidates(0) & ((uint64_t{1} << rest) - 1)))
        return true;
    } else {
      for (; rest > 0; --rest)
        if (tags[rest - 1] == ';' && is_tag<V>(tags, size, rest, key, key_size, found))
          return true;
    }
  }
  return is_tag<V>(tags, size, 0, key, key_size, found);
}

/// Which of the bytes `[at, at + 64)` are equal to `wanted`; those beyond `size` are not. `size` is at least the vector's width.
template <class V>
uint64_t equal_in_block(const char* text, size_t size, size_t at, typename V::vector wanted) noexcept {
  if (size - at >= 64) {
    uint64_t bits = 0;
    for (size_t i = 0; i < 64; i += V::width)
      bits |= V::equal(V::load(text + at + i), wanted) << i;
    return bits;
  }
  uint64_t bits = 0;
  size_t i = 0;
  for (; size - at - i >= V::width; i += V::width)
    bits |= V::equal(V::load(text + at + i), wanted) << i;
  if (const auto rest = size - at - i; rest > 0) // together with some bytes before it
    bits |= V::equal(V::load(text + size - V::width), wanted) >> (V::width - rest) << i;
  return bits;
}

/// The same byte by byte, for texts that are shorter than a vector.
template <class V>
uint64_t equal_in_short(const char* text, size_t size, size_t at, char wanted) noexcept {
  uint64_t bits = 0;
  for (auto i = at; i < size; ++i)
    bits |= text[i] == wanted ? uint64_t{1} << (i - at) : 0;
  return bits;
}

template <class V>
size_t split_tags(const char* tags, size_t size, size_t& from, tag_span* found, size_t capacity) noexcept {
  const auto semicolon = V::fill(';');
  const auto sign = V::fill('=');
  size_t count = 0;
  auto key = from;
  size_t value = 0; // where the value begins; 0: no '=' yet
  auto add = [&](size_t end) {
    auto& one = found[count++];
    one.key = static_cast<uint16_t>(key);
    one.key_end = static_cast<uint16_t>(value ? value - 1 : end);
    one.value = static_cast<uint16_t>(value ? value : end);
    one.end = static_cast<uint16_t>(end);
    key = end + 1;
  };
  for (auto at = from; at < size; at += 64) {
    const auto is_short = size < V::width;
    auto ends = is_short ? equal_in_short<V>(tags, size, at, ';') : equal_in_block<V>(tags, size, at, semicolon);
    auto signs = is_short ? equal_in_short<V>(tags, size, at, '=') : equal_in_block<V>(tags, size, at, sign);
    for (; ends != 0; ends &= ends - 1) {
      const auto before = (ends & -ends) - 1;
      const auto own = signs & before;
      if (value == 0 && own != 0)
        value = at + lowest_bit<V>(own) + 1;
      add(at + lowest_bit<V>(ends));
      if (count == capacity) {
        from = key;
        return count;
      }
      value = 0;
      signs &= ~before;
    }
    if (value == 0 && signs != 0)
      value = at + lowest_bit<V>(signs) + 1;
  }
  if (key <= size)
    add(size);
  from = key;
  return count;
}

template <class V>
constexpr functions functions_with(instruction_set set) noexcept {
  return {set, find<V>, find_tag<V>, split_tags<V>};
}

} // namespace creamery::scan
