#pragma once

#include "messages/result.hpp"
#include "simulator/chat_server.hpp"
#include "simulator/clients.hpp"
#include "simulator/http_request.hpp"
#include "simulator/options.hpp"
#include "simulator/requests.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery::simulator {

/// Twitch's identity server (twitch-platform §2) without sockets and without a clock: clients, consent, codes, devices,
/// and what tokens are given for. One file for each part: identity (consent), identity_tokens, identity_devices.
class identity {
public:
  /// @param open_door as in `options`. @param settings, chat, log outlive this.
  identity(bool open_door, const api_settings& settings, chat_server& chat, history& log);

  /// Answers `/oauth2/…` and `/activate`.
  http_answer answer(const http_request& request, time_point now);

  result<bool> apply(const client_request& request, time_point now);
  result<bool> apply(const consent_request& request);

  /// Gives tokens without asking anybody.
  result<granted_tokens> grant(const grant_request& request, time_point now);

  const client_book& clients() const noexcept {
    return clients_;
  }

  const consent_request& consent() const noexcept {
    return consent_;
  }

private:
  /// What a user has agreed to, until a client fetches its tokens with the code.
  struct granted_code {
    std::string client_id;
    std::string login;
    std::vector<std::string> scopes;
    std::string redirect_uri;
    time_point expires;
  };

  /// A device that waits for somebody to agree elsewhere (§2.4).
  struct waiting_device {
    enum class stage { pending, approved, denied, used };
    std::string client_id;
    std::vector<std::string> scopes;
    std::string user_code;
    stage at = stage::pending;
    std::string login;
    time_point expires;
    /// When it may ask again without being too fast.
    time_point next_poll;
  };

  /// What an application asks a user for.
  struct wish {
    const api_client* client = nullptr;
    std::vector<std::string> scopes;
    std::string redirect_uri;
    std::string state;
    bool has_state = false;
  };

  // identity.cpp
  token_book& tokens() noexcept {
    return chat_.accounts().tokens();
  }

  http_answer authorize(const http_request& request, time_point now);
  std::variant<wish, http_answer> read_wish(const parameters& fields) const;
  http_answer ask(const wish& what, std::string_view login, std::string_view mistake) const;
  http_answer approve(const wish& what, std::string_view login, time_point now);
  http_answer deny(const wish& what) const;
  consent_request consent_for(const parameters& fields) const;

  // identity_tokens.cpp
  http_answer token(const parameters& form, time_point now);
  http_answer exchange(const api_client& client, std::string_view kind, const parameters& form, time_point now);
  http_answer redeem_code(const api_client& client, const parameters& form, time_point now);
  http_answer give_app_token(const api_client& client, time_point now);
  http_answer refresh(const api_client& client, const parameters& form, time_point now);
  void record_refresh(const parameters& form, const http_answer& made, bool was_refused, time_point now);
  granted_tokens give(std::string_view kind, const api_client& client, std::string_view login,
                      const std::vector<std::string>& scopes, std::chrono::milliseconds life, time_point now);
  http_answer token_answer(const granted_tokens& given, time_point now);
  http_answer validate(const http_request& request, time_point now);
  http_answer revoke(const parameters& form, time_point now);

  // identity_devices.cpp
  http_answer start_device(const http_request& request, time_point now);
  http_answer poll_device(const api_client& client, const parameters& form, time_point now);
  http_answer activate(const http_request& request, time_point now);
  bool settle(waiting_device& device, bool agreed, std::string_view login);
  waiting_device* find_user_code(std::string_view code, time_point now);

  const api_settings& settings_;
  chat_server& chat_;
  history& log_;
  client_book clients_;
  consent_request consent_;
  std::map<std::string, granted_code, std::less<>> codes_;
  std::map<std::string, waiting_device, std::less<>> devices_; // by device code
};

/// A refusal as the identity server writes it: `{"status":400,"message":"…"}`.
http_answer id_refusal(unsigned status, std::string_view message);

/// A JSON answer. Texts from clients may be no UTF-8: U+FFFD stands for what isn't.
http_answer json_answer(unsigned status, const nlohmann::json& body);

} // namespace creamery::simulator
