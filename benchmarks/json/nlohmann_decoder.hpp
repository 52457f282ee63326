#pragma once

#include "messages/eventsub/events.hpp"
#include "messages/json_members.hpp"
#include "runtime/eventsub/frame.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The decoder of events as it would be with nlohmann/json: the same structs, the same leniency.
namespace creamery::benchmarks {

/// Reads the members of one object, see `reader` in messages/eventsub/events.cpp.
class nlohmann_reader {
public:
  using json = nlohmann::json;

  explicit nlohmann_reader(const json& object) : object_(object) {
  }

  template <class T>
  void operator()(const std::string& name, T& value, const char* other_name = nullptr) {
    auto found = object_.find(name);
    if (found == object_.end() && other_name != nullptr)
      found = object_.find(other_name);
    if (is_well_ && found != object_.end() && !found->is_null())
      read(*found, value);
  }

  void person(const std::string& prefix, eventsub::person& who, const char* other_prefix = nullptr) {
    const std::string used = other_prefix != nullptr && !object_.contains(prefix + "_id") ? other_prefix : prefix;
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

  bool is_well() const noexcept {
    return is_well_;
  }

private:
  void read(const json& from, std::string& to) {
    if (const auto* text = from.get_ptr<const std::string*>())
      to = *text;
    else
      is_well_ = false;
  }

  void read(const json& from, int64_t& to) {
    if (from.is_number_integer())
      to = from.get<int64_t>();
    else
      is_well_ = false;
  }

  void read(const json& from, bool& to) {
    if (from.is_boolean())
      to = from.get<bool>();
    else
      is_well_ = false;
  }

  template <class T>
  void read(const json& from, std::optional<T>& to) {
    read(from, to.emplace());
  }

  template <class T>
  void read(const json& from, std::vector<T>& to) {
    is_well_ = is_well_ && from.is_array();
    for (size_t i = 0; is_well_ && i < from.size(); ++i)
      read(from[i], to.emplace_back());
  }

  template <class T>
  void read(const json& from, T& to) {
    if (!from.is_object()) {
      is_well_ = false;
      return;
    }
    nlohmann_reader inner{from};
    T::members(inner, to);
    is_well_ = is_well_ && inner.is_well_;
  }

  const json& object_;
  bool is_well_ = true;
};

/// See `eventsub::decode`.
template <class T>
std::optional<T> decode_with_nlohmann(std::string_view text) {
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return std::nullopt;
  nlohmann_reader from{parsed};
  T event;
  T::members(from, event);
  return from.is_well() ? std::optional{std::move(event)} : std::nullopt;
}

/// What of `eventsub::read_frame` counts for events: whose they are, and the event itself, which has to be written anew.
struct found_event {
  std::string id, type, timestamp;
  eventsub::named_subscription subscription;
  std::string event;
};

inline std::optional<found_event> find_with_nlohmann(std::string_view text) {
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  const auto& metadata = member_of(parsed, "metadata");
  const auto& payload = member_of(parsed, "payload");
  const auto& about = member_of(payload, "subscription");
  if (!about.is_object())
    return std::nullopt;
  return found_event{text_of(metadata, "message_id"),
                     text_of(metadata, "message_type"),
                     text_of(metadata, "message_timestamp"),
                     {text_of(about, "id"), text_of(about, "status"), text_of(about, "type"), text_of(about, "version"),
                      text_of(member_of(about, "condition"), "user_id")},
                     member_of(payload, "event").dump()};
}

} // namespace creamery::benchmarks
