#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace creamery::benchmarks {

/// A file of real IRC lines, in memory as one piece.
struct capture {
  std::string name;
  std::string text;
  /// Without CR LF, pointing into `text`.
  std::vector<std::string_view> lines;
};

/// One capture; without lines if the file can't be read.
capture load_capture(const std::string& file);

/// The captures that there are in `$CREAMERY_TEST_DATA`, by default `../shared/data` beside the source; perhaps none.
std::vector<capture> load_captures();

} // namespace creamery::benchmarks
