#pragma once

#include "messages/result.hpp"
#include "messages/secret.hpp"
#include "messages/stored_token.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// What a vault holds.
struct vault_content {
  std::vector<stored_token> tokens;
  /// The login that a bot's owner has chosen, for bots whose configuration names no account.
  std::map<std::string, std::string> logins;
  /// Secrets that were made up here, by what they are for.
  std::map<std::string, secret> secrets = {};

  friend bool operator==(const vault_content&, const vault_content&) = default;
};

/// The key of one vault file: made of the owner's key and the file's salt, slowly (scrypt), so that a short key isn't found by
/// trying.
class vault_key {
public:
  static constexpr size_t salt_size = 16;
  using salt_type = std::array<unsigned char, salt_size>;

  /// @returns a failure when there is not enough memory for it (16 MiB).
  static result<vault_key> derive(const secret& text, const salt_type& salt);

  /// The key of a new file, with a salt of its own.
  static result<vault_key> make(const secret& text);

  const salt_type& salt() const noexcept {
    return salt_;
  }

  /// The key itself: 32 bytes.
  std::string_view bytes() const noexcept {
    return bytes_.reveal();
  }

private:
  vault_key(const salt_type& salt, secret bytes) : salt_(salt), bytes_(std::move(bytes)) {
  }

  salt_type salt_;
  secret bytes_;
};

/// The salt that stands in a vault file. A failure when that is no vault, or one of a newer version of the program.
result<vault_key::salt_type> vault_salt(std::string_view file);

/// A vault as a file: a header (mark, version, salt, nonce, check of the key) and behind it the content as JSON, encrypted and
/// authenticated with AES-256-GCM, the header included.
result<std::string> encode_vault(const vault_content& content, const vault_key& key);

/// The content again.
///
/// @returns a failure whose cause tells a wrong key from a damaged file.
result<vault_content> decode_vault(std::string_view file, const vault_key& key);

} // namespace creamery
