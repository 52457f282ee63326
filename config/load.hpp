#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "config/redactor.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Which files to read.
struct config_files {
  /// `--config`; absent: `CONFIG_FILENAME`, else `bots.yaml`.
  std::optional<std::filesystem::path> config;
  /// `--env`; absent: `.env`, if there is one.
  std::optional<std::filesystem::path> env;
  /// Where relative names that were not given on the command line are looked for; empty: the working directory.
  std::filesystem::path directory;
};

/// The configuration and everything that is wrong with it.
struct load_result {
  /// Complete if `ok()`; otherwise what could be understood, for showing only.
  configuration config;
  /// By file and line.
  std::vector<diagnostic> diagnostics;

  /// What must not be seen in a report about them.
  redactor secrets;

  /// True if there are no errors; there may be warnings.
  bool ok() const;
};

/// Reads `.env` and `bots.yaml` and checks them. Finds all mistakes at once and never throws; a variable of `env` wins
/// over one of the same name in `.env`.
load_result load_configuration(const config_files& files, environment env);

/// Checks the text of a `bots.yaml`; `file` is its name in diagnostics.
load_result parse_configuration(std::string_view text, std::string_view file, const environment& env);

/// The report of `creamery check`: all diagnostics, then a table of the bots. Contains no secret.
std::string describe(const load_result& x);

} // namespace creamery
