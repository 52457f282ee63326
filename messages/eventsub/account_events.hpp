#pragma once

#include "messages/eventsub/parts.hpp"

#include <string_view>

/// What happens to users, and to the application itself (twitch-platform 3.8).
namespace creamery::eventsub {

struct user_update {
  static constexpr std::string_view type = "user.update", version = "1";

  person user;
  /// Only with the scope `user:read:email`.
  std::optional<std::string> email;
  std::optional<bool> email_verified;
  std::string description;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("email", x.email);
    f("email_verified", x.email_verified);
    f("description", x.description);
  }
};

struct whisper_text {
  std::string text;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("text", x.text);
  }
};

struct user_whisper_message {
  static constexpr std::string_view type = "user.whisper.message", version = "1";

  person from;
  person to;
  std::string whisper_id;
  whisper_text whisper;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("from_user", x.from);
    f.person("to_user", x.to);
    f("whisper_id", x.whisper_id);
    f("whisper", x.whisper);
  }
};

/// Login and name are missing where the user is gone.
struct user_authorization {
  std::string client_id;
  std::string user_id;
  std::optional<std::string> user_login;
  std::optional<std::string> user_name;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("client_id", x.client_id);
    f("user_id", x.user_id);
    f("user_login", x.user_login);
    f("user_name", x.user_name);
  }
};

struct user_authorization_grant : user_authorization {
  static constexpr std::string_view type = "user.authorization.grant", version = "1";
};

struct user_authorization_revoke : user_authorization {
  static constexpr std::string_view type = "user.authorization.revoke", version = "1";
};

struct shard_transport {
  std::string method;
  std::optional<std::string> callback;
  std::optional<std::string> session_id;
  std::optional<std::string> connected_at;
  std::optional<std::string> disconnected_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("method", x.method);
    f("callback", x.callback);
    f("session_id", x.session_id);
    f("connected_at", x.connected_at);
    f("disconnected_at", x.disconnected_at);
  }
};

struct conduit_shard_disabled {
  static constexpr std::string_view type = "conduit.shard.disabled", version = "1";

  std::string conduit_id;
  std::string shard_id;
  std::string status;
  shard_transport transport;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("conduit_id", x.conduit_id);
    f("shard_id", x.shard_id);
    f("status", x.status);
    f("transport", x.transport);
  }
};

/// One of the entries that Twitch sends together.
struct drop_entitlement_grant {
  static constexpr std::string_view type = "drop.entitlement.grant", version = "1";

  std::string organization_id;
  std::string category_id;
  std::string category_name;
  std::string campaign_id;
  person user;
  std::string entitlement_id;
  std::string benefit_id;
  std::string created_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("organization_id", x.organization_id);
    f("category_id", x.category_id);
    f("category_name", x.category_name);
    f("campaign_id", x.campaign_id);
    f.person("user", x.user);
    f("entitlement_id", x.entitlement_id);
    f("benefit_id", x.benefit_id);
    f("created_at", x.created_at);
  }
};

struct extension_product {
  std::string name;
  std::string sku;
  int64_t bits = 0;
  bool in_development = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("name", x.name);
    f("sku", x.sku);
    f("bits", x.bits);
    f("in_development", x.in_development);
  }
};

struct extension_bits_transaction_create {
  static constexpr std::string_view type = "extension.bits_transaction.create", version = "1";

  std::string id;
  std::string extension_client_id;
  person broadcaster;
  person user;
  extension_product product;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("extension_client_id", x.extension_client_id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("product", x.product);
  }
};

} // namespace creamery::eventsub
