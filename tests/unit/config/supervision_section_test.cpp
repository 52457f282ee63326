#define CAF_SUITE config.supervision_section

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

SCENARIO("how actors are kept alive can be said for each kind") {
  auto result = parse_configuration(section_with(R"(supervision:
  bot: {failures: 3, within: 20}
  cog: {failures: 0, rest: 5, backoff_first_ms: 1, backoff_cap_ms: 2, shutdown_ms: 3, slow_after_ms: 4, stuck_after_ms: 5}
  router: {})"),
                                    "bots.yaml", {});
  CHECK_EQ(texts_of(result.diagnostics), strings{});
  const auto& kinds = result.config.supervision.kinds;
  CHECK_EQ(kinds.size(), 3u);
  CHECK(kinds.at("bot").failures == 3);
  CHECK(kinds.at("bot").within_s == 20);
  CHECK(!kinds.at("bot").rest_s);
  CHECK(kinds.at("cog").failures == 0);
  CHECK(!kinds.at("cog").within_s);
  CHECK(kinds.at("cog").rest_s == 5);
  CHECK(kinds.at("cog").backoff_first_ms == 1);
  CHECK(kinds.at("cog").backoff_cap_ms == 2);
  CHECK(kinds.at("cog").shutdown_ms == 3);
  CHECK(kinds.at("cog").slow_after_ms == 4);
  CHECK(kinds.at("cog").stuck_after_ms == 5);
}

SCENARIO("mistakes are named, each with its place") {
  auto mistakes = [](const std::string& text) {
    auto all = texts_of(parse_configuration(section_with("supervision:\n" + text), "bots.yaml", {}).diagnostics);
    return all.size() == 1 ? all.front() : std::to_string(all.size()) + " mistakes";
  };
  CHECK(mistakes("  dog: {failures: 1}").find("dog") != std::string::npos);
  CHECK(mistakes("  bot: {failures: -1}").find("failures") != std::string::npos);
  CHECK(mistakes("  bot: {within: soon}").find("within") != std::string::npos);
  CHECK(mistakes("  bot: {rest: 1}").find("rest") != std::string::npos); // means something for cogs only
  CHECK(mistakes("  router: {failures: 1}").find("failures") != std::string::npos);
  CHECK(mistakes("  cog: 5").find("cog") != std::string::npos);
  CHECK(mistakes("  - cog").find("supervision") != std::string::npos);
}
