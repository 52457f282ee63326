#define CAF_SUITE irc.channel_plan

#include "runtime/irc/channel_plan.hpp"
#include "tests/unit/fixture.hpp"

#include <algorithm>
#include <map>

using creamery::plan_channels;

SCENARIO("channels are spread evenly, none is forgotten, no connection has too many") {
  for (size_t count : {1u, 2u, 7u, 49u, 50u, 51u, 99u, 100u, 101u, 1'000u}) {
    for (size_t per_connection : {1u, 2u, 50u, 1'000u}) {
      for (size_t redundancy : {1u, 2u, 3u}) {
        std::vector<std::string> channels;
        for (size_t i = 0; i < count; ++i)
          channels.push_back("c" + std::to_string(i));
        const auto plan = plan_channels(channels, per_connection, redundancy);
        std::map<std::string, size_t> seen;
        size_t most = 0;
        size_t least = count;
        size_t twice_on_one = 0;
        for (const auto& share : plan) {
          most = std::max(most, share.size());
          least = std::min(least, share.size());
          auto sorted = share;
          std::sort(sorted.begin(), sorted.end());
          twice_on_one += std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
          for (const auto& one : share)
            ++seen[one];
        }
        CHECK_EQ(plan.size(), (count + per_connection - 1) / per_connection * redundancy);
        CHECK_LE(most, per_connection);
        CHECK_LE(most - least, 1u);
        CHECK_GT(least, 0u);
        CHECK_EQ(twice_on_one, 0u);
        CHECK_EQ(seen.size(), count);
        CHECK(std::all_of(seen.begin(), seen.end(), [&](const auto& x) { return x.second == redundancy; }));
      }
    }
  }
}

SCENARIO("nothing to join needs no connection") {
  CHECK(plan_channels({}, 50).empty());
  CHECK(plan_channels({"a"}, 0).empty());
  CHECK(plan_channels({"a"}, 50, 0).empty());
}
