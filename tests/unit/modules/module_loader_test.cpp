#define CAF_SUITE modules.module_loader

#include "runtime/modules/module_loader.hpp"
#include "tests/unit/fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

using namespace creamery;
namespace fs = std::filesystem;

namespace {

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct loader_fixture : creamery::test::fixture {
  loader_fixture() {
    auto pattern = (fs::temp_directory_path() / "creamery-modules-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    // Copies are made in a temporary folder that no other test uses at the same time.
    fs::create_directory(folder / "temporary");
    if (const auto* before = std::getenv("TMPDIR"))
      temporary_before = before;
    setenv("TMPDIR", (folder / "temporary").c_str(), 1);
  }

  ~loader_fixture() {
    if (temporary_before)
      setenv("TMPDIR", temporary_before->c_str(), 1);
    else
      unsetenv("TMPDIR");
    fs::remove_all(folder);
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream{folder / (name + ".so"), std::ios::binary} << bytes;
  }

  /// The bytes of a module that was built along with this test.
  std::string real_module() const {
    auto bytes = content_of(fs::read_symlink("/proc/self/exe").parent_path() / "cogs" / "horse_service.so");
    REQUIRE(!bytes.empty());
    return bytes;
  }

  static bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  /// What a loader leaves behind in the temporary folder.
  size_t left_behind() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator{folder / "temporary"}, fs::directory_iterator{}));
  }

  fs::path folder;
  std::optional<std::string> temporary_before;
};

} // namespace

BEGIN_FIXTURE_SCOPE(loader_fixture)

SCENARIO("a cog that isn't there is reported with the places where it was looked for") {
  module_loader two{{"/nowhere/a", folder}};
  auto module = two.load("horse");
  REQUIRE(!module);
  auto text = to_string(module.error());
  CHECK(contains(text, "'horse'"));
  CHECK(contains(text, "/nowhere/a/horse.so"));
  CHECK(contains(text, (folder / "horse.so").string()));
  CHECK_EQ(two.mapped(), 0u);
  GIVEN("a loader without folders") {
    module_loader none{{}};
    auto missing = none.load("horse");
    REQUIRE(!missing);
    CHECK(contains(to_string(missing.error()), "tried nothing"));
  }
}

SCENARIO("a real module is loaded once, a changed one again") {
  module_loader real{{folder}};
  write("horse", real_module());
  auto first = real.load("horse");
  REQUIRE(first);
  CHECK((*first)->descriptor().magic == creamery_cog_magic);
  CHECK((*first)->descriptor().create != nullptr);
  CHECK_EQ(std::string{(*first)->descriptor().abi}, CREAMERY_COG_ABI);
  auto second = real.load("horse");
  REQUIRE(second);
  CHECK((*first).get() == (*second).get());
  CHECK_EQ(real.mapped(), 1u);
  WHEN("its file is replaced") {
    fs::remove(folder / "horse.so");
    write("horse", real_module());
    fs::last_write_time(folder / "horse.so", fs::last_write_time(folder / "horse.so") + std::chrono::seconds{1});
    auto third = real.load("horse");
    REQUIRE(third);
    THEN("the new code is another one, and the old one stays mapped") {
      CHECK(&(*third)->descriptor() != &(*first)->descriptor());
      CHECK_EQ(real.mapped(), 2u);
      CHECK((*first)->descriptor().magic == creamery_cog_magic);
    }
  }
  WHEN("its file is gone") {
    fs::remove(folder / "horse.so");
    CHECK(!real.load("horse"));
  }
}

SCENARIO("the first folder that has it wins") {
  fs::create_directory(folder / "first");
  fs::create_directory(folder / "second");
  auto bytes = real_module();
  std::ofstream{folder / "second" / "horse.so", std::ios::binary} << bytes;
  std::ofstream{folder / "first" / "horse.so", std::ios::binary} << "broken";
  module_loader both{{folder / "first", folder / "second"}};
  auto module = both.load("horse");
  REQUIRE(!module); // a broken file is said to be broken, not passed over
  CHECK(contains(to_string(module.error()), (folder / "first" / "horse.so").string()));
}

SCENARIO("what is no cog is refused before any of its code runs") {
  module_loader here{{folder}};
  auto refusal = [&](const std::string& name) {
    auto module = here.load(name);
    REQUIRE(!module);
    return to_string(module.error());
  };
  GIVEN("files that are something else") {
    write("empty", "");
    write("text", "not a module at all");
    CHECK(contains(refusal("empty"), "is no cog"));
    CHECK(contains(refusal("text"), "is no cog"));
    CHECK(contains(refusal("text"), (folder / "text.so").string())); // its own place, not that of the copy
    fs::create_directory(folder / "folder.so");
    CHECK(contains(refusal("folder"), "folder.so"));
  }
  GIVEN("a text that has the mark of a cog, but is no ELF file") {
    write("pretender", std::string{"xx"} + CREAMERY_COG_ABI + std::string(1, '\0') + "yy");
    CHECK(contains(refusal("pretender"), "pretender.so"));
  }
  GIVEN("a module that is cut off") {
    auto bytes = real_module();
    auto behind_mark = bytes.find(CREAMERY_COG_ABI) + std::string_view{CREAMERY_COG_ABI}.size() + 1;
    for (auto size : {behind_mark, bytes.size() / 8, size_t{64}, size_t{4}}) {
      write("torn", bytes.substr(0, size));
      CHECK(contains(refusal("torn"), (folder / "torn.so").string()));
    }
  }
  GIVEN("a module that was built for another program") {
    auto bytes = real_module();
    const std::string mark = CREAMERY_COG_MARK CREAMERY_STRINGIFY(CREAMERY_COG_INTERFACE) ",";
    REQUIRE(bytes.find(mark) != std::string::npos);
    for (auto at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + 1))
      bytes[at + mark.size() - 2] = '9';
    write("foreign", bytes);
    auto text = refusal("foreign");
    THEN("both sides are named") {
      CHECK(contains(text, "foreign.so"));
      CHECK(contains(text, CREAMERY_COG_MARK "9,"));
      CHECK(contains(text, CREAMERY_COG_ABI));
      CHECK(contains(text, "build it again"));
    }
  }
  GIVEN("a module whose description is damaged") {
    auto bytes = real_module();
    std::string magic{"cog!"};
    for (auto at = bytes.find(magic); at != std::string::npos; at = bytes.find(magic, at + 1))
      bytes[at] = 'x';
    write("damaged", bytes);
    CHECK(contains(refusal("damaged"), "no usable description"));
  }
  THEN("nothing is counted as mapped, and no copy is left behind") {
    CHECK_EQ(here.mapped(), 0u);
    CHECK_EQ(left_behind(), 0u);
  }
}

SCENARIO("the usual folders are those that were named, and those beside the program") {
  auto found = module_loader::usual_directories("/a:/b::relative:");
  REQUIRE_GE(found.size(), 5u);
  CHECK_EQ(found[0].string(), "/a");
  CHECK_EQ(found[1].string(), "/b");
  CHECK_EQ(found[2].string(), "relative");
  auto program = fs::read_symlink("/proc/self/exe").parent_path();
  CHECK(found[3] == program / "cogs");
  CHECK(found[4] == program.parent_path() / "lib" / "creamery" / "cogs");
  CHECK_EQ(module_loader::usual_directories("").size(), 2u);
}

END_FIXTURE_SCOPE()
