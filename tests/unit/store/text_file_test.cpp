#define CAF_SUITE store.text_file

#include "runtime/store/text_file.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

using namespace creamery;

SCENARIO("what was written is read") {
  test::temporary_folder folder;
  auto file = folder.path() / "x";
  CHECK(!replace_text(file, "one\n"));
  CHECK(!replace_text(file, "two\n"));
  auto content = read_text(file, 4);
  REQUIRE(content);
  REQUIRE(*content);
  CHECK_EQ(**content, "two\n");
  CHECK_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1); // the draft is gone
}

SCENARIO("only the owner may read what was written") {
  test::temporary_folder folder;
  auto file = folder.path() / "x";
  CHECK(!replace_text(file, "secret"));
  CHECK(std::filesystem::status(file).permissions()
        == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

SCENARIO("a file that isn't there is no failure, one that can't be read is") {
  test::temporary_folder folder;
  auto nothing = read_text(folder.path() / "x", 100);
  REQUIRE(nothing);
  CHECK(!*nothing);
  auto folder_itself = read_text(folder.path(), 100);
  REQUIRE(!folder_itself);
  CHECK_EQ(to_string(folder_itself.error()), folder.path().string() + ": can't be read: Is a directory");
}

SCENARIO("a file that is too long is refused") {
  test::temporary_folder folder;
  auto file = folder.path() / "x";
  CHECK(!replace_text(file, "12345"));
  CHECK(read_text(file, 5));
  auto content = read_text(file, 4);
  REQUIRE(!content);
  CHECK_EQ(content.error().cause, "is longer than 4 bytes");
}

SCENARIO("a file that can't be written says where and why, and the old one stays") {
  test::temporary_folder folder;
  auto failed = replace_text(folder.path() / "missing" / "x", "1");
  REQUIRE(failed);
  CHECK_EQ(failed->cause, "can't be written: No such file or directory");
}
