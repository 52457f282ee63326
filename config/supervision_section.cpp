#include "config/supervision_section.hpp"

#include <array>

namespace creamery {

namespace {

constexpr int64_t a_day = 24 * 60 * 60;

/// Those that keep others alive, and those that are kept alive by them.
constexpr std::array<std::string_view, 5> supervisors{"node", "accounts", "bots", "account", "bot"};
constexpr std::array<std::string_view, 10> workers{"store",   "outbox",       "router", "connection", "cog",
                                                   "journal", "token_keeper", "helix",  "vault",      "authorizer"};

void read_limit(section& kind, supervised_kind& into) {
  into.failures = kind.number("failures", 0, 1'000'000, "how many failures are tolerated, from 0 to 1000000");
  into.within_s = kind.number("within", 1, a_day, "seconds, from 1 to 86400");
}

constexpr std::string_view milliseconds = "milliseconds, from 0 to 86400000";

void read_backoff(section& kind, supervised_kind& into) {
  into.backoff_first_ms = kind.number("backoff_first_ms", 0, a_day * 1000, milliseconds);
  into.backoff_cap_ms = kind.number("backoff_cap_ms", 0, a_day * 1000, milliseconds);
}

void read_shutdown(section& kind, supervised_kind& into) {
  into.shutdown_ms = kind.number("shutdown_ms", 0, a_day * 1000, milliseconds);
}

void read_cog(section& kind, supervised_kind& into) {
  constexpr std::string_view positive = "milliseconds, from 1 to 86400000";
  into.rest_s = kind.number("rest", 1, a_day, "seconds, from 1 to 86400");
  into.slow_after_ms = kind.number("slow_after_ms", 1, a_day * 1000, positive);
  into.stuck_after_ms = kind.number("stuck_after_ms", 1, a_day * 1000, positive);
}

} // namespace

void read_supervision(section& root, supervision_config& config, reading_context& context) {
  const auto* node = find_map(root, "supervision", "a map from kind of actor to settings, like {bot: {failures: 10}}");
  if (node == nullptr)
    return;
  section all{*node, "'supervision'", context};
  auto read = [&](std::string_view name, auto... readers) {
    if (const auto* settings = find_map(all, name, "a map, like {failures: 10, within: 60}")) {
      section kind{*settings, "'" + std::string{name} + "' of 'supervision'", context};
      (readers(kind, config.kinds[std::string{name}]), ...);
      kind.finish();
    }
  };
  for (auto name : supervisors) {
    if (name == "node") // nobody restarts it
      read(name, read_limit);
    else
      read(name, read_limit, read_backoff);
  }
  for (auto name : workers) {
    if (name == "cog")
      read(name, read_limit, read_backoff, read_shutdown, read_cog);
    else
      read(name, read_backoff, read_shutdown);
  }
  all.finish();
}

} // namespace creamery
