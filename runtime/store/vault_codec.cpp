#include "runtime/store/vault_codec.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

namespace creamery {

namespace {

using json = nlohmann::json;

// The header: mark, version, salt, nonce, check of the key. Then the cipher text, then its tag.
constexpr std::string_view mark = "CREAMERY VAULT\n";
constexpr char version = 1;
constexpr size_t nonce_size = 12;
constexpr size_t check_size = 8;
constexpr size_t tag_size = 16;
constexpr size_t salt_at = mark.size() + 1;
constexpr size_t nonce_at = salt_at + vault_key::salt_size;
constexpr size_t check_at = nonce_at + nonce_size;
constexpr size_t header_size = check_at + check_size;

constexpr size_t key_size = 32;

// What a guess costs: 16 MiB and some tens of milliseconds.
constexpr uint64_t scrypt_n = 16'384;
constexpr uint64_t scrypt_r = 8;
constexpr uint64_t scrypt_p = 1;
constexpr uint64_t scrypt_memory = uint64_t{64} * 1024 * 1024;

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct cipher_end {
  void operator()(EVP_CIPHER_CTX* context) const noexcept {
    EVP_CIPHER_CTX_free(context);
  }
};

using cipher = std::unique_ptr<EVP_CIPHER_CTX, cipher_end>;

failure broken(std::string cause) {
  return {"token vault", std::move(cause)};
}

/// Tells whether a key is the right one, without telling anything else about it.
std::string check_of(const vault_key& key, std::string_view salt) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  auto text = std::string{"vault key check"} + std::string{salt};
  HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(key.bytes().size()), bytes_of(std::string_view{text}),
       text.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), check_size};
}

json to_json(const vault_content& content) {
  auto tokens = json::array();
  for (const auto& x : content.tokens)
    tokens.push_back({{"client_id", x.client_id},
                      {"login", x.login},
                      {"user_id", x.user_id},
                      {"access_token", x.access_token.reveal()},
                      {"refresh_token", x.refresh_token.reveal()},
                      {"scopes", x.scopes},
                      {"expires_at", x.expires_at},
                      {"renewal_begun_at", x.renewal_begun_at},
                      {"generation", x.generation}});
  auto secrets = json::object();
  for (const auto& [name, text] : content.secrets)
    secrets[name] = text.reveal();
  return {{"tokens", std::move(tokens)}, {"logins", content.logins}, {"secrets", std::move(secrets)}};
}

/// @throws json::exception when it isn't what `to_json` makes.
vault_content from_json(const json& from) {
  vault_content content;
  content.logins = from.at("logins").get<std::map<std::string, std::string>>();
  const auto secrets = from.value("secrets", json::object()); // older vaults have none
  for (const auto& [name, text] : secrets.items())
    content.secrets[name] = secret{text.get_ref<const std::string&>()};
  for (const auto& x : from.at("tokens")) {
    stored_token one;
    x.at("client_id").get_to(one.client_id);
    x.at("login").get_to(one.login);
    x.at("user_id").get_to(one.user_id);
    one.access_token = secret{x.at("access_token").get_ref<const std::string&>()};
    one.refresh_token = secret{x.at("refresh_token").get_ref<const std::string&>()};
    x.at("scopes").get_to(one.scopes);
    x.at("expires_at").get_to(one.expires_at);
    x.at("renewal_begun_at").get_to(one.renewal_begun_at);
    x.at("generation").get_to(one.generation);
    content.tokens.push_back(std::move(one));
  }
  return content;
}

} // namespace

result<vault_key> vault_key::derive(const secret& text, const salt_type& salt) {
  std::string bytes(key_size, '\0');
  auto done = EVP_PBE_scrypt(text.reveal().data(), text.reveal().size(), salt.data(), salt.size(), scrypt_n, scrypt_r,
                             scrypt_p, scrypt_memory, bytes_of(bytes), bytes.size());
  if (done != 1)
    return broken("the key can't be derived: out of memory?");
  return vault_key{salt, secret::taken_from(bytes)};
}

result<vault_key> vault_key::make(const secret& text) {
  salt_type salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
    return broken("no random bytes");
  return derive(text, salt);
}

result<vault_key::salt_type> vault_salt(std::string_view file) {
  if (!file.starts_with(mark))
    return broken("is damaged, or no vault at all: its beginning is missing");
  if (file.size() < header_size + tag_size)
    return broken("is damaged: it ends too early");
  if (file[mark.size()] != version)
    return broken("was written by a newer version of the program");
  vault_key::salt_type salt{};
  std::copy_n(bytes_of(file) + salt_at, salt.size(), salt.begin());
  return salt;
}

result<std::string> encode_vault(const vault_content& content, const vault_key& key) {
  auto plain = to_json(content).dump(-1, ' ', false, json::error_handler_t::replace);
  secret wiped_at_the_end = secret::taken_from(plain);
  std::array<unsigned char, nonce_size> nonce{};
  if (RAND_bytes(nonce.data(), static_cast<int>(nonce.size())) != 1)
    return broken("no random bytes");
  std::string file{mark};
  file += version;
  file.append(reinterpret_cast<const char*>(key.salt().data()), key.salt().size());
  file.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  file += check_of(key, {file.data() + salt_at, vault_key::salt_size});

  auto text = wiped_at_the_end.reveal();
  file.resize(header_size + text.size() + tag_size);
  auto* out = bytes_of(file);
  cipher context{EVP_CIPHER_CTX_new()};
  int size = 0;
  auto done =
    context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.bytes()), nonce.data()) == 1
    && EVP_EncryptUpdate(context.get(), nullptr, &size, out, static_cast<int>(header_size)) == 1
    && EVP_EncryptUpdate(context.get(), out + header_size, &size, bytes_of(text), static_cast<int>(text.size())) == 1
    && EVP_EncryptFinal_ex(context.get(), out + header_size + size, &size) == 1
    && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                           out + header_size + text.size())
         == 1;
  if (!done)
    return broken("can't be encrypted");
  return file;
}

result<vault_content> decode_vault(std::string_view file, const vault_key& key) {
  auto salt = vault_salt(file);
  if (!salt)
    return salt.error();
  auto expected = check_of(key, file.substr(salt_at, vault_key::salt_size));
  if (CRYPTO_memcmp(expected.data(), file.data() + check_at, check_size) != 0)
    return broken("the key doesn't fit: it was encrypted with another one, or its header is damaged");
  auto text = file.substr(header_size, file.size() - header_size - tag_size);
  std::string tag{file.substr(file.size() - tag_size)};
  std::string plain(text.size() + 1, '\0'); // OpenSSL wants an address also where there is nothing to write
  cipher context{EVP_CIPHER_CTX_new()};
  int size = 0;
  auto begun =
    context
    && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.bytes()),
                          bytes_of(file.substr(nonce_at)))
         == 1
    && EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(file), static_cast<int>(header_size)) == 1
    && EVP_DecryptUpdate(context.get(), bytes_of(plain), &size, bytes_of(text), static_cast<int>(text.size())) == 1
    && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), tag.data()) == 1;
  auto is_genuine = begun && EVP_DecryptFinal_ex(context.get(), bytes_of(plain) + size, &size) == 1;
  plain.resize(text.size());
  auto content = secret::taken_from(plain);
  if (!is_genuine)
    return broken("is damaged: its content isn't what was written");
  try {
    return from_json(json::parse(content.reveal()));
  } catch (const json::exception& why) {
    // It is genuine, so a version of the program that we don't know has written it.
    return broken(std::string{"its content isn't understood: "} + why.what());
  }
}

} // namespace creamery
