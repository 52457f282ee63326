#pragma once

#include "messages/result.hpp"
#include "messages/secret.hpp"
#include "messages/stored_token.hpp"
#include "runtime/store/vault_codec.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace creamery {

/// The user tokens of all accounts, in one encrypted file. Several processes may use it at the same time, the running service
/// and `creamery auth`: each write is made under a lock, of what is in the file at that moment, and replaces the file
/// as a whole. A file that can't be read is never written. Any thread may use it; its functions wait for the disk.
class token_vault {
public:
  /// Why a token was not written.
  struct trouble {
    /// Another one has been written in its place meanwhile.
    bool outdated = false;
    failure why;
  };

  /// Opens the vault in `folder`; there need not be one yet.
  ///
  /// @param key as in CREAMERY_KEY; empty: what is in the key file, which is made if there is neither it nor a vault.
  /// @returns a failure when the key isn't the vault's, or the vault or key file can't be read or is damaged.
  static result<std::unique_ptr<token_vault>> open(const std::filesystem::path& folder, secret key);

  /// The token of this account, granted to this application.
  result<std::optional<stored_token>> find(std::string_view client_id, std::string_view login);

  /// The login that was chosen for a bot whose configuration names none.
  result<std::optional<std::string>> login_of(std::string_view bot);

  /// Writes a token whose `generation` is the next one, or the same once more. When this returns, it is on the disk.
  std::optional<trouble> put(const stored_token& token);

  /// Writes a token that its owner has just granted, whatever there was before, and `bot`'s login if it isn't empty.
  ///
  /// @returns the token with its generation.
  result<stored_token> grant(stored_token token, std::string_view bot);

  /// A secret of 44 characters that nobody can guess, made up when it is asked for first, and the same ever since.
  result<secret> secret_for(const std::string& purpose);

  /// Who sees to the token of this account, which only one may: whoever claimed it first, of those who use this object. Whoever
  /// claims another account has given up the one before.
  std::string claim(std::string_view client_id, std::string_view login, const std::string& keeper);

  /// Encrypts everything anew, with another key: `key`, or, when it is empty, a new one in the key file.
  std::optional<failure> rekey(secret key);

  /// Whether another process, or another object in this one, has written since this was asked, or the vault opened. Cheap.
  bool was_changed_by_others();

  const std::filesystem::path& file() const noexcept {
    return file_;
  }

private:
  token_vault(std::filesystem::path folder, secret key);

  /// What is in the file now; the key is made or derived if need be.
  result<vault_content> read();
  /// Writes `content` with the present key.
  std::optional<failure> write(const vault_content& content);
  /// Changes the file, under the lock. `change` says why nothing is to be written.
  template <class Change>
  std::optional<trouble> change(Change change);
  /// The key that fits a file with this salt.
  std::optional<failure> use_key_for(const vault_key::salt_type& salt);
  std::optional<failure> read_key_file();
  /// Changes whenever the file does, by whomever. 0: there is no file.
  uint64_t version() const;
  /// A crash between the two files of `rekey` has left the new key beside the old one.
  bool finish_rekeying(std::string_view vault);

  std::filesystem::path file_;
  std::filesystem::path key_file_;
  std::filesystem::path lock_file_;
  std::mutex mutex_; // guards what follows
  /// The owner's key, and what became of it with the salt of the file.
  secret text_;
  bool key_is_in_file_ = false;
  std::optional<vault_key> key_;
  /// As it was when it was read or written here last, and whether others had changed it before that.
  uint64_t seen_ = 0;
  bool changed_by_others_ = false;
  /// By the keepers' names: client id and login.
  std::map<std::string, std::pair<std::string, std::string>> claims_;
};

} // namespace creamery
