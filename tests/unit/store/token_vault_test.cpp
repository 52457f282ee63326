#define CAF_SUITE store.token_vault

#include "runtime/store/token_vault.hpp"

#include "runtime/store/files.hpp"
#include "runtime/store/text_file.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace creamery;

namespace {

stored_token token(const std::string& login, const std::string& text = "first", uint64_t generation = 1) {
  stored_token x;
  x.client_id = "app";
  x.login = login;
  x.access_token = secret{text + " access"};
  x.refresh_token = secret{text + " refresh"};
  x.generation = generation;
  return x;
}

std::unique_ptr<token_vault> open(const std::filesystem::path& folder, const std::string& key = {}) {
  auto vault = token_vault::open(folder, secret{key});
  if (!vault)
    CAF_FAIL(to_string(vault.error()));
  return std::move(*vault);
}

std::string why_not(const std::filesystem::path& folder, const std::string& key = {}) {
  auto vault = token_vault::open(folder, secret{key});
  return vault ? "" : to_string(vault.error());
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const std::filesystem::path& file, const std::string& content) {
  std::ofstream{file, std::ios::binary} << content;
}

} // namespace

SCENARIO("tokens are found again, by this process and by the next one") {
  test::temporary_folder folder;
  {
    auto vault = open(folder.path());
    CHECK(!vault->find("app", "ann")->has_value());
    CHECK(!vault->put(token("ann")));
    CHECK(!vault->put(token("bob")));
    CHECK(**vault->find("app", "ann") == token("ann"));
  }
  auto vault = open(folder.path());
  CHECK(**vault->find("app", "ann") == token("ann"));
  CHECK(**vault->find("app", "bob") == token("bob"));
  CHECK(!vault->find("other app", "ann")->has_value());
}

SCENARIO("the key file is made with the first token, for its owner only") {
  test::temporary_folder folder;
  auto key_file = folder.path() / store_files::vault_key;
  auto vault = open(folder.path());
  CHECK(!std::filesystem::exists(key_file));
  CHECK(!vault->put(token("ann")));

  struct stat about {};

  REQUIRE(::stat(key_file.c_str(), &about) == 0);
  CHECK_EQ(about.st_mode & 0777, 0600u);
  REQUIRE(::stat(vault->file().c_str(), &about) == 0);
  CHECK_EQ(about.st_mode & 0777, 0600u);
  CHECK(content_of(key_file).size() >= 44u);
}

SCENARIO("a key from the environment needs no file, and another one is refused without harm") {
  test::temporary_folder folder;
  CHECK(!open(folder.path(), "my key")->put(token("ann")));
  CHECK(!std::filesystem::exists(folder.path() / store_files::vault_key));
  auto before = content_of(folder.path() / store_files::vault);
  CHECK(why_not(folder.path(), "another key").find("the key doesn't fit") != std::string::npos);
  CHECK(why_not(folder.path(), "another key").find("CREAMERY_KEY") != std::string::npos);
  CHECK(why_not(folder.path()).find("no key") != std::string::npos);
  CHECK_EQ(content_of(folder.path() / store_files::vault), before);
  CHECK(open(folder.path(), "my key")->find("app", "ann")->has_value());
}

SCENARIO("a key file that others may read is refused") {
  test::temporary_folder folder;
  CHECK(!open(folder.path())->put(token("ann")));
  ::chmod((folder.path() / store_files::vault_key).c_str(), 0644);
  CHECK(why_not(folder.path()).find("chmod 600") != std::string::npos);
}

SCENARIO("a vault that was cut at any length is refused, and stays as it is") {
  test::temporary_folder folder;
  CHECK(!open(folder.path(), "my key")->put(token("ann")));
  const auto file = folder.path() / store_files::vault;
  const auto whole = content_of(file);
  for (size_t size = 0; size < whole.size(); size += size < 64 ? 1 : 7) {
    write(file, whole.substr(0, size));
    auto why = why_not(folder.path(), "my key");
    CHECK(why.find(file.string()) != std::string::npos);
    CHECK(why.find("damaged") != std::string::npos);
    CHECK_EQ(content_of(file), whole.substr(0, size));
  }
}

SCENARIO("a vault that is damaged while it is in use is not written over") {
  test::temporary_folder folder;
  auto vault = open(folder.path(), "my key");
  CHECK(!vault->put(token("ann")));
  auto damaged = content_of(vault->file());
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  write(vault->file(), damaged);
  auto trouble = vault->put(token("ann", "second", 2));
  REQUIRE(trouble.has_value());
  CHECK(!trouble->outdated);
  CHECK(trouble->why.cause.find("damaged") != std::string::npos);
  CHECK_EQ(content_of(vault->file()), damaged);
}

SCENARIO("a token is written as the next one, or the same once more, but never in place of a newer one") {
  test::temporary_folder folder;
  auto vault = open(folder.path(), "my key");
  CHECK(!vault->put(token("ann", "first", 1)));
  CHECK(!vault->put(token("ann", "second", 2)));
  auto repeated = token("ann", "second", 2);
  repeated.renewal_begun_at = 5;
  CHECK(!vault->put(repeated));
  CHECK(vault->put(token("ann", "other", 2))->outdated);
  CHECK(vault->put(token("ann", "other", 1))->outdated);
  CHECK(vault->put(token("ann", "other", 4))->outdated);
  CHECK(**vault->find("app", "ann") == repeated);
  CHECK(!vault->put(token("ann", "third", 3)));
}

SCENARIO("what its owner grants takes the place of whatever there was") {
  test::temporary_folder folder;
  auto vault = open(folder.path(), "my key");
  auto first = vault->grant(token("ann", "granted", 0), "");
  REQUIRE(bool{first});
  CHECK_EQ(first->generation, 1u);
  CHECK(!vault->put(token("ann", "renewed", 2)));
  auto second = vault->grant(token("ann", "granted again", 0), "creamy_bot");
  CHECK_EQ(second->generation, 3u);
  CHECK(vault->put(token("ann", "renewed late", 3))->outdated);
  CHECK(**vault->find("app", "ann") == *second);
  CHECK_EQ(vault->login_of("creamy_bot")->value_or(""), "ann");
  CHECK(!vault->login_of("other_bot")->has_value());
}

SCENARIO("one keeper sees to an account") {
  test::temporary_folder folder;
  auto vault = open(folder.path());
  CHECK_EQ(vault->claim("app", "ann", "one"), "one");
  CHECK_EQ(vault->claim("app", "ann", "two"), "one");
  CHECK_EQ(vault->claim("other app", "ann", "two"), "two");
  CHECK_EQ(vault->claim("app", "ann", "one"), "one");
  CHECK_EQ(vault->claim("app", "bob", "one"), "one");
  CHECK_EQ(vault->claim("app", "ann", "two"), "two");
}

SCENARIO("two processes see each other's tokens, and that the other one has changed something") {
  test::temporary_folder folder;
  auto one = open(folder.path());
  auto two = open(folder.path());
  CHECK(!one->was_changed_by_others());
  CHECK(!one->put(token("ann")));
  CHECK(!one->was_changed_by_others());
  CHECK(two->was_changed_by_others());
  CHECK(!two->was_changed_by_others());
  CHECK(two->find("app", "ann")->has_value());
  CHECK(!two->put(token("bob")));
  CHECK(!one->put(token("ann", "second", 2))); // and yet it isn't overlooked what the other one wrote before
  CHECK(one->was_changed_by_others());
  CHECK(!one->was_changed_by_others());
  CHECK(one->find("app", "bob")->has_value());
  CHECK(two->was_changed_by_others());
}

SCENARIO("many who write at the same time lose nothing") {
  test::temporary_folder folder;
  CHECK(!open(folder.path(), "my key")->put(token("first")));
  std::vector<std::thread> writers;
  std::atomic<int> failures = 0;
  for (auto i = 0; i < 4; ++i)
    writers.emplace_back([&, i] {
      auto vault = open(folder.path(), "my key");
      for (uint64_t round = 1; round <= 10; ++round)
        failures += vault->put(token("writer" + std::to_string(i), "r", round)).has_value() ? 1 : 0;
    });
  for (auto& one : writers)
    one.join();
  CHECK_EQ(failures.load(), 0);
  auto vault = open(folder.path(), "my key");
  for (auto i = 0; i < 4; ++i)
    CHECK_EQ((*vault->find("app", "writer" + std::to_string(i)))->generation, 10u);
}

SCENARIO("the key can be changed: to one of the owner's, or to a new one in the key file") {
  test::temporary_folder folder;
  auto vault = open(folder.path());
  CHECK(!vault->put(token("ann")));
  auto first_key = content_of(folder.path() / store_files::vault_key);
  CHECK(!vault->rekey({}));
  CHECK_NE(content_of(folder.path() / store_files::vault_key), first_key);
  CHECK(open(folder.path())->find("app", "ann")->has_value());
  CHECK(!why_not(folder.path(), first_key).empty());
  CHECK(!vault->rekey(secret{"my key"}));
  CHECK(open(folder.path(), "my key")->find("app", "ann")->has_value());
  CHECK(!vault->put(token("bob")));
  CHECK(open(folder.path(), "my key")->find("app", "bob")->has_value());
}

SCENARIO("a crash between the two files of a key change is put right") {
  test::temporary_folder folder;
  const auto key_file = folder.path() / store_files::vault_key;
  {
    auto vault = open(folder.path());
    CHECK(!vault->put(token("ann")));
  }
  auto old_key = content_of(key_file);
  CHECK(!open(folder.path())->rekey({}));
  // As it is when the vault has been written, and its key not yet been put in its place.
  auto next = key_file;
  next += ".next";
  std::filesystem::rename(key_file, next);
  CHECK(!replace_text(key_file, old_key));
  CHECK(open(folder.path())->find("app", "ann")->has_value());
  CHECK(!std::filesystem::exists(next));
  CHECK(open(folder.path())->find("app", "ann")->has_value());
}

SCENARIO("a process that is killed at any moment leaves the old tokens or the new ones") {
  test::temporary_folder folder;
  CHECK(!open(folder.path(), "my key")->put(token("ann", "r1", 1)));
  for (auto round = 0; round < 30; ++round) {
    auto child = ::fork();
    if (child == 0) { // writes until it is killed
      auto vault = token_vault::open(folder.path(), secret{"my key"});
      if (!vault)
        ::_exit(1);
      for (auto next = (*(*vault)->find("app", "ann"))->generation + 1;; ++next)
        if ((*vault)->put(token("ann", "r" + std::to_string(next), next)))
          ::_exit(2);
    }
    // Begins to kill once something was written, at a moment that differs from round to round.
    auto vault = open(folder.path(), "my key");
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!vault->was_changed_by_others() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    for (auto i = 0; i < round * 400; ++i)
      std::this_thread::yield();
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    auto found = open(folder.path(), "my key")->find("app", "ann");
    REQUIRE(bool{found});
    REQUIRE(found->has_value());
    auto expected = "r" + std::to_string((*found)->generation) + " access";
    CHECK_EQ((*found)->access_token.reveal(), expected);
  }
}

SCENARIO("a secret is made up once for each purpose") {
  test::temporary_folder folder;
  secret first;
  {
    auto vault = open(folder.path());
    auto made = vault->secret_for("webhook of ann");
    REQUIRE(made);
    first = *made;
    CHECK_EQ(first.reveal().size(), 44u);
    CHECK(*vault->secret_for("webhook of ann") == first);
    CHECK(!(*vault->secret_for("webhook of ben") == first));
    CHECK(!vault->put(token("ann")));
  }
  auto vault = open(folder.path());
  CHECK(*vault->secret_for("webhook of ann") == first);
  CHECK_EQ(content_of(vault->file()).find(first.reveal()), std::string::npos);
  CHECK(vault->find("app", "ann")->has_value());
  CHECK(!vault->rekey(secret{"another key"}));
  CHECK(*vault->secret_for("webhook of ann") == first);
}
