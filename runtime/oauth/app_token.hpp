#pragma once

#include "runtime/oauth/answers.hpp"
#include "runtime/supervision/backoff.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace creamery {

/// The token of an application itself (client credentials, twitch-platform 2.3): got when it is first needed, and again when it
/// has ended or was refused. It costs nothing to lose, so nothing of it is kept. Knows no clock.
class app_token {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit app_token(backoff::options retry = {.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{10}})
    : retry_(retry, 1) {
  }

  /// The token; null: there is none now.
  const secret* current(time_point now) const noexcept {
    return token_ && now < ends_ ? &*token_ : nullptr;
  }

  /// Why there is none, and Twitch is not to be asked again yet; empty: it may be.
  std::string problem(time_point now) const {
    return now < retry_at_ ? problem_ : std::string{};
  }

  /// Twitch is to be asked. False: it is being asked already.
  bool begin() noexcept {
    return !std::exchange(asked_, true);
  }

  void answered(const oauth::reply<oauth::grant>& answer, time_point now) {
    asked_ = false;
    if (const auto* granted = std::get_if<oauth::grant>(&answer)) {
      token_ = granted->access_token;
      ends_ = now + granted->lifetime.value_or(std::chrono::hours{24}) * 9 / 10;
      retry_.reset();
      retry_at_ = time_point::min();
      return;
    }
    problem_ = "Twitch gives the application no token: " + std::get<oauth::refusal>(answer).text;
    retry_at_ = now + retry_.next();
  }

  /// This token was refused somewhere: if it is this one, it is used no more.
  void rejected(const secret& token) {
    if (token_ && *token_ == token)
      token_.reset();
  }

private:
  backoff retry_;
  std::optional<secret> token_;
  time_point ends_ = time_point::min();
  time_point retry_at_ = time_point::min();
  std::string problem_;
  bool asked_ = false;
};

} // namespace creamery
