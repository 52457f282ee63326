#include "runtime/program/demo_view.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <deque>
#include <ostream>
#include <utility>

namespace creamery {

namespace {

/// Lines a second between two sights.
class rate_meter {
public:
  double update(const demo_numbers& x) {
    auto seconds = (x.elapsed - last_elapsed_).count();
    auto rate = seconds > 0 ? static_cast<double>(x.lines_in - std::min(last_lines_, x.lines_in)) / seconds : 0;
    last_elapsed_ = x.elapsed;
    last_lines_ = x.lines_in;
    return rate;
  }

private:
  std::chrono::duration<double> last_elapsed_{};
  uint64_t last_lines_ = 0;
};

std::string in_milliseconds(uint32_t microseconds) {
  return fmt::format("{:.2f} ms", microseconds / 1000.0);
}

/// The table at the end, the same for both views.
void print_table(std::ostream& out, const demo_numbers& x) {
  auto row = [&](std::string_view name, const std::string& value, std::string_view meaning) {
    out << fmt::format("  {:<18}{:>12}   {}\n", name, value, meaning);
  };
  auto count = [&](std::string_view name, uint64_t value, std::string_view meaning) {
    row(name, std::to_string(value), meaning);
  };
  out << fmt::format("\nAfter {:.1f} seconds:\n\n", x.elapsed.count());
  count("lines in", x.lines_in, "chat lines that reached the bots");
  count("routed", x.routed, "lines for cogs, once for each cog that wants them");
  count("handled", x.handled, "");
  count("poisoned", x.poisoned, "lines whose handler threw");
  count("shed", x.shed, "dropped because a queue was full");
  count("lost", x.lost(), "sent by the simulated Twitch and never seen");
  count("commands", x.commands, "");
  count("replies", x.replies, "confirmed by the simulated Twitch");
  count("replies waiting", x.replies_waiting, "held back by Twitch's limits (100 in 30 seconds for a moderator)");
  count("replies aged out", x.replies_aged_out, "waited too long to be of use");
  count("replies refused", x.replies_refused + x.replies_unconfirmed, "or never confirmed");
  count("limit violations", x.limit_violations, "as the simulated Twitch judges");
  row("latency p50", in_milliseconds(x.latency_p50_us), "from a command read to its reply written,");
  row("latency p99", in_milliseconds(x.latency_p99_us), "without the time in the limiter");
  count("restarts", x.restarts, "");
  out << '\n';
  if (x.lost() > 0)
    out << "Lines were LOST.\n";
  else if (!x.balanced())
    out << "The counters do not add up: routed is not handled + poisoned + shed + queued.\n";
  else
    out << "Nothing was lost.\n";
  out.flush();
}

class plain_view final : public demo_view {
public:
  explicit plain_view(std::ostream& out) : out_(out) {
  }

  void begin(const std::string& endpoint, const std::string& log_file) override {
    out_ << "Creamery demo: a simulated Twitch at " << endpoint << ", three bots, chatter, then a raid.\n"
         << "The bots log to " << log_file << "\n"
         << std::flush;
  }

  void show(const demo_numbers& x) override {
    auto rate = rate_.update(x);
    out_ << fmt::format(
      "{:6.1f} s  {:8.0f} lines/s  {:>8} lines  {:>5} commands  {:>5} replies  {:>4} waiting  {:>2} restarts\n",
      x.elapsed.count(), rate, x.lines_in, x.commands, x.replies, x.replies_waiting, x.restarts);
    for (const auto& line : x.spoken)
      if (std::find(shown_.begin(), shown_.end(), line) == shown_.end())
        out_ << "          said in " << line << '\n';
    shown_ = x.spoken;
    out_.flush();
  }

  void event(const std::string& text) override {
    out_ << "          " << text << '\n' << std::flush;
  }

  void end(const demo_numbers& x) override {
    print_table(out_, x);
  }

private:
  std::ostream& out_;
  rate_meter rate_;
  std::vector<std::string> shown_;
};

/// Draws with ANSI escape sequences on the terminal's alternate screen.
class live_view final : public demo_view {
public:
  explicit live_view(std::ostream& out) : out_(out) {
  }

  ~live_view() override {
    leave();
  }

  void begin(const std::string& endpoint, const std::string& log_file) override {
    endpoint_ = endpoint;
    log_file_ = log_file;
    out_ << "\033[?1049h\033[?25l\033[2J" << std::flush;
    entered_ = true;
  }

  void show(const demo_numbers& x) override {
    auto rate = rate_.update(x);
    rates_.push_back(rate);
    if (rates_.size() > graph_width)
      rates_.pop_front();
    std::string screen = "\033[H";
    auto line = [&screen](const std::string& text) { screen += text + "\033[K\n"; };
    line(
      fmt::format("\033[1mCreamery demo\033[0m   {:.1f} s   a simulated Twitch at {}", x.elapsed.count(), endpoint_));
    line("");
    line(fmt::format("  \033[1m{:>9.0f}\033[0m lines/s  {}", rate, graph()));
    line("");
    line(fmt::format("  lines in {:>10}     routed {:>10}     handled {:>10}     waiting {:>8}", x.lines_in, x.routed,
                     x.handled, x.queued));
    line(fmt::format("  commands {:>10}     replies {:>9}     held back {:>8}     lost {:>11}", x.commands, x.replies,
                     x.replies_waiting, x.queued > 0 || x.lost() > 0 ? std::string{"…"} : std::string{"0"}));
    line(fmt::format("  latency p50 {:>10}  p99 {:>10}     restarts {:>4}     reconnects {:>3}",
                     in_milliseconds(x.latency_p50_us), in_milliseconds(x.latency_p99_us), x.restarts, x.reconnects));
    line("");
    line(fmt::format("  \033[4m{:<14}{:<12}{:<34}{:>12}{:>10}{:>8}\033[0m", "bot", "login", "channels", "lines",
                     "commands", "cogs"));
    for (const auto& bot : x.bots)
      line(bot_line(bot, running_cogs(x.tree, bot.name)));
    line("");
    line("  \033[4mwhat the bots said\033[0m");
    for (const auto& said : x.spoken)
      line("  " + said.substr(0, text_width));
    line("");
    if (!event_.empty())
      line("  \033[1m" + event_ + "\033[0m");
    line("  Ctrl-C ends the demo; the bots log to " + log_file_);
    out_ << screen << "\033[J" << std::flush;
  }

  void event(const std::string& text) override {
    event_ = text;
  }

  void end(const demo_numbers& x) override {
    leave();
    print_table(out_, x);
  }

private:
  static constexpr size_t graph_width = 60;
  static constexpr size_t text_width = 100;

  /// The last rates as bars, the highest one full.
  std::string graph() const {
    constexpr std::array<std::string_view, 9> bars{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    auto highest = std::max(1.0, *std::max_element(rates_.begin(), rates_.end()));
    std::string result;
    for (auto rate : rates_)
      result += bars[static_cast<size_t>(rate / highest * 8.0)];
    return result;
  }

  /// How many cogs of a bot are running.
  static int64_t running_cogs(const std::vector<child_report>& tree, std::string_view bot) {
    int64_t running = 0;
    for (const auto& group : tree)
      for (const auto& one : group.children)
        if (one.kind == "bot" && one.name == bot)
          running += std::count_if(one.children.begin(), one.children.end(),
                                   [](const auto& x) { return x.kind == "cog" && x.state == "running"; });
    return running;
  }

  static std::string bot_line(const bot_report& bot, int64_t cogs) {
    std::string channels;
    std::string login;
    for (const auto& connection : bot.connections) {
      login = connection.login;
      for (const auto& channel : connection.channels)
        channels += (channel.joined ? "#" : "(#") + channel.channel + (channel.joined ? " " : ") ");
    }
    return fmt::format("  {:<14}{:<12}{:<34}{:>12}{:>10}{:>8}", bot.name, login, channels, bot.router.lines.chat,
                       bot.router.lines.commands, cogs);
  }

  void leave() {
    if (std::exchange(entered_, false))
      out_ << "\033[?25h\033[?1049l" << std::flush;
  }

  std::ostream& out_;
  bool entered_ = false;
  std::string endpoint_;
  std::string log_file_;
  std::string event_;
  rate_meter rate_;
  std::deque<double> rates_;
};

} // namespace

std::unique_ptr<demo_view> make_live_view(std::ostream& out) {
  return std::make_unique<live_view>(out);
}

std::unique_ptr<demo_view> make_plain_view(std::ostream& out) {
  return std::make_unique<plain_view>(out);
}

} // namespace creamery
