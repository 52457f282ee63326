#include "benchmarks/micro/allocations.hpp"
#include "benchmarks/micro/capture.hpp"
#include "benchmarks/micro/parser_benchmark.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <iostream>

using namespace creamery::benchmarks;

namespace {

/// What ctest takes for "skipped".
constexpr int skipped = 77;

/// Runs everything once and complains about allocations where there must be none.
int check_allocations(const std::vector<capture>& captures) {
  auto failed = false;
  for (const auto& data : captures) {
    for (const auto& one : line_benchmarks()) {
      auto before = allocations();
      benchmark::DoNotOptimize(one.run(data));
      auto made = allocations() - before;
      std::cout << data.name << ' ' << one.name << ": " << made << " allocations for " << data.lines.size()
                << " lines\n";
      failed |= made > 0 && !one.may_allocate;
    }
  }
  return failed ? 1 : 0;
}

void measure(benchmark::State& state, const capture& data, const line_benchmark& one) {
  auto before = allocations();
  for (auto _ : state)
    benchmark::DoNotOptimize(one.run(data));
  auto lines = static_cast<double>(state.iterations()) * static_cast<double>(data.lines.size());
  state.counters["ns/line"] =
    benchmark::Counter(lines * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocations/line"] = static_cast<double>(allocations() - before) / lines;
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(data.text.size()));
}

} // namespace

int main(int argc, char** argv) {
  auto captures = load_captures();
  if (captures.empty()) {
    std::cout << "SKIPPED: no captures of real chat here (set CREAMERY_TEST_DATA)\n";
    return skipped;
  }
  if (argc == 2 && std::strcmp(argv[1], "--check-allocations") == 0)
    return check_allocations(captures);
  auto all = line_benchmarks();
  for (const auto& data : captures)
    for (const auto& one : all)
      benchmark::RegisterBenchmark((one.name + "/" + data.name).c_str(),
                                   [&](benchmark::State& state) { measure(state, data, one); })
        ->Repetitions(5)
        ->ReportAggregatesOnly();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
