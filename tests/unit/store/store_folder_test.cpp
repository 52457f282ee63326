#define CAF_SUITE store.store_folder

#include "runtime/store/store_folder.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <fstream>

using namespace creamery;

SCENARIO("the folder is made for its owner, with those above it") {
  test::temporary_folder above;
  auto path = above.path() / "a" / "b";
  auto opened = store_folder::open(path);
  REQUIRE(opened);
  CHECK((*opened)->path() == path);
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
}

SCENARIO("a folder is used by one at a time") {
  test::temporary_folder above;
  auto path = above.path() / "a";
  {
    auto first = store_folder::open(path);
    REQUIRE(first);
    auto second = store_folder::open(path);
    REQUIRE(!second);
    CHECK_EQ(to_string(second.error()),
             "store.path: " + path.string() + " is used by another process; each needs a folder of its own");
  }
  CHECK(store_folder::open(path)); // free again
}

SCENARIO("a folder that can't be made is a failure with its place") {
  test::temporary_folder above;
  std::ofstream{above.path() / "file"} << "x";
  auto opened = store_folder::open(above.path() / "file" / "a");
  REQUIRE(!opened);
  CHECK_EQ(opened.error().place, "store.path");
}

SCENARIO("any name makes a file name that means nothing to the file system") {
  CHECK_EQ(file_name_for("creamy_bot-1"), "creamy_bot-1");
  CHECK_EQ(file_name_for("../a b"), "%2E%2E%2Fa%20b");
  CHECK_EQ(file_name_for("ä"), "%C3%A4");
}
