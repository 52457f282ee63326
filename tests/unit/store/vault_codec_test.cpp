#define CAF_SUITE store.vault_codec

#include "runtime/store/vault_codec.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

vault_content sample() {
  vault_content content;
  stored_token token;
  token.client_id = "app";
  token.login = "creamybot";
  token.user_id = "42";
  token.access_token = secret{"the access token"};
  token.refresh_token = secret{"the refresh token"};
  token.scopes = {"chat:read", "chat:edit"};
  token.expires_at = 1'800'000'000'000;
  token.renewal_begun_at = 3;
  token.generation = 17;
  content.tokens = {token, stored_token{}};
  content.logins = {{"bot one", "creamybot"}};
  content.secrets = {{"webhook of bot one", secret{"nobody guesses it"}}};
  return content;
}

/// One for all tests: deriving it takes its time on purpose.
const vault_key& key() {
  static const auto made = vault_key::make(secret{"correct horse"});
  return *made;
}

std::string written() {
  return *encode_vault(sample(), key());
}

std::string cause_of(const std::string& file, const vault_key& with = key()) {
  auto read = decode_vault(file, with);
  return read ? "" : read.error().cause;
}

} // namespace

SCENARIO("what is encrypted is read again, and can't be found in the file") {
  auto file = written();
  auto read = decode_vault(file, key());
  REQUIRE(bool{read});
  CHECK(*read == sample());
  for (const auto* text : {"access token", "refresh", "creamybot", "chat:read", "correct horse"})
    CHECK(file.find(text) == std::string::npos);
}

SCENARIO("the same content never looks the same twice") {
  CHECK_NE(written(), written());
}

SCENARIO("a key is made of its text and the file's salt") {
  auto again = vault_key::derive(secret{"correct horse"}, *vault_salt(written()));
  REQUIRE(bool{again});
  CHECK(bool{decode_vault(written(), *again)});
  auto other_salt = vault_key::make(secret{"correct horse"});
  CHECK(other_salt->bytes() != key().bytes());
}

SCENARIO("a wrong key is told from a damaged file") {
  auto wrong = vault_key::derive(secret{"correct house"}, key().salt());
  REQUIRE(bool{wrong});
  CHECK(cause_of(written(), *wrong).find("the key doesn't fit") != std::string::npos);
  auto damaged = written();
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK(cause_of(damaged).find("damaged") != std::string::npos);
}

SCENARIO("a file that was cut at any length is refused with the reason") {
  auto file = written();
  for (size_t size = 0; size < file.size(); ++size) {
    auto cause = cause_of(file.substr(0, size));
    if (cause.find("damaged") == std::string::npos)
      CHECK_EQ(std::to_string(size) + ": " + cause, "a file that is damaged");
  }
}

SCENARIO("any changed byte is noticed") {
  auto file = written();
  for (size_t i = 0; i < file.size(); ++i) {
    auto changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK(!cause_of(changed).empty());
  }
}

SCENARIO("anything behind the end is noticed") {
  CHECK(!cause_of(written() + "x").empty());
}

SCENARIO("a newer version is named as such") {
  auto file = written();
  file[15] = 2;
  CHECK(cause_of(file).find("newer version") != std::string::npos);
}
