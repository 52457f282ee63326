#include "cogs/cog.hpp"

/// `$horse` answers with the caller's own horse.
struct horse_service {
  static constexpr bool cooperative = true;

  explicit horse_service(creamery::cog& cog) {
    cog.command("horse", [](creamery::command_call& call) { call.say(std::string{call.user()} + ".horse"); });
  }
};

CREAMERY_COG(horse_service)
