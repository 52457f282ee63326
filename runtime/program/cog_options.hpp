#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// The options of one of a bot's cogs, read one after the other; what is wrong with them is noted. Lives no longer than the bot and the cog.
class cog_options {
public:
  cog_options(const bot_config& bot, const cog_config& cog);

  /// The text of an option; nothing if there is none.
  std::optional<std::string> text(const char* name);

  /// A whole number, which may have come out of a `${NAME}`.
  std::optional<uint64_t> number(const char* name, uint64_t least, uint64_t most);
  std::optional<uint16_t> port(const char* name);

  /// Something needs the application's own token. @param what that is, with its verb: "webhooks are".
  void need_application(const std::string& what);

  void mistake(std::string what, std::string expected);
  void warn(std::string what, std::string expected);

  /// What was noted since this was called last.
  std::vector<diagnostic> take();

private:
  const bot_config& bot_;
  const std::string cog_;
  const nlohmann::json& options_;
  source_place place_;
  std::vector<diagnostic> found_;
};

} // namespace creamery
