#include "actors/init.hpp"
#include "runtime/program/commands.hpp"
#include "simulator/simulate.hpp"
#include "simulator/trigger.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

void add_config_options(CLI::App& command, creamery::config_arguments& arguments) {
  command.add_option("--config", arguments.config, "the bots (default: $CONFIG_FILENAME, else bots.yaml)")
    ->type_name("FILE");
  command.add_option("--env", arguments.env, "variables (default: .env, if there is one)")->type_name("FILE");
}

/// What `creamery simulate` is told, as far as it needs converting.
struct simulate_arguments {
  creamery::simulator::simulate_options setup;
  creamery::simulator::replay_request replay;
  double rate = 0;
  double factor = 0;
  int64_t seconds = 0;
  double ping_period = 0;
  double pong_timeout = 0;
  bool no_limits = false;
};

void add_simulate_options(CLI::App& command, simulate_arguments& arguments) {
  auto& server = arguments.setup.server;
  command
    .add_option(
      "--port", server.base_port,
      "ws; wss, irc, ircs, the control API, and the API over http and https take the next six (0: any free ones)")
    ->capture_default_str();
  command.add_option("--bind", server.bind, "addresses to listen at")->capture_default_str();
  command.add_flag("--allow-remote", server.allow_remote, "allow addresses other than loopback");
  command.add_option("--ca-file", server.ca_file, "where to write the certificate that clients have to trust")
    ->type_name("FILE");
  command.add_option("--scenario", server.scenario, "what happens in chat: a YAML file, or 'default'")
    ->type_name("FILE");
  command.add_option("--history", server.history_file, "where to write what happened, as JSON lines")
    ->type_name("FILE");
  command.add_option("--seed", server.seed, "makes a scenario come out the same way each time");
  command.add_option("--lines-per-frame", server.lines_per_frame, "IRC lines in one WebSocket message")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  command.add_option("--ping-period", arguments.ping_period, "seconds between two PINGs (default: 300)")
    ->check(CLI::PositiveNumber);
  command
    .add_option("--pong-timeout", arguments.pong_timeout, "seconds that a client may take to answer (default: 60)")
    ->check(CLI::PositiveNumber);
  command
    .add_option("--webhook-ca", server.webhook_ca_file,
                "certificates that webhooks' callbacks may have besides the system's")
    ->type_name("FILE");
  command.add_flag("--no-limits", arguments.no_limits, "judge no rate limits");
  command.add_option("--replay", arguments.replay.file, "a file of raw IRC lines to send again")->type_name("FILE");
  command.add_option("--rate", arguments.rate, "replay so many lines a second (default: as recorded)");
  command.add_option("--factor", arguments.factor,
                     "replay so many times as fast as recorded; 0: as fast as clients take it");
  command.add_option("--rounds", arguments.replay.rounds, "how often (0: for ever)")->capture_default_str();
  command.add_option("--channels", arguments.replay.channels, "replay into these channels, in turn");
  command.add_option("--log", arguments.setup.log_level, "quiet, info or debug")
    ->check(CLI::IsMember({"quiet", "info", "debug"}))
    ->capture_default_str();
  command.add_option("--seconds", arguments.seconds, "ends by itself after so long");
}

void add_trigger_options(CLI::App& command, creamery::simulator::trigger_arguments& arguments) {
  command.add_option("type", arguments.type, "the event's type, like channel.raid")->required();
  command.add_option("members", arguments.members, "what differs from the sample, like viewers=9001");
  command.add_option("--version", arguments.version, "the type's version (default: whatever was subscribed to)");
  command.add_option("--channel", arguments.channel, "only in this channel (default: in all)");
  command.add_option("--count", arguments.count, "how often it happens")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  command.add_option("--control", arguments.control, "the simulator's control API")->capture_default_str();
}

int simulate(const CLI::App& command, simulate_arguments& arguments) {
  using speed_kind = creamery::simulator::replay_request::speed_kind;
  arguments.setup.server.limits.enforced = !arguments.no_limits;
  auto milliseconds = [](double seconds) { return std::chrono::milliseconds{static_cast<int64_t>(seconds * 1000)}; };
  if (arguments.ping_period > 0)
    arguments.setup.server.ping_period = milliseconds(arguments.ping_period);
  if (arguments.pong_timeout > 0)
    arguments.setup.server.pong_timeout = milliseconds(arguments.pong_timeout);
  arguments.setup.lasts = std::chrono::seconds{arguments.seconds};
  if (!arguments.replay.file.empty()) {
    if (command.count("--rate") > 0) {
      arguments.replay.speed = speed_kind::fixed;
      arguments.replay.rate = arguments.rate;
    } else if (command.count("--factor") > 0) {
      arguments.replay.speed = arguments.factor == 0 ? speed_kind::fastest : speed_kind::recorded;
      arguments.replay.factor = arguments.factor;
    }
    arguments.setup.replays.push_back(arguments.replay);
  }
  return creamery::simulator::simulate(arguments.setup);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App program{"Creamery: an always-on Twitch bot runtime", "creamery"};
  program.set_version_flag("--version", "creamery " CREAMERY_VERSION);
  program.require_subcommand(1);

  creamery::config_arguments run_arguments;
  auto* run = program.add_subcommand("run", "runs every bot in the file");
  add_config_options(*run, run_arguments);

  creamery::config_arguments check_arguments;
  auto* check =
    program.add_subcommand("check", "says what is wrong with the configuration; exit status 1 if anything is");
  add_config_options(*check, check_arguments);

  creamery::config_arguments status_arguments;
  auto* status = program.add_subcommand("status", "shows the actors of the running service, as a table");
  add_config_options(*status, status_arguments);

  creamery::demo_arguments demo_arguments;
  int64_t demo_seconds = 0;
  auto* demo = program.add_subcommand("demo", "a simulated Twitch, bots and a raid in one process; needs no account");
  demo->add_option("--seconds", demo_seconds, "ends by itself after so long")->check(CLI::Range(5, 86'400));
  demo->add_flag("--plain", demo_arguments.plain, "lines instead of a live picture");

  creamery::auth_arguments auth_arguments;
  auto* auth = program.add_subcommand("auth", "gets and stores a user token for a bot");
  auth->add_option("bot", auth_arguments.bot, "the bot's name in bots.yaml")->required();
  auth->add_flag("--device", auth_arguments.device, "with a code to be entered on another device, for servers");
  auth->add_option("--channel", auth_arguments.channel, "a broadcaster's token for this channel, not the bot's own");
  auth->add_flag("--no-browser", auth_arguments.no_browser, "print the address, and open no browser");
  add_config_options(*auth, auth_arguments.config);

  creamery::config_arguments vault_arguments;
  auto* vault = program.add_subcommand("vault", "the stored tokens");
  vault->require_subcommand(1);
  auto* rekey = vault->add_subcommand(
    "rekey", "encrypts them with a new key: that of CREAMERY_NEW_KEY, or, if it isn't set, a new one in the key file");
  add_config_options(*rekey, vault_arguments);

  simulate_arguments simulate_arguments;
  auto* simulated = program.add_subcommand("simulate", "Twitch chat on localhost, to develop and test against");
  add_simulate_options(*simulated, simulate_arguments);

  creamery::simulator::trigger_arguments trigger_arguments;
  auto* triggered = simulated->add_subcommand("trigger", "lets a simulator that is running tell an event of EventSub");
  add_trigger_options(*triggered, trigger_arguments);

  CLI11_PARSE(program, argc, argv);

  creamery::init_message_types();
  if (*run)
    return creamery::run(run_arguments);
  if (*check)
    return creamery::check(check_arguments);
  if (*status)
    return creamery::status(status_arguments);
  if (*auth)
    return creamery::authorize(auth_arguments);
  if (*rekey)
    return creamery::rekey(vault_arguments);
  if (*demo) {
    if (demo_seconds > 0)
      demo_arguments.seconds = std::chrono::seconds{demo_seconds};
    return creamery::demo(demo_arguments);
  }
  if (*triggered)
    return creamery::simulator::trigger(trigger_arguments);
  return simulate(*simulated, simulate_arguments);
}
