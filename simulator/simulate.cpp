#include "simulator/simulate.hpp"

#include "simulator/simulator.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <ctime>

#include <iostream>

namespace creamery::simulator {

namespace {

void print_endpoints(const simulator& server) {
  std::cout << "Twitch chat on localhost:\n";
  for (const char* transport : {"ws", "wss", "irc", "ircs"})
    std::cout << "  " << server.endpoint(transport) << "\n";
  for (const char* scheme : {"http", "https"})
    std::cout << "  " << server.endpoint(scheme) << "   id (/oauth2) and Helix (/helix)\n";
  for (const char* door : {"events", "secure events"})
    std::cout << "  " << server.endpoint(door) << "   EventSub\n";
  std::cout << "  " << server.control_url() << "   control API\n";
  if (!server.ca_file().empty())
    std::cout << "  " << server.ca_file() << "   certificate to trust for wss, ircs and https\n";
  std::cout << std::flush;
}

/// The event's line for people: `12:34:56 login connection=1 login=ann transport=ws`.
std::string readable(const std::string& text) {
  auto event = nlohmann::json::parse(text, nullptr, false);
  if (!event.is_object())
    return text;
  auto seconds = static_cast<std::time_t>(event.value("at", int64_t{0}) / 1'000'000);
  std::tm local{};
  localtime_r(&seconds, &local);
  char time[16];
  std::strftime(time, sizeof(time), "%H:%M:%S", &local);
  auto line = std::string{time} + " " + event.value("event", std::string{"?"});
  for (const auto& [name, value] : event.items())
    if (name != "n" && name != "at" && name != "event" && value != "")
      line.append(" ").append(name).append("=").append(
        value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return line;
}

/// Prints events of the simulator's thread.
void print_event(const std::string& json, bool with_messages) {
  // A terminal must not see what a client made up: the JSON has no control characters, and neither has what comes of
  // it.
  if (!with_messages && json.find("\"event\":\"message\"") != std::string::npos)
    return;
  std::cout << readable(json) + "\n" << std::flush;
}

/// Blocks SIGINT and SIGTERM in this thread and those it starts, so that they can be waited for.
class awaited_signals {
public:
  awaited_signals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }

  ~awaited_signals() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  awaited_signals(const awaited_signals&) = delete;
  awaited_signals& operator=(const awaited_signals&) = delete;

  /// Until one comes, or `limit` has passed if it isn't zero.
  void wait(std::chrono::seconds limit) const {
    if (limit.count() == 0) {
      int received = 0;
      sigwait(&signals_, &received);
      return;
    }
    timespec time{};
    time.tv_sec = limit.count();
    sigtimedwait(&signals_, nullptr, &time);
  }

private:
  sigset_t signals_;
  sigset_t before_;
};

} // namespace

int simulate(const simulate_options& setup) {
  if (setup.log_level != "quiet" && setup.log_level != "info" && setup.log_level != "debug") {
    std::cerr << "simulate: log level '" << setup.log_level << "': must be quiet, info or debug\n";
    return 1;
  }
  awaited_signals signals;
  auto server = simulator::start(setup.server);
  if (!server) {
    std::cerr << "simulate: " << to_string(server.error()) << "\n";
    return 1;
  }
  print_endpoints(**server);
  if (setup.log_level != "quiet")
    (*server)->on_event(
      [with_messages = setup.log_level == "debug"](const std::string& json) { print_event(json, with_messages); });
  for (const auto& request : setup.replays) {
    if (auto started = (*server)->replay(request); !started) {
      std::cerr << "simulate: " << to_string(started.error()) << "\n";
      return 1;
    }
  }
  signals.wait(setup.lasts);
  (*server)->stop();
  auto found = (*server)->counters();
  std::cout << found.connections << " connections, " << found.chat_lines << " chat lines, " << found.messages_received
            << " messages received, " << found.limit_violations() << " limit violations\n";
  return 0;
}

} // namespace creamery::simulator
