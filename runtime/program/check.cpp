#include "runtime/program/bot_plan.hpp"
#include "runtime/program/commands.hpp"

#include <iostream>
#include <utility>

namespace creamery {

load_result load(const config_arguments& arguments) {
  config_files files;
  if (!arguments.config.empty())
    files.config = arguments.config;
  if (!arguments.env.empty())
    files.env = arguments.env;
  auto loaded = load_configuration(files, environment::of_process());
  for (auto& one : find_unsupported(loaded.config))
    loaded.diagnostics.push_back(std::move(one));
  return loaded;
}

std::optional<configuration> load_or_complain(const config_arguments& arguments) {
  auto loaded = load(arguments);
  for (const auto& one : loaded.diagnostics)
    if (one.level == severity::error)
      std::cerr << to_string(one) << '\n';
  return loaded.ok() ? std::optional{std::move(loaded.config)} : std::nullopt;
}

int check(const config_arguments& arguments) {
  auto loaded = load(arguments);
  std::cout << describe(loaded);
  return loaded.ok() ? 0 : 1;
}

} // namespace creamery
