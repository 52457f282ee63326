#pragma once

#include "simulator/chat_server.hpp"
#include "simulator/helix_api.hpp"
#include "simulator/http_request.hpp"
#include "simulator/identity.hpp"
#include "simulator/options.hpp"

#include <optional>
#include <string>

namespace creamery::simulator {

/// What is behind the doors `http` and `https`: the identity server and Helix. Faults strike here, and every call is
/// counted and written into the history. Without sockets and without a clock.
class web_api {
public:
  /// @param setup, chat, log outlive this.
  web_api(const options& setup, chat_server& chat, history& log);

  web_api(const web_api&) = delete;
  web_api& operator=(const web_api&) = delete;

  http_answer answer(const http_request& request, time_point now);

  /// Does what is due. To be called several times a second.
  void tick(time_point now) {
    helix_.tick(now);
  }

  identity& id() noexcept {
    return identity_;
  }

  const identity& id() const noexcept {
    return identity_;
  }

  helix_api& helix() noexcept {
    return helix_;
  }

  const helix_api& helix() const noexcept {
    return helix_;
  }

  const api_settings& settings() const noexcept {
    return settings_;
  }

  result<bool> apply(const api_settings_request& request);

private:
  /// Who asks, as far as the request tells.
  struct caller {
    std::string token;
    std::string client;
    std::string login;
  };

  caller caller_of(const http_request& request, time_point now);
  http_answer carry_out(const http_request& request, const std::optional<fault>& struck, time_point now);
  void record(const http_request& request, const caller& who, const http_answer& made, bool token_is_bad,
              time_point now);

  api_settings settings_;
  chat_server& chat_;
  history& log_;
  identity identity_;
  helix_api helix_;
};

} // namespace creamery::simulator
