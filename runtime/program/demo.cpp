#include "demo_config.hpp"
#include "runtime/program/commands.hpp"
#include "runtime/program/demo_view.hpp"
#include "runtime/program/service.hpp"
#include "runtime/program/signals.hpp"
#include "runtime/telemetry/log.hpp"
#include "simulator/simulator.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <unistd.h>

namespace creamery {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// How often the view is drawn, and how often its plain form writes a line.
constexpr auto live_period = 250ms;
constexpr auto plain_period = 1s;

/// When everything is to have arrived, after the last line was sent.
constexpr auto drain_timeout = 10s;

/// The raid comes after this share of a demo with a fixed length, or after so long.
constexpr double raid_after_share = 0.3;
constexpr auto raid_after = 8s;

/// The configuration in config/demo.yaml, with the endpoint and tokens of a simulator.
result<configuration> demo_configuration(const simulator::simulator& twitch) {
  environment env;
  for (auto login : {"creamy_bot", "horse_bot", "quiet_bot"})
    env.set(variable_name(login, "ACCESS_TOKEN"), std::string{"sim-"} + login);
  auto loaded = parse_configuration(demo_config_text, "demo.yaml", env);
  if (!loaded.ok())
    return failure{"demo.yaml", to_string(loaded.diagnostics.front())};
  loaded.config.endpoints.irc = twitch.endpoint("wss");
  loaded.config.endpoints.id = twitch.endpoint("https") + "/oauth2";
  loaded.config.endpoints.helix = twitch.endpoint("https") + "/helix";
  return std::move(loaded.config);
}

simulator::options simulator_options() {
  simulator::options options;
  options.scenario = "default";
  options.lines_per_frame = 1; // as Twitch mostly does
  return options;
}

/// The raid that the demo is about: more lines in seconds than a large channel sees in an hour.
simulator::raid_request raid() {
  simulator::raid_request request;
  request.channel = "stable_talk";
  request.viewers = 20'000;
  request.peak = 8'000;
  request.ramp = 1s;
  request.lasts = 2s;
  request.commands = {"!hello", "$horse"};
  request.command_every = 400;
  return request;
}

/// The bots moderate where they are, so that the larger limits hold, as for most bots.
void make_moderators(simulator::simulator& twitch, const configuration& config) {
  for (const auto& bot : config.bots) {
    for (const auto& channel : bot.channels) {
      simulator::room_request room;
      room.channel = channel;
      room.roles[*bot.account] = "moderator";
      if (auto done = twitch.room(room); !done)
        std::cerr << "demo: " << to_string(done.error()) << '\n';
    }
  }
}

/// What the bots said, as the simulator saw it; filled by the simulator's thread.
class spoken_lines {
public:
  void add(const std::string& event) {
    auto json = nlohmann::json::parse(event, nullptr, false);
    if (json.is_discarded() || json.value("event", "") != "message")
      return;
    std::lock_guard guard{mutex_};
    lines_.push_back("#" + json.value("channel", "") + "  " + json.value("login", "") + ": " + json.value("text", ""));
    if (lines_.size() > kept)
      lines_.erase(lines_.begin());
  }

  std::vector<std::string> latest() const {
    std::lock_guard guard{mutex_};
    return lines_;
  }

private:
  static constexpr size_t kept = 8;

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Whether everything that was sent has been handled, and nothing is on its way any more.
bool is_drained(const demo_numbers& x) {
  return x.lines_in >= x.sent && x.queued == 0;
}

} // namespace

int demo(const demo_arguments& arguments) {
  termination_signals signals;
  auto plain = arguments.plain || ::isatty(STDOUT_FILENO) == 0;
  auto log_file = std::filesystem::temp_directory_path() / ("creamery-demo-" + std::to_string(::getpid()) + ".log");
  set_up_log({.level = spdlog::level::info, .levels = {}, .console = false, .file = log_file.string()});

  auto twitch = simulator::simulator::start(simulator_options());
  if (!twitch) {
    std::cerr << "creamery demo: " << to_string(twitch.error()) << '\n';
    return 1;
  }
  spoken_lines spoken;
  (*twitch)->on_event([&spoken](const std::string& event) { spoken.add(event); });
  auto config = demo_configuration(**twitch);
  if (!config) {
    std::cerr << "creamery demo: " << to_string(config.error()) << '\n';
    return 1;
  }
  make_moderators(**twitch, *config);
  auto bots =
    service::start(*config, {.ca_certificates = (*twitch)->ca_certificate(), .cog_path = {}, .bots_only = true});
  if (!bots) {
    std::cerr << "creamery demo: " << to_string(bots.error()) << '\n';
    return 1;
  }

  auto started = clock::now();
  auto ends = arguments.seconds ? started + *arguments.seconds : clock::time_point::max();
  auto raid_at =
    started
    + (arguments.seconds ? std::chrono::duration_cast<clock::duration>(*arguments.seconds * raid_after_share)
                         : clock::duration{raid_after});
  std::unique_ptr<demo_view> view = plain ? make_plain_view(std::cout) : make_live_view(std::cout);
  view->begin((*twitch)->endpoint("wss"), log_file.string());
  auto raided = false;
  auto measure = [&] { return collect(**bots, **twitch, clock::now() - started); };
  demo_numbers numbers;
  while (clock::now() < ends) {
    if (!raided && clock::now() >= raid_at) {
      raided = true;
      if (auto begun = (*twitch)->raid(raid()); !begun)
        std::cerr << "creamery demo: " << to_string(begun.error()) << '\n';
      view->event("a raid of 20,000 viewers arrives in #stable_talk");
    }
    if (signals.wait(plain ? plain_period : live_period))
      break;
    numbers = measure();
    numbers.spoken = spoken.latest();
    view->show(numbers);
  }

  // Nothing new is said from here on; what is under way has to arrive.
  (*twitch)->fall_silent();
  auto deadline = clock::now() + drain_timeout;
  do {
    numbers = measure();
  } while (!is_drained(numbers) && clock::now() < deadline && !signals.wait(50ms));
  numbers.spoken = spoken.latest();
  view->end(numbers);
  (*bots)->stop();
  (*twitch)->stop();
  return numbers.lost() == 0 && numbers.balanced() ? 0 : 1;
}

} // namespace creamery
