#include "runtime/store/token_vault.hpp"

#include "runtime/store/descriptor.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/text_file.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace creamery {

namespace {

/// Some thousand accounts.
constexpr size_t max_vault = 16 * 1024 * 1024;
constexpr size_t max_key = 4'096;

/// Whoever holds the lock writes one file.
constexpr auto lock_timeout = std::chrono::seconds{5};

/// The lock of those who write, until this ends.
result<descriptor> lock(const std::filesystem::path& file) {
  descriptor held{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!held)
    return last_error(file, "can't be opened");
  auto deadline = std::chrono::steady_clock::now() + lock_timeout;
  while (::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return last_error(file, "can't be locked");
    if (std::chrono::steady_clock::now() >= deadline)
      return failure{file.string(),
                     "another process has been holding it for " + std::to_string(lock_timeout.count()) + " s"};
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return held;
}

/// A key that nobody can guess, as a line of text.
std::optional<secret> random_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return std::nullopt;
  std::string text(48, '\0');
  auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), bytes.size());
  text.resize(static_cast<size_t>(size));
  return secret::taken_from(text);
}

failure no_random() {
  return {"token vault", "no random bytes"};
}

/// A failure that says which file it is about.
failure in(const std::filesystem::path& file, const failure& why) {
  return {file.string(), why.cause};
}

auto position_of(vault_content& content, std::string_view client_id, std::string_view login) {
  return std::find_if(content.tokens.begin(), content.tokens.end(),
                      [&](const auto& x) { return x.client_id == client_id && x.login == login; });
}

} // namespace

token_vault::token_vault(std::filesystem::path folder, secret key)
  : file_(folder / store_files::vault),
    key_file_(folder / store_files::vault_key),
    lock_file_(folder / store_files::vault_lock),
    text_(std::move(key)) {
}

result<std::unique_ptr<token_vault>> token_vault::open(const std::filesystem::path& folder, secret key) {
  std::unique_ptr<token_vault> vault{new token_vault{folder, std::move(key)}};
  vault->seen_ = vault->version();
  if (auto content = vault->read(); !content)
    return content.error();
  return vault;
}

std::optional<failure> token_vault::read_key_file() {
  struct stat about {};

  if (::stat(key_file_.c_str(), &about) == 0 && (about.st_mode & 077) != 0)
    return failure{key_file_.string(), "others may read it, so it is no secret: chmod 600 " + key_file_.string()};
  auto text = read_text(key_file_, max_key);
  if (!text)
    return text.error();
  if (!*text)
    return std::nullopt;
  while (!(*text)->empty() && static_cast<unsigned char>((*text)->back()) <= ' ')
    (*text)->pop_back();
  if ((*text)->empty())
    return failure{key_file_.string(), "is empty: the key is lost, unless you have a copy"};
  text_ = secret::taken_from(**text);
  key_is_in_file_ = true;
  return std::nullopt;
}

std::optional<failure> token_vault::use_key_for(const vault_key::salt_type& salt) {
  if (key_ && key_->salt() == salt)
    return std::nullopt;
  if (text_.empty())
    return failure{file_.string(), "there are stored tokens, but no key: CREAMERY_KEY isn't set, and there is no "
                                     + key_file_.string()};
  auto key = vault_key::derive(text_, salt);
  if (!key)
    return in(file_, key.error());
  key_ = std::move(*key);
  return std::nullopt;
}

result<vault_content> token_vault::read() {
  if (text_.empty()) { // another process may have made it meanwhile
    if (auto failed = read_key_file())
      return *failed;
  }
  auto file = read_text(file_, max_vault);
  if (!file)
    return file.error();
  if (!*file)
    return vault_content{};
  auto salt = vault_salt(**file);
  if (!salt)
    return in(file_, salt.error());
  if (auto failed = use_key_for(*salt))
    return *failed;
  auto content = decode_vault(**file, *key_);
  if (!content && key_is_in_file_ && finish_rekeying(**file))
    content = decode_vault(**file, *key_);
  if (!content)
    return failure{file_.string(), content.error().cause
                                     + (key_is_in_file_ ? " (the key is that of " + key_file_.string() + ")"
                                                        : " (the key is CREAMERY_KEY)")};
  return content;
}

bool token_vault::finish_rekeying(std::string_view vault) {
  auto draft = key_file_;
  draft += ".next";
  auto text = read_text(draft, max_key);
  auto salt = vault_salt(vault);
  if (!text || !*text || !salt)
    return false;
  auto next = secret::taken_from(**text);
  auto key = vault_key::derive(next, *salt);
  if (!key || !decode_vault(vault, *key) || std::rename(draft.c_str(), key_file_.c_str()) != 0)
    return false;
  text_ = std::move(next);
  key_ = std::move(*key);
  return true;
}

std::optional<failure> token_vault::write(const vault_content& content) {
  if (text_.empty()) { // the first time
    auto made = random_key();
    if (!made)
      return no_random();
    if (auto failed = replace_text(key_file_, made->reveal(), durability::machine))
      return failed;
    text_ = std::move(*made);
    key_is_in_file_ = true;
  }
  if (!key_) {
    auto key = vault_key::make(text_);
    if (!key)
      return in(file_, key.error());
    key_ = std::move(*key);
  }
  auto file = encode_vault(content, *key_);
  if (!file)
    return in(file_, file.error());
  return replace_text(file_, *file, durability::machine);
}

template <class Change>
std::optional<token_vault::trouble> token_vault::change(Change change) {
  std::lock_guard guard{mutex_};
  auto held = lock(lock_file_);
  if (!held)
    return trouble{false, held.error()};
  changed_by_others_ |= version() != seen_;
  auto content = read();
  if (!content)
    return trouble{false, content.error()};
  if (auto refused = change(*content))
    return refused;
  if (auto failed = write(*content))
    return trouble{false, *failed};
  seen_ = version();
  return std::nullopt;
}

result<std::optional<stored_token>> token_vault::find(std::string_view client_id, std::string_view login) {
  std::lock_guard guard{mutex_};
  auto content = read();
  if (!content)
    return content.error();
  auto found = position_of(*content, client_id, login);
  return found == content->tokens.end() ? std::optional<stored_token>{} : std::move(*found);
}

result<std::optional<std::string>> token_vault::login_of(std::string_view bot) {
  std::lock_guard guard{mutex_};
  auto content = read();
  if (!content)
    return content.error();
  auto found = content->logins.find(std::string{bot});
  return found == content->logins.end() ? std::optional<std::string>{} : std::move(found->second);
}

result<secret> token_vault::secret_for(const std::string& purpose) {
  {
    std::lock_guard guard{mutex_};
    auto content = read();
    if (!content)
      return content.error();
    if (auto known = content->secrets.find(purpose); known != content->secrets.end())
      return known->second;
  }
  secret made;
  auto failed = change([&](vault_content& content) -> std::optional<trouble> {
    auto& place = content.secrets[purpose]; // another process may have been faster
    if (place.empty()) {
      auto random = random_key();
      if (!random)
        return trouble{false, no_random()};
      place = std::move(*random);
    }
    made = place;
    return std::nullopt;
  });
  if (failed)
    return failed->why;
  return made;
}

std::string token_vault::claim(std::string_view client_id, std::string_view login, const std::string& keeper) {
  std::lock_guard guard{mutex_};
  claims_.erase(keeper);
  for (const auto& [name, account] : claims_)
    if (account.first == client_id && account.second == login)
      return name;
  claims_.emplace(keeper, std::pair{client_id, login});
  return keeper;
}

std::optional<token_vault::trouble> token_vault::put(const stored_token& token) {
  return change([&](vault_content& content) -> std::optional<trouble> {
    auto present = position_of(content, token.client_id, token.login);
    if (present == content.tokens.end()) {
      content.tokens.push_back(token);
      return std::nullopt;
    }
    auto is_next = present->generation + 1 == token.generation;
    auto is_same = present->generation == token.generation && present->access_token == token.access_token
                   && present->refresh_token == token.refresh_token;
    if (!is_next && !is_same)
      return trouble{true, {file_.string(), "a newer token of " + token.login + " has been stored"}};
    *present = token;
    return std::nullopt;
  });
}

result<stored_token> token_vault::grant(stored_token token, std::string_view bot) {
  auto failed = change([&](vault_content& content) -> std::optional<trouble> {
    if (!bot.empty())
      content.logins[std::string{bot}] = token.login;
    auto present = position_of(content, token.client_id, token.login);
    if (present == content.tokens.end())
      present = content.tokens.insert(content.tokens.end(), stored_token{});
    token.generation = present->generation + 1;
    *present = token;
    return std::nullopt;
  });
  if (failed)
    return failed->why;
  return token;
}

std::optional<failure> token_vault::rekey(secret key) {
  auto draft = key_file_;
  draft += ".next";
  auto to_file = key.empty();
  if (to_file) {
    auto made = random_key();
    if (!made)
      return no_random();
    key = std::move(*made);
  }
  auto old_text = text_;
  auto old_place = key_is_in_file_;
  // From the moment the vault is written, only the new key opens it: so that has to be on the disk before.
  auto failed = change([&](vault_content&) -> std::optional<trouble> {
    if (to_file)
      if (auto unwritten = replace_text(draft, key.reveal(), durability::machine))
        return trouble{false, *unwritten};
    text_ = std::move(key);
    key_is_in_file_ = to_file;
    key_.reset(); // and a new salt with it
    return std::nullopt;
  });
  if (failed) {
    std::lock_guard guard{mutex_};
    text_ = std::move(old_text);
    key_is_in_file_ = old_place;
    key_.reset();
    return failed->why;
  }
  if (to_file && std::rename(draft.c_str(), key_file_.c_str()) != 0)
    return last_error(key_file_, "can't be replaced");
  return std::nullopt;
}

bool token_vault::was_changed_by_others() {
  std::lock_guard guard{mutex_};
  auto now = version();
  changed_by_others_ |= now != seen_;
  seen_ = now;
  return std::exchange(changed_by_others_, false);
}

uint64_t token_vault::version() const {
  struct stat about {};

  if (::stat(file_.c_str(), &about) != 0)
    return 0;
  // Each write makes a new file, so that its number and time differ.
  return (static_cast<uint64_t>(about.st_ino) * 0x9E3779B97F4A7C15U ^ static_cast<uint64_t>(about.st_mtim.tv_sec) << 30U
          ^ static_cast<uint64_t>(about.st_mtim.tv_nsec) ^ static_cast<uint64_t>(about.st_size) << 48U)
         | 1U;
}

} // namespace creamery
