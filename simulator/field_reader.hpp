#pragma once

#include "messages/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace creamery::simulator {

/// A length of time: `5s`, `250ms`, `2m`, `1h`, or a number of seconds.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

/// Reads the members of a JSON object into variables. Members that are absent leave theirs as they are; the first
/// mistake (wrong type, out of range, a name that nobody asked for) is what `finish` returns.
class field_reader {
public:
  /// @param place for messages.
  field_reader(const nlohmann::json& object, std::string place);

  template <class T>
  field_reader& get(const char* name, T& out) {
    if (auto value = take(name)) {
      if (auto expected = read(*value, out))
        mistake(name, *expected);
    }
    return *this;
  }

  /// The same, and it must be there.
  template <class T>
  field_reader& need(const char* name, T& out) {
    if (!object_.is_object() || !object_.contains(name))
      mistake(name, "is missing");
    return get(name, out);
  }

  /// Says what is wrong with a member, if nothing was wrong before.
  void mistake(std::string_view name, std::string_view cause);

  /// Everything was asked for: whether all is well.
  result<bool> finish();

private:
  using expectation = std::optional<std::string>;

  const nlohmann::json* take(const char* name);

  static expectation read(const nlohmann::json& value, std::string& out);
  static expectation read(const nlohmann::json& value, bool& out);
  static expectation read(const nlohmann::json& value, double& out);
  static expectation read(const nlohmann::json& value, nlohmann::json& out);
  static expectation read(const nlohmann::json& value, std::map<std::string, std::string>& out);
  static expectation read_integer(const nlohmann::json& value, int64_t least, uint64_t most, uint64_t& out);
  static expectation read_duration(const nlohmann::json& value, std::chrono::microseconds& out);

  template <class T>
    requires std::is_integral_v<T>
  static expectation read(const nlohmann::json& value, T& out) {
    uint64_t number = 0;
    auto expected = read_integer(value, std::is_signed_v<T> ? int64_t{std::numeric_limits<T>::min()} : 0,
                                 static_cast<uint64_t>(std::numeric_limits<T>::max()), number);
    if (!expected)
      out = static_cast<T>(number);
    return expected;
  }

  template <class Rep, class Period>
  static expectation read(const nlohmann::json& value, std::chrono::duration<Rep, Period>& out) {
    std::chrono::microseconds read{};
    auto expected = read_duration(value, read);
    if (!expected)
      out = std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(read);
    return expected;
  }

  template <class T>
  static expectation read(const nlohmann::json& value, std::optional<T>& out) {
    return read(value, out.emplace());
  }

  static expectation read(const nlohmann::json& value, std::vector<std::string>& out);

  const nlohmann::json& object_;
  std::string place_;
  std::set<std::string, std::less<>> asked_;
  std::optional<failure> mistake_;
};

} // namespace creamery::simulator
