#pragma once

#include "benchmarks/micro/capture.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace creamery::benchmarks {

/// Something that is done with every line of a capture.
struct line_benchmark {
  std::string name;
  /// Whether it may allocate memory; if not, `micro --check-allocations` fails when it does.
  bool may_allocate;
  /// Handles all lines once. The result depends on every line, so that nothing can be left out.
  std::function<uint64_t(const capture&)> run;
};

/// Everything that is measured line by line.
std::vector<line_benchmark> line_benchmarks();

} // namespace creamery::benchmarks
