#pragma once

#include "messages/cog_outcome.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery {

/// What the runtime does for a cog's storage. Not for cog authors: they use `cog_storage`.
class storage_host {
public:
  /// JSON.
  virtual std::optional<std::string> stored(std::string_view space, std::string_view key) = 0;

  virtual std::vector<std::pair<std::string, std::string>> stored_under(std::string_view space, std::string_view prefix,
                                                                        size_t most) = 0;

  virtual void store(value_change change) = 0;

protected:
  ~storage_host() = default;
};

/// What a cog keeps, for one channel or for the bot as a whole: values under keys, still there after the process has died. Nobody else
/// sees them, not even the same cog of another bot. What a handler changes is written when it returns, together with the fact that
/// its event has been handled: either all of it is, or nothing. Of a handler that throws nothing is.
///
///     auto thanks = cog.storage(channel);
///     thanks.set("raids", thanks.get<int>("raids", 0) + 1);
class cog_storage {
public:
  /// The longest key, and the longest value as JSON, in bytes; beyond them `set` throws `std::length_error`.
  static constexpr size_t max_key = 256;
  static constexpr size_t max_value = 1024 * 1024;

  cog_storage(storage_host& host, std::string space) : host_(&host), space_(std::move(space)) {
  }

  /// @returns nothing if there is no such value.
  /// @throws nlohmann::json::exception when it is of another type.
  template <class T>
  std::optional<T> get(std::string_view key) const {
    auto text = host_->stored(space_, key);
    if (!text)
      return std::nullopt;
    return nlohmann::json::parse(*text).template get<T>();
  }

  template <class T>
  T get(std::string_view key, T otherwise) const {
    return get<T>(key).value_or(std::move(otherwise));
  }

  /// @param value anything that nlohmann::json can be made of.
  void set(std::string_view key, const nlohmann::json& value) {
    host_->store({space_, std::string{key}, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  }

  void erase(std::string_view key) {
    host_->store({space_, std::string{key}, std::nullopt});
  }

  /// Keys that begin so, with their values, in order, at most so many.
  std::vector<std::pair<std::string, nlohmann::json>> list(std::string_view prefix = {}, size_t most = 1'000) const {
    std::vector<std::pair<std::string, nlohmann::json>> all;
    for (auto& [key, text] : host_->stored_under(space_, prefix, most))
      all.emplace_back(std::move(key), nlohmann::json::parse(text));
    return all;
  }

private:
  storage_host* host_;
  std::string space_;
};

} // namespace creamery
