#pragma once

#include <string>
#include <string_view>

namespace creamery {

/// Where something stands in a file that people wrote.
struct source_place {
  /// The file as it was named, or `environment` for a variable of the process.
  std::string file;
  /// Counted from 1; 0 if it is about the file as a whole.
  int line = 0;
  /// In bytes, counted from 1; 0 if it is about the line as a whole.
  int column = 0;

  friend bool operator==(const source_place&, const source_place&) = default;
};

/// What a diagnostic means for the program.
enum class severity {
  /// Works, but probably not as intended.
  warning,
  /// The program doesn't start with this.
  error,
};

/// One mistake in the configuration: where it is, what is wrong and what would be right. Never contains a secret.
struct diagnostic {
  severity level = severity::error;
  source_place where;
  std::string message;
  /// What was expected instead; may be empty.
  std::string expected;

  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

/// `bots.yaml:12:5`, `bots.yaml:12` or `bots.yaml`.
std::string to_string(const source_place& x);

/// `warning` or `error`.
std::string_view to_string(severity x);

/// `bots.yaml:12:5: error: unknown key 'chanels' in bot 'creamy_bot' (did you mean 'channels'?); expected one of: …`
std::string to_string(const diagnostic& x);

} // namespace creamery
