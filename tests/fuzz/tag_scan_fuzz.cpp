// Every instruction set that this processor has against the slow twins: the first byte tells how long the key is, which comes
// next; the rest are the tags.

#include "tests/unit/messages/scan/slow_scan.hpp"

#include "messages/irc_line.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery;
  if (size == 0)
    return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto key_size = std::min<size_t>(data[0] % 24, text.size());
  const auto key = text.substr(0, text.substr(0, key_size).find_first_of(";=")).substr(0, key_size);
  const auto tags = text.substr(key_size, irc_index::max_line);
  for (auto set : scan::all_instruction_sets) {
    const auto* functions = scan::functions_of(set);
    if (functions == nullptr)
      continue;
    if (const auto what = test::scan_difference(*functions, tags, key); !what.empty()) {
      std::fprintf(stderr, "not as the slow twin: %s\n", what.c_str());
      std::abort();
    }
  }
  return 0;
}
