#pragma once

#include "simulator/http_request.hpp"
#include "simulator/rate_bucket.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace creamery::simulator {

/// A refusal as Helix writes it: `{"error":"Bad Request","status":400,"message":"…"}` (twitch-platform §4.1).
http_answer helix_refusal(unsigned status, std::string_view message);

/// `{"data": …}`
http_answer helix_data(nlohmann::json list, unsigned status = 200);

/// `{"data": [element]}`
http_answer helix_one(nlohmann::json element, unsigned status = 200);

/// 204, without a body.
http_answer helix_done();

void add_rate_headers(http_answer& to, const rate_state& state);

/// Something that a call needs, or the answer that refuses the call because it isn't there.
template <class T>
class needed {
public:
  needed(T value) : content_(std::in_place_index<0>, std::move(value)) { // NOLINT: implicit on purpose
  }

  needed(http_answer refusal) : content_(std::in_place_index<1>, std::move(refusal)) { // NOLINT: implicit on purpose
  }

  explicit operator bool() const noexcept {
    return content_.index() == 0;
  }

  T& operator*() {
    return std::get<0>(content_);
  }

  const T& operator*() const {
    return std::get<0>(content_);
  }

  T* operator->() {
    return &std::get<0>(content_);
  }

  const http_answer& refusal() const {
    return std::get<1>(content_);
  }

private:
  std::variant<T, http_answer> content_;
};

/// Why a call is refused, or nothing.
using refusal = std::optional<http_answer>;

} // namespace creamery::simulator
