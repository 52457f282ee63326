#pragma once

#include "messages/eventsub/events.hpp"
#include "runtime/eventsub/frame.hpp"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The decoder of events as it would be with simdjson: the same structs, the same leniency, the same errors but for their last word.
namespace creamery::benchmarks {

/// Reads the members of one object, see `reader` in messages/eventsub/events.cpp.
class dom_reader {
public:
  explicit dom_reader(simdjson::dom::object object) : object_(object) {
  }

  template <class T>
  void operator()(std::string_view name, T& value, const char* other_name = nullptr) {
    if (!problem_.empty())
      return;
    simdjson::dom::element found;
    auto is_there = object_.at_key(name).get(found) == simdjson::SUCCESS;
    if (!is_there && other_name != nullptr)
      is_there = object_.at_key(other_name).get(found) == simdjson::SUCCESS;
    if (is_there && !found.is_null())
      read(name, found, value);
  }

  void person(const std::string& prefix, eventsub::person& who, const char* other_prefix = nullptr) {
    auto is_there = object_.at_key(prefix + "_id").error() == simdjson::SUCCESS;
    const std::string used = other_prefix != nullptr && !is_there ? other_prefix : prefix;
    (*this)(used + "_id", who.id);
    (*this)(used + "_login", who.login);
    (*this)(used + "_name", who.name);
  }

  void person(const std::string& prefix, std::optional<eventsub::person>& who, const char* other_prefix = nullptr) {
    eventsub::person found;
    person(prefix, found, other_prefix);
    if (found != eventsub::person{})
      who = std::move(found);
  }

  const std::string& problem() const noexcept {
    return problem_;
  }

private:
  using element = simdjson::dom::element;

  void read(std::string_view name, element from, std::string& to) {
    if (std::string_view text; from.get(text) == simdjson::SUCCESS)
      to = text;
    else
      expected(name, "a string");
  }

  void read(std::string_view name, element from, int64_t& to) {
    if (from.get(to) != simdjson::SUCCESS)
      expected(name, "a whole number");
  }

  void read(std::string_view name, element from, bool& to) {
    if (from.get(to) != simdjson::SUCCESS)
      expected(name, "true or false");
  }

  template <class T>
  void read(std::string_view name, element from, std::optional<T>& to) {
    read(name, from, to.emplace());
  }

  template <class T>
  void read(std::string_view name, element from, std::vector<T>& to) {
    simdjson::dom::array all;
    if (from.get(all) != simdjson::SUCCESS)
      return expected(name, "a list");
    to.clear();
    to.reserve(all.size());
    for (auto one : all)
      if (problem_.empty())
        read(name, one, to.emplace_back());
  }

  template <class T>
  void read(std::string_view name, element from, T& to) {
    simdjson::dom::object object;
    if (from.get(object) != simdjson::SUCCESS)
      return expected(name, "an object");
    dom_reader inner{object};
    T::members(inner, to);
    if (!inner.problem_.empty())
      problem_ = std::string{name} + "." + inner.problem_;
  }

  void expected(std::string_view name, const char* what) {
    problem_ = std::string{name} + ": expected " + what;
  }

  simdjson::dom::object object_;
  std::string problem_;
};

/// See `eventsub::decode`. @param parser is used again and again.
template <class T>
result<T> decode_with_simdjson(simdjson::dom::parser& parser, std::string_view text) {
  auto place = std::string{T::type} + " " + std::string{T::version};
  simdjson::dom::object object;
  if (parser.parse(text.data(), text.size()).get(object) != simdjson::SUCCESS)
    return failure{place, "expected an object"};
  dom_reader from{object};
  T event;
  T::members(from, event);
  if (!from.problem().empty())
    return failure{place, from.problem()};
  return event;
}

/// What of `eventsub::read_frame` counts for events: whose they are, and where they stand in the text.
struct found_event {
  std::string id, type, timestamp;
  eventsub::named_subscription subscription;
  std::string_view event;
};

/// @param text is followed by `simdjson::SIMDJSON_PADDING` bytes.
std::optional<found_event> find_with_simdjson(simdjson::ondemand::parser& parser, std::string_view text);

} // namespace creamery::benchmarks
