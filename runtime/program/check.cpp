#include "runtime/program/commands.hpp"

#include <iostream>

namespace creamery {

config_files files_of(const config_arguments& arguments) {
  config_files files;
  if (!arguments.config.empty())
    files.config = arguments.config;
  if (!arguments.env.empty())
    files.env = arguments.env;
  return files;
}

int check(const config_arguments& arguments) {
  auto loaded = load_configuration(files_of(arguments), environment::of_process());
  std::cout << describe(loaded);
  return loaded.ok() ? 0 : 1;
}

} // namespace creamery
