#pragma once

#include "config/diagnostic.hpp"
#include "config/redactor.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Collects diagnostics, and keeps secrets out of them: all text from the files that people get to see goes through
/// here.
class diagnostic_list {
public:
  explicit diagnostic_list(redactor secrets);

  void error(source_place where, std::string_view message, std::string_view expected = {});

  void warning(source_place where, std::string_view message, std::string_view expected = {});

  void add(diagnostic x);

  /// All of them, by file (in the order in which the files were first mentioned), line and column; what was said twice
  /// only once.
  std::vector<diagnostic> take();

private:
  redactor secrets_;
  std::vector<diagnostic> list_;
  size_t left_out_ = 0;
};

} // namespace creamery
