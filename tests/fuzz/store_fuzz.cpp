// What earlier processes have left in the folder `store.path`, or somebody has put there. What was read of how far chat was read is
// written and read again, and has to be the same.

#include "runtime/store/allowance_log.hpp"
#include "runtime/store/crash_record.hpp"
#include "runtime/store/reading_state.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

void demand(bool ok, const char* what) {
  if (!ok) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& use : parse_uses(text))
    demand(use.count > 0 && use.at > 0, "a use of nothing, or never");
  const auto crashes = parse_crashes(text, 0);
  for (const auto& one : crashes)
    demand(one.at >= 0, "a crash from before it matters");
  demand(guilty_modules(crashes, 1).size() <= crashes.size(), "more guilty modules than crashes");
  if (auto state = parse_reading_state(text)) {
    auto again = parse_reading_state(to_text(*state));
    demand(again && *again == *state, "what was written is not what is read");
    for (const auto& [name, bot] : state->bots)
      for (const auto& gap : missed_by_cogs(bot))
        demand(gap.from <= gap.to, "a gap that ends before it begins");
  }
  return 0;
}
