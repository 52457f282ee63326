#define CAF_SUITE messages.rfc3339

#include "messages/rfc3339.hpp"

#include <caf/test/unit_test.hpp>

using creamery::parse_rfc3339;

CAF_TEST(a time is milliseconds since 1970 whatever fraction it has) {
  CHECK_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  CHECK_EQ(parse_rfc3339("2026-05-01T10:11:12.464757833Z"), 1'777'630'272'464);
  CHECK_EQ(parse_rfc3339("2026-05-01T10:11:12.4Z"), 1'777'630'272'400);
  CHECK_EQ(parse_rfc3339("2026-05-01T10:11:12Z"), 1'777'630'272'000);
}

CAF_TEST(an offset is taken into account) {
  CHECK_EQ(parse_rfc3339("2015-12-19T16:39:57-08:00"), parse_rfc3339("2015-12-20T00:39:57Z"));
  CHECK_EQ(parse_rfc3339("2026-05-01T00:30:00+02:00"), parse_rfc3339("2026-04-30T22:30:00Z"));
}

CAF_TEST(what is no time is none) {
  for (auto text : {"", "2026", "2026-05-01", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-05-01T24:00:00Z",
                    "2026-05-01T10:11:12", "2026-05-01T10:11:12.Z", "2026-05-01T10:11:12Z ", "2026-05-0xT10:11:12Z",
                    "2026-05-01T10:11:12+02", "1777630272"}) {
    CAF_MESSAGE(text);
    CHECK(!parse_rfc3339(text));
  }
}
