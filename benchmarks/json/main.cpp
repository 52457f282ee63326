/// What decoding an event costs, with the decoder that is used (on simdjson) and with one on nlohmann/json. First it is made sure that
/// both see the same in every captured event.

#include "benchmarks/json/nlohmann_decoder.hpp"
#include "runtime/eventsub/json_slice.hpp"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

using namespace creamery;
using namespace creamery::benchmarks;

namespace {

/// What ctest takes for "skipped".
constexpr int skipped = 77;

/// One captured event, as it stands in a message of a WebSocket.
struct sample {
  std::string type;
  std::string frame;
  std::string_view event;
  /// Decodes it; whether that succeeded.
  std::function<bool(std::string_view)> decode;
  std::function<bool(std::string_view)> decode_with_nlohmann;
  /// Whether both see the same.
  bool is_alike = false;
};

/// Fills in what depends on the type, if it is this one.
template <class T>
void try_type(sample& one, const std::string& type, const std::string& version) {
  if (type != T::type || version != T::version)
    return;
  one.decode = [](std::string_view text) { return static_cast<bool>(eventsub::decode<T>(text)); };
  one.decode_with_nlohmann = [](std::string_view text) { return decode_with_nlohmann<T>(text).has_value(); };
  auto ours = eventsub::decode<T>(one.event);
  auto other = decode_with_nlohmann<T>(one.event);
  one.is_alike = ours && other && eventsub::encode(*ours) == eventsub::encode(*other);
}

template <class... Ts>
void find_type(sample& one, const std::string& type, const std::string& version, eventsub::type_list<Ts...>) {
  (try_type<Ts>(one, type, version), ...);
}

std::vector<sample> load_samples() {
  const auto* set = std::getenv("CREAMERY_TEST_DATA");
  std::filesystem::path folder{set != nullptr ? set : CREAMERY_SOURCE_DIR "/../shared/data"};
  std::vector<sample> all;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator{folder / "eventsub", none}) {
    std::ifstream file{entry.path()};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("event") || !parsed.contains("subscription"))
      continue;
    sample one;
    one.type = parsed["subscription"].value("type", "");
    auto version = parsed["subscription"].value("version", "");
    one.frame = R"({"metadata":{"message_id":"b2c5f2a0-3e0f-4a55-8c0a-3a9cb6b7e3cb","message_type":"notification",)"
                R"("message_timestamp":"2026-05-01T10:11:12.634234626Z","subscription_type":")"
                + one.type + R"(","subscription_version":")" + version + R"("},"payload":)" + parsed.dump() + "}";
    all.push_back(std::move(one));
    auto& kept = all.back();
    kept.event = eventsub::find_path(kept.frame, "payload.event").value_or("");
    find_type(kept, kept.type, version, eventsub::event_types{});
    if (!kept.decode) {
      all.pop_back(); // a version that there is no more
      continue;
    }
  }
  // Their texts mustn't have moved when the vector has grown.
  for (auto& one : all)
    one.event = eventsub::find_path(one.frame, "payload.event").value_or("");
  return all;
}

template <class Work>
void add(const std::string& name, const std::vector<sample>& all, Work work) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [&all, work](benchmark::State& state) mutable {
                                 size_t bytes = 0;
                                 for (const auto& one : all)
                                   bytes += one.frame.size();
                                 for (auto _ : state)
                                   for (const auto& one : all)
                                     benchmark::DoNotOptimize(work(one));
                                 const auto rounds = static_cast<double>(state.iterations());
                                 state.counters["ns/event"] =
                                   benchmark::Counter(rounds * static_cast<double>(all.size()) * 1e-9,
                                                      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
                                 state.SetBytesProcessed(static_cast<int64_t>(rounds * static_cast<double>(bytes)));
                               })
    ->Repetitions(5)
    ->ReportAggregatesOnly();
}

} // namespace

int main(int argc, char** argv) {
  auto all = load_samples();
  if (all.empty()) {
    std::cout << "SKIPPED: no captured events here (set CREAMERY_TEST_DATA)\n";
    return skipped;
  }
  for (const auto& one : all)
    if (!one.is_alike) {
      std::cerr << one.type << ": the decoders don't see the same\n";
      return 1;
    }
  std::cout << all.size() << " captured events, in which both see the same\n";
  add("whole event/creamery", all, [](const sample& one) { return one.decode(one.event); });
  add("whole event/nlohmann", all, [](const sample& one) { return one.decode_with_nlohmann(one.event); });
  add("frame/creamery", all, [](const sample& one) { return static_cast<bool>(eventsub::read_frame(one.frame)); });
  add("frame/nlohmann", all, [](const sample& one) { return find_with_nlohmann(one.frame).has_value(); });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
