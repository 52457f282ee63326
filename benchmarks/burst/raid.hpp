#pragma once

#include "benchmarks/burst/chat_host.hpp"
#include "benchmarks/burst/chat_lines.hpp"

#include <boost/asio/steady_timer.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace creamery::benchmarks {

/// How hard a raid hits.
struct raid_plan {
  /// Chat lines, commands among them.
  uint64_t lines = 100'000;
  /// Lines a second, sent at their times whatever the bot does (open loop); 0: as fast as the sockets take them.
  double rate = 0;
  /// How long it takes to come to that rate; what is said meanwhile isn't judged for its latency.
  double ramp_seconds = 1;
  /// How many of the lines are commands.
  double commands = 0.01;
  /// Fewer, if otherwise more replies a second would be asked for than this; 0: never. For open loop only.
  double replies_per_second = 0;
  /// Viewers who come in at the beginning, in all channels together; by default one for a thousand lines.
  uint64_t joins = 0;

  /// Reads what `burst/run` writes; what is missing is as above. Throws nlohmann's exceptions on anything else.
  static raid_plan from(const nlohmann::json& text);
};

/// A raid on everybody who is in a channel of the host: viewers come in, the raid is announced, chat swells, some lines are
/// commands whose replies are awaited, and at the end each client is asked how many lines it has counted.
class raid {
public:
  using clock = std::chrono::steady_clock;

  /// @param done gets the result as JSON, once: `lines`, `seconds`, `counted`, `expected`, `commands`, `replies`, `doubled` (second replies),
  /// `latency_ms` (all, sorted), `lateness_ms` (of the generator itself, sorted).
  raid(simulator::net::io_context& io, chat_host& host, chat_lines& words, uint64_t first_number, uint64_t said_before,
       raid_plan plan, std::function<void(nlohmann::json)> done);

  void start();
  void on_message(const std::string& login, std::string_view text);
  void on_drained();

private:
  struct command {
    clock::time_point due;
    bool judged = false;
    bool answered = false;
  };

  void announce();
  void pump();
  bool send_next(clock::time_point now);
  void ask_for_counts();
  void finish();
  uint64_t due_by(clock::time_point now) const;
  clock::time_point due(uint64_t number) const;
  bool all_written() const;

  simulator::net::io_context& io_;
  simulator::net::steady_timer timer_;
  chat_host& host_;
  chat_lines& words_;
  raid_plan plan_;
  std::function<void(nlohmann::json)> done_;
  std::vector<std::shared_ptr<chat_host::client>> clients_;
  /// The channels in the order they are written to, each with its client.
  std::vector<std::pair<chat_host::client*, std::string>> targets_;
  size_t next_target_ = 0;
  uint64_t sent_ = 0;
  uint64_t said_before_;
  uint64_t command_every_ = 0;
  uint64_t first_number_;
  std::vector<command> commands_;
  size_t replies_ = 0;
  size_t doubled_ = 0;
  /// The last count that each login told.
  std::map<std::string, uint64_t> counted_;
  size_t counts_ = 0;
  bool asked_ = false;
  bool pumping_ = false;
  clock::time_point begin_;
  clock::time_point end_;
  clock::time_point deadline_;
  std::vector<double> latencies_;
  std::vector<double> lateness_;
};

} // namespace creamery::benchmarks
