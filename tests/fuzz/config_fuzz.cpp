// Feeds arbitrary bytes to the configuration: the first byte says how many of the following ones are `.env`, in units
// of 16; the rest is `bots.yaml`. Nothing may crash, hang or show a secret.

#include "config/dotenv.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

constexpr std::string_view planted_token = "planted-token-0123456789";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};
  auto env_text = input.substr(0, size_t{data[0]} * 16);
  auto yaml_text = input.substr(env_text.size());

  creamery::environment env{{"BOT_ACCESS_TOKEN", planted_token}, {"ADMIN_TOKEN", planted_token}, {"NAME", "value"}};
  auto dotenv = creamery::parse_dotenv(env_text, ".env");
  for (auto& variable : dotenv.variables)
    env.set_default(variable.name, variable.value, variable.where);

  auto result = creamery::parse_configuration(yaml_text, "bots.yaml", env);
  auto report = creamery::describe(result);
  if (report.find(planted_token) != std::string::npos)
    std::abort();
  if (result.ok() && result.config.bots.empty())
    std::abort();
  for (const auto& bot : result.config.bots)
    if (result.ok() && bot.access_token.empty() != bot.anonymous)
      std::abort();
  return 0;
}
