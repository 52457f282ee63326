#define CAF_SUITE store.database

#include "runtime/store/database.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace creamery;
using namespace creamery::test;

namespace {

constexpr const char* first_form[] = {"CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"};
constexpr const char* second_form[] = {first_form[0], "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7"};

std::unique_ptr<database> open(const std::filesystem::path& file, std::span<const char* const> forms = first_form) {
  auto opened = database::open(file, database::use::write, forms);
  if (!opened)
    CAF_FAIL(to_string(opened.error()));
  return std::move(*opened);
}

int64_t count(database& file) {
  auto row = file.prepare("SELECT count(*) FROM thing");
  return row.step() ? row.number(0) : -1;
}

} // namespace

SCENARIO("what was written is read again, by others, too") {
  GIVEN("a file with rows") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    auto file = open(path);
    auto insert = file->prepare("INSERT INTO thing (name) VALUES (?)");
    CHECK(insert.bind(std::string_view{"with\0zero", 9}).run());
    CHECK(insert.bind(std::string_view{}).run());
    CHECK_EQ(file->changed(), 1);
    auto other = database::open(path, database::use::read, first_form);
    REQUIRE(other);
    auto rows = (*other)->prepare("SELECT name FROM thing ORDER BY id");
    REQUIRE(rows.step());
    CHECK_EQ(rows.text(0), (std::string_view{"with\0zero", 9}));
    REQUIRE(rows.step());
    CHECK_EQ(rows.text(0), "");
    CHECK(!rows.step());
    CHECK(!(*other)->problem());
    THEN("nobody else may look into it") {
      struct stat found = {};
      REQUIRE_EQ(::stat(path.c_str(), &found), 0);
      CHECK_EQ(found.st_mode & 0777, 0600u);
    }
  }
}

SCENARIO("a file is brought to the newest form, and never back") {
  GIVEN("a file of the first form with a row") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    open(path)->run("INSERT INTO thing (name) VALUES ('a')");
    WHEN("a newer program opens it") {
      auto file = open(path, second_form);
      auto row = file->prepare("SELECT name, size FROM thing");
      REQUIRE(row.step());
      CHECK_EQ(row.text(0), "a");
      CHECK_EQ(row.number(1), 7);
      THEN("the older one refuses it") {
        auto old = database::open(path, database::use::write, first_form);
        REQUIRE(!old);
        CHECK_NE(old.error().cause.find("newer version"), std::string::npos);
      }
    }
  }
  GIVEN("a file of the first form, and somebody who only reads and knows a newer one") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    open(path);
    auto reader = database::open(path, database::use::read, second_form);
    REQUIRE(!reader);
    CHECK_NE(reader.error().cause.find("older form"), std::string::npos);
  }
  GIVEN("a step that fails") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    open(path)->run("INSERT INTO thing (name) VALUES ('a')");
    constexpr const char* broken[] = {first_form[0], "ALTER TABLE thing ADD COLUMN size INTEGER", "nonsense"};
    CHECK(!database::open(path, database::use::write, broken));
    THEN("the file is as it was") {
      CHECK_EQ(count(*open(path)), 1);
    }
  }
}

SCENARIO("what goes wrong is told once, with the file's name") {
  GIVEN("a statement that breaks a rule") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    auto file = open(path);
    CHECK(!file->run("INSERT INTO thing (id, name) VALUES (1, NULL)"));
    CHECK(!file->run("INSERT INTO thing (id, name) VALUES (1, 'later')")); // nothing more happens until somebody asks
    auto why = file->problem();
    REQUIRE(why);
    CHECK_EQ(why->place, path.string());
    CHECK_EQ(why->cause, "NOT NULL constraint failed: thing.name");
    CHECK(!file->problem());
    CHECK_EQ(count(*file), 0);
  }
  GIVEN("a folder that isn't there") {
    auto file = database::open("/nowhere/x.db", database::use::write, first_form);
    REQUIRE(!file);
    CHECK_EQ(file.error().place, "/nowhere/x.db");
  }
  GIVEN("a file that is something else") {
    temporary_folder folder;
    auto path = folder.path() / "x.db";
    std::ofstream{path} << std::string(5'000, 'x');
    auto file = database::open(path, database::use::write, first_form);
    REQUIRE(!file);
    CHECK_EQ(file.error().cause, "file is not a database");
  }
}
