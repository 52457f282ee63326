#define CAF_SUITE messages.scan

#include "messages/irc_line.hpp"
#include "messages/scan/scan.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/messages/scan/slow_scan.hpp"

#include <random>

using namespace creamery;
using creamery::test::scan_difference;

namespace {

std::vector<const scan::functions*> available() {
  std::vector<const scan::functions*> found;
  for (auto set : scan::all_instruction_sets)
    if (const auto* one = scan::functions_of(set))
      found.push_back(one);
  return found;
}

} // namespace

SCENARIO("the best instruction set is used, and another one can be asked for") {
  CHECK(scan::functions_of(scan::instruction_set::words) != nullptr);
  const auto sets = available();
  for (const auto* one : sets)
    MESSAGE("this machine has " << scan::to_string(one->set));
  const auto before = scan::active().set;
  CHECK(scan::use(scan::instruction_set::words));
  CHECK(scan::active().set == scan::instruction_set::words);
  CHECK(scan::use(before));
#ifdef __x86_64__
  CHECK(!scan::use(scan::instruction_set::neon));
  CHECK(scan::functions_of(scan::instruction_set::sse2) != nullptr);
#endif
  CHECK(scan::active().set == before);
}

SCENARIO("all instruction sets see the same in every length, with marks at every place") {
  for (const auto* one : available()) {
    for (size_t size = 0; size <= 200; ++size) {
      std::string text(size, 'x');
      CHECK_EQ(scan_difference(*one, text, "id"), "");
      for (size_t at = 0; at < size; ++at) {
        for (char c : {';', '=', ' '}) {
          text[at] = c;
          if (auto what = scan_difference(*one, text, "x"); !what.empty())
            FAIL(what << ": " << text);
        }
        text[at] = 'x';
      }
    }
  }
}

SCENARIO("all instruction sets find a tag wherever it stands, and the last one of several") {
  for (const auto* one : available()) {
    for (size_t before = 0; before <= 140; ++before) {
      for (std::string_view tag : {";id=7", ";id", ";id=", ";idx=1", ";xid=1", ";id=1;id=2;y=3"}) {
        for (size_t behind : {0, 1, 15, 16, 31, 63, 64, 130}) {
          const auto text = std::string(before, 'a').append(tag).append(behind ? ";" : "").append(behind, 'b');
          if (auto what = scan_difference(*one, text, "id"); !what.empty())
            FAIL(what << ": " << text);
        }
      }
    }
  }
}

SCENARIO("all instruction sets see the same in random tags") {
  const std::string_view alphabet = ";;;===aab \\";
  for (const auto* one : available()) {
    std::mt19937 random{7};
    for (auto round = 0; round < 20'000; ++round) {
      std::string text(random() % 300, ' ');
      for (auto& c : text)
        c = alphabet[random() % alphabet.size()];
      const auto key = std::string(1 + random() % 3, random() % 2 ? 'a' : 'b');
      if (auto what = scan_difference(*one, text, key); !what.empty())
        FAIL(what << ": " << text << ", key " << key);
    }
  }
}

SCENARIO("the longest line there may be is scanned to its end") {
  const auto filler = std::string(irc_index::max_line - 20, 'x');
  for (const auto* one : available())
    CHECK_EQ(scan_difference(*one, "a=" + filler + ";id=7;b=c", "id"), "");
}
