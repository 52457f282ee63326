/// What supervision and numbered delivery cost, and how quickly a cog is there again after its death: the way of a line from a
/// connection's batch to a cog's handler, with real chat, between real actors on real threads.
///
/// Three ways are taken in turn, several times each: *plain* does what has to be done anyway (is the line new, is it a command,
/// who wants it) and hands the lines on as messages; *numbered* is the product's own way, with queues, numbers,
/// acknowledgements, the gate and the ledger; *supervised* is the same below a supervisor. Medians are shown.

#include "actors/cog_runner.hpp"
#include "actors/router.hpp"
#include "actors/supervisor.hpp"
#include "benchmarks/micro/capture.hpp"
#include "runtime/irc/parser.hpp"
#include "runtime/telemetry/log.hpp"

#include <spdlog/fmt/fmt.h>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

/// What ctest takes for "skipped".
constexpr int skipped = 77;

constexpr size_t lines_per_batch = 64;
constexpr size_t copies_of_capture = 25;
constexpr size_t rounds = 31;
constexpr size_t deaths = 100;

/// Batches that are on their way at the same time, as a connection's credit allows.
constexpr size_t window = 16;

/// What the probe, the cog under measurement, has seen.
struct sightings {
  void add(size_t bytes) {
    total_bytes += bytes;
    if (count.fetch_add(1) + 1 != wanted.load())
      return;
    std::lock_guard guard{mutex};
    reached.notify_all();
  }

  void expect(size_t number) {
    count = 0;
    wanted = number;
  }

  /// Waits until as many lines as expected have been handled.
  bool wait() {
    std::unique_lock lock{mutex};
    return reached.wait_for(lock, 60s, [this] { return count >= wanted; });
  }

  std::atomic<size_t> count = 0;
  std::atomic<size_t> wanted = 0;
  std::atomic<size_t> total_bytes = 0;
  std::mutex mutex;
  std::condition_variable reached;
};

sightings seen;

struct probe {
  explicit probe(cog& context) {
    context.on_chat([](const chat_message& message) { seen.add(message.text().size()); });
  }
};

const creamery_cog_descriptor descriptor{creamery_cog_magic,
                                         sizeof(creamery_cog_descriptor),
                                         CREAMERY_COG_ABI,
                                         [](cog& context) -> void* { return new probe(context); },
                                         [](void* object) { delete static_cast<probe*>(object); },
                                         false,
                                         "",
                                         ""};

// -- the plain way --------------------------------------------------------------------------------------------------------

/// A cog that is given lines and calls its handlers, and nothing else.
struct plain_cog_state : cog_host {
  static inline const char* name = "benchmark.plain-cog";

  explicit plain_cog_state(cog_sink_actor::pointer)
    : context_(*this, "probe", "bot", "!", nlohmann::json::object(), make_logger("probe")), object_(context_) {
  }

  cog_sink_actor::behavior_type make_behavior() {
    return {[this](const cog_batch& batch) {
      for (const auto& line : batch.lines->lines) {
        irc_line view{batch.lines->memory->data(), line.index};
        for (const auto& [verb, handler] : context_.line_handlers())
          if (verb == view.verb())
            handler(view);
      }
    }};
  }

  void say(std::string_view, std::string_view, const say_options&) override {
  }

  std::optional<std::string> stored(std::string_view, std::string_view) override {
    return std::nullopt;
  }

  std::vector<std::pair<std::string, std::string>> stored_under(std::string_view, std::string_view, size_t) override {
    return {};
  }

  void store(value_change) override {
  }

  void call(helix::request, std::function<void(const helix::answer&)>) override {
  }

  cog context_;
  probe object_;
};

using line_taker = caf::typed_actor<caf::result<void>(chat_batch)>;

/// A router that looks at each line as the real one does, and hands them on at once.
struct plain_router_state {
  static inline const char* name = "benchmark.plain-router";

  plain_router_state(line_taker::pointer self, cog_sink_actor to) : self_(self), to_(std::move(to)) {
  }

  line_taker::behavior_type make_behavior() {
    return {[this](const chat_batch& batch) {
      auto now = self_->clock().now();
      auto content = std::make_shared<cog_batch::content>();
      content->memory = batch.memory;
      content->read_at = batch.read_at;
      for (const auto& index : batch.lines) {
        irc_line line{batch.memory->data(), index};
        if (!duplicates_.is_new(line, now) || line.verb() != irc_verb::privmsg)
          continue;
        if (!chat_message{line}.text_without_mention().starts_with('!'))
          content->lines.push_back({index});
      }
      self_->send(to_, cog_batch{1, std::move(content)});
    }};
  }

  line_taker::pointer self_;
  cog_sink_actor to_;
  duplicate_filter duplicates_{seen_lines::options{}};
};

// -- the product's way ------------------------------------------------------------------------------------------------------

router_actor start_router(caf::local_actor* self) {
  return self->spawn<router>("bot", kept<dispatcher>::make("!"), std::vector<std::string>{"probe"});
}

cog_actor start_cog(caf::local_actor* self, const router_actor& hub, const std::shared_ptr<cog_ledger>& ledger) {
  cog_identity identity{
    "bot", "bot", {}, "!", {"probe", nlohmann::json::object()}, ledger, ledger->take_over(clock_type::now())};
  auto made =
    self->spawn<cog_runner, caf::detached>(std::move(identity), std::make_shared<const cog_module>(descriptor));
  caf::anon_send(made, use_atom_v, hub);
  return made;
}

/// Where a supervisor's children are.
struct addresses {
  router_actor hub;
  cog_actor probe;
};

/// A bot without connections: supervises router and cog.
struct owner_state {
  static inline const char* name = "benchmark.owner";

  owner_state(supervising_actor::pointer self, std::shared_ptr<addresses> where)
    : self_(self), where_(std::move(where)), children_(self, make_logger("bot"), {.limit = {10, 1min}}) {
  }

  supervising_actor::behavior_type make_behavior() {
    supervision_settings policies;
    children_.add({"router", "router", policies.router, false, [this] {
                     where_->hub = start_router(self_);
                     return caf::actor_cast<caf::actor>(where_->hub);
                   }});
    children_.add({"cog probe", "cog", policies.cog, false, [this] {
                     where_->probe = start_cog(self_, where_->hub, ledger_);
                     return caf::actor_cast<caf::actor>(where_->probe);
                   }});
    children_.start();
    return children_.behavior<supervising_actor>([](drain_atom) { return true; });
  }

  supervising_actor::pointer self_;
  std::shared_ptr<addresses> where_;
  std::shared_ptr<cog_ledger> ledger_ = std::make_shared<cog_ledger>(1);
  supervisor<supervising_actor::base> children_;
};

using owner = caf::stateful_actor<owner_state, supervising_actor::base>;

// -- feeding ----------------------------------------------------------------------------------------------------------------

/// Real lines, each with an id of its own, in batches; and how many of them the probe gets.
struct chat {
  std::vector<chat_batch> batches;
  size_t wanted = 0;
};

chat make_chat(const benchmarks::capture& data) {
  chat result;
  std::vector<std::string> lines;
  auto flush = [&] {
    std::string bytes;
    chat_batch batch{"bot/irc-1", result.batches.size() + 1, 0, {}, {}};
    for (const auto& line : lines) {
      irc_index index;
      if (parse_irc(line, index) != irc_parse_error::none)
        continue;
      index.begin = static_cast<uint32_t>(bytes.size());
      irc_line view{line.data() - index.begin, index};
      if (view.verb() == irc_verb::privmsg && !chat_message{view}.text_without_mention().starts_with('!'))
        ++result.wanted;
      batch.lines.push_back(index);
      bytes += line;
    }
    batch.memory = slab::copy_of(bytes);
    result.batches.push_back(std::move(batch));
    lines.clear();
  };
  for (size_t copy = 0; copy < copies_of_capture; ++copy) {
    for (auto line : data.lines) {
      lines.emplace_back(line);
      for (const auto* tag : {";id=", "@id="})
        if (auto at = lines.back().find(tag); at != std::string::npos)
          lines.back().replace(at + 4, 8, fmt::format("{:08x}", copy));
      if (lines.size() == lines_per_batch)
        flush();
    }
  }
  if (!lines.empty())
    flush();
  return result;
}

/// Gives all batches to a router, so many at a time.
template <class Router>
void feed(caf::actor_system& system, const Router& to, const chat& all) {
  system.spawn([to, &all](caf::event_based_actor* self) {
    auto next = std::make_shared<size_t>(0);
    auto send = std::make_shared<std::function<void()>>();
    *send = [self, to, &all, next, send] {
      if (*next == all.batches.size()) {
        *send = nullptr; // or it would keep itself
        return;
      }
      self->request(to, caf::infinite, all.batches[(*next)++]).then([send] {
        if (*send)
          (*send)();
      });
    };
    for (size_t i = 0; i < window && *send; ++i)
      (*send)();
  });
}

struct cost {
  double wall_ns;
  double cpu_ns;
};

std::chrono::nanoseconds cpu_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto of = [](const timeval& t) { return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec}; };
  return of(used.ru_utime) + of(used.ru_stime);
}

/// Nanoseconds per line.
template <class Router>
cost measure(caf::actor_system& system, const Router& to, const chat& all) {
  seen.expect(all.wanted);
  auto wall = clock_type::now();
  auto cpu = cpu_time();
  feed(system, to, all);
  if (!seen.wait()) {
    std::cerr << "not all lines arrived: " << seen.count << " of " << all.wanted << '\n';
    std::exit(1);
  }
  auto lines = static_cast<double>(all.batches.size() * lines_per_batch);
  return {static_cast<double>((clock_type::now() - wall).count()) / lines,
          static_cast<double>((cpu_time() - cpu).count()) / lines};
}

// -- the three ways ---------------------------------------------------------------------------------------------------------

cost plain(caf::actor_system& system, const chat& all) {
  auto cog = system.spawn<caf::stateful_actor<plain_cog_state, cog_sink_actor::base>, caf::detached>();
  auto hub = system.spawn<caf::stateful_actor<plain_router_state, line_taker::base>>(cog);
  auto result = measure(system, hub, all);
  caf::anon_send_exit(hub, caf::exit_reason::kill);
  caf::anon_send_exit(cog, caf::exit_reason::kill);
  return result;
}

cost numbered(caf::actor_system& system, const chat& all) {
  caf::scoped_actor self{system};
  auto hub = start_router(self.ptr());
  auto probe = start_cog(self.ptr(), hub, std::make_shared<cog_ledger>(1));
  auto result = measure(system, hub, all);
  caf::anon_send_exit(hub, caf::exit_reason::kill);
  caf::anon_send_exit(probe, caf::exit_reason::kill);
  return result;
}

/// Starts router and cog below a supervisor; both are ready when this returns.
std::pair<supervising_actor, std::shared_ptr<addresses>> start_owner(caf::actor_system& system) {
  auto where = std::make_shared<addresses>();
  supervising_actor parent = system.spawn<owner>(where);
  caf::scoped_actor self{system};
  self->request(parent, caf::infinite, ready_atom_v).receive([] {}, [](const caf::error&) { std::exit(1); });
  return {parent, where};
}

cost supervised(caf::actor_system& system, const chat& all) {
  auto [parent, where] = start_owner(system);
  auto result = measure(system, where->hub, all);
  caf::anon_send_exit(parent, caf::exit_reason::user_shutdown);
  return result;
}

/// From a cog's death until the line that came right behind it has been handled by its successor.
clock_type::duration survive_death(caf::actor_system& system, const chat& all) {
  auto [parent, where] = start_owner(system);
  auto one = all.batches.front();
  one.lines.resize(1);
  seen.expect(1);
  caf::anon_send(where->hub, one);
  seen.wait();
  seen.expect(1);
  one = all.batches[1];
  one.lines.resize(1);
  auto begin = clock_type::now();
  caf::anon_send_exit(where->probe, caf::exit_reason::kill);
  caf::anon_send(where->hub, one);
  seen.wait();
  auto result = clock_type::now() - begin;
  caf::anon_send_exit(parent, caf::exit_reason::user_shutdown);
  return result;
}

template <class T>
T median(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double milliseconds(clock_type::duration d) {
  return std::chrono::duration<double, std::milli>{d}.count();
}

} // namespace

int main() {
  auto captures = benchmarks::load_captures();
  if (captures.empty()) {
    std::cout << "SKIPPED: no captures of real chat here (set CREAMERY_TEST_DATA)\n";
    return skipped;
  }
  caf::init_global_meta_objects<caf::id_block::creamery>();
  caf::core::init_global_meta_objects();
  set_up_log({.level = spdlog::level::off, .levels = {}, .console = false, .file = {}});
  auto all = make_chat(captures.front());
  caf::actor_system_config config;
  caf::actor_system system{config};

  struct way {
    const char* name;
    cost (*take)(caf::actor_system&, const chat&);
    std::vector<double> wall = {};
    std::vector<double> cpu = {};
  };

  std::vector<way> ways{{"plain", plain}, {"numbered", numbered}, {"supervised", supervised}};
  for (auto& one : ways) // once for the caches
    one.take(system, all);
  for (size_t round = 0; round < rounds; ++round) {
    std::cerr << "\rround " << round + 1 << " of " << rounds << std::flush;
    for (auto& one : ways) {
      auto [wall, cpu] = one.take(system, all);
      one.wall.push_back(wall);
      one.cpu.push_back(cpu);
    }
  }
  std::cerr << '\n';
  std::cout << fmt::format("{}: {} lines in batches of {}, medians of {} rounds in turn\n", captures.front().name,
                           all.batches.size() * lines_per_batch, lines_per_batch, rounds);
  std::cout << fmt::format("{:<12}{:>14}{:>14}{:>16}\n", "way", "CPU ns/line", "wall ns/line", "CPU, to plain");
  for (const auto& one : ways)
    std::cout << fmt::format("{:<12}{:>14.0f}{:>14.0f}{:>15.2f}x\n", one.name, median(one.cpu), median(one.wall),
                             median(one.cpu) / median(ways.front().cpu));

  std::vector<double> times;
  for (size_t i = 0; i < deaths; ++i)
    times.push_back(milliseconds(survive_death(system, all)));
  std::sort(times.begin(), times.end());
  std::cout << fmt::format(
    "a cog's death to its next line handled, {} deaths: median {:.1f} ms, 90 % {:.1f} ms, longest {:.1f} "
    "ms (of which the back-off is up to {} ms)\n",
    deaths, median(times), times[deaths * 9 / 10], times.back(),
    std::chrono::duration_cast<std::chrono::milliseconds>(supervision_settings::cog_worker().wait.first).count());
  return 0;
}
