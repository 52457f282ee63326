// Our frame decoder against Beast's: the same bytes have to give the same messages and the same verdict, wherever they
// are cut. The first byte says how many cuts there are (at most 7) and how large messages may be, two bytes each say
// where.

#include "tests/unit/websocket/twins.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery::test;
  if (size == 0)
    return 0;
  const size_t max_message = (data[0] & 0x08) != 0 ? 200 : 100'000;
  const size_t cut_count = data[0] & 0x07;
  if (size < 1 + 2 * cut_count)
    return 0;
  std::vector<size_t> cuts;
  for (size_t i = 0; i < cut_count; ++i)
    cuts.push_back(data[1 + 2 * i] << 8 | data[2 + 2 * i]);
  const std::string_view stream{reinterpret_cast<const char*>(data) + 1 + 2 * cut_count, size - 1 - 2 * cut_count};
  const auto ours = hear_ours(stream, std::move(cuts), max_message);
  const auto beasts = hear_beast(stream, max_message);
  if (!agree(ours, beasts)) {
    std::fprintf(stderr, "ours: %zu events, ending %d; Beast's: %zu events, ending %d\n", ours.events.size(),
                 static_cast<int>(ours.end), beasts.events.size(), static_cast<int>(beasts.end));
    std::abort();
  }
  return 0;
}
