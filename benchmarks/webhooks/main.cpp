/// Webhooks for whoever takes them: sends one load and writes what came of it as a line of JSON.
///
///     webhook_load --port P --path /eventsub/ann --secret S --type channel.raid --body FILE --count N [--rate R]

#include "benchmarks/webhooks/load.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace creamery::benchmarks;

namespace {

constexpr std::array shares{0.5, 0.9, 0.99, 0.999};

nlohmann::json to_json(const load_result& result) {
  nlohmann::json statuses = nlohmann::json::object();
  for (const auto& [status, count] : result.statuses)
    statuses[std::to_string(status)] = count;
  nlohmann::json latency = nlohmann::json::object();
  const auto& all = result.latency_ms;
  for (auto share : shares)
    if (!all.empty())
      latency[nlohmann::json(share).dump()] =
        all[std::min(all.size() - 1, static_cast<size_t>(static_cast<double>(all.size()) * share))];
  return {{"seconds", result.seconds}, {"statuses", statuses}, {"lost", result.lost}, {"latency_ms", latency}};
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sends webhooks as Twitch does."};
  load_plan plan;
  std::string body;
  app.add_option("--port", plan.port)->required();
  app.add_option("--path", plan.path)->required();
  app.add_option("--secret", plan.secret)->required();
  app.add_option("--type", plan.type)->required();
  app.add_option("--subscription-version", plan.version);
  app.add_option("--body", body, "a file with what all messages say")->required()->check(CLI::ExistingFile);
  app.add_option("--connections", plan.connections)->check(CLI::Range(1, 1'000));
  app.add_option("--count", plan.count)->check(CLI::Range(1, 10'000'000));
  app.add_option("--rate", plan.rate, "a second; 0: as fast as they are answered");
  app.add_flag("--forged", plan.is_forged, "with wrong signatures");
  CLI11_PARSE(app, argc, argv);
  std::ifstream file{body};
  plan.body.assign(std::istreambuf_iterator<char>{file}, {});
  try {
    std::cout << to_json(load{std::move(plan)}.run()).dump() << std::endl;
  } catch (const std::exception& why) {
    std::cerr << "webhook_load: " << why.what() << '\n';
    return 1;
  }
}
