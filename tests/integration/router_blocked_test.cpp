/// A router that answers nothing for ten seconds while Twitch sends as fast as it can: the socket must not be read on, the
/// server has to wait, memory stays bounded, the connection is kept; and when the router answers at last, every line arrives
/// exactly once and in order.
///
/// The connection actor, the net session and the simulator are the real ones; only the router is a double, because the real one
/// can't be made to block. Takes ten seconds by nature.

#include "actors/chat_connection.hpp"
#include "actors/init.hpp"
#include "actors/outbox.hpp"
#include "runtime/net/net_context.hpp"
#include "simulator/simulator.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>
#include <unistd.h>

using namespace creamery;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto blocked_for = 10s;
/// Some 25 MB of chat: far more than all buffers on the way hold.
constexpr uint64_t rounds = 20;
/// What may come on top of what the process had before the replay: the credit window, the simulator's queue for one client,
/// the kernel's buffers (which don't count), what the test itself writes down, and the allocator's liking.
constexpr size_t memory_allowed = size_t{48} << 20;

/// Sanitizers keep what was freed, so under them memory says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool judges_memory = false;
#else
constexpr bool judges_memory = true;
#endif

constexpr int skipped = 77;

void require(bool condition, const std::string& what) {
  if (condition)
    return;
  std::cerr << "FAILED: " << what << std::endl;
  std::_Exit(1); // threads and actors are in whatever state they are in
}

/// Asks until `condition` holds.
void wait_for(const std::function<bool()>& condition, const std::string& what, steady::duration deadline = 30s) {
  auto end = steady::now() + deadline;
  while (!condition()) {
    require(steady::now() < end, "not in time: " + what);
    std::this_thread::sleep_for(5ms);
  }
}

size_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  size_t total = 0;
  size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

/// A chat line as far as the test goes: verb, channel and id.
using line_name = std::string;

/// What reached the router; shared with it.
struct arrivals {
  std::mutex mutex;
  std::vector<line_name> lines;

  size_t size() {
    std::lock_guard guard{mutex};
    return lines.size();
  }
};

/// A router that can be told to answer from now on.
using test_router_actor = router_actor::extend<caf::result<void>(caf::ok_atom)>;

struct test_router_state {
  static inline const char* name = "test.router";

  test_router_state(test_router_actor::pointer self, std::shared_ptr<arrivals> seen)
    : self_(self), seen_(std::move(seen)) {
  }

  test_router_actor::behavior_type make_behavior() {
    return {
      [this](const chat_batch& batch) -> caf::result<void> {
        write_down(batch);
        if (answers_)
          return caf::unit;
        auto promise = self_->make_response_promise<void>();
        unanswered_.push_back(promise);
        return promise;
      },
      [](const cog_progress&, const cog_interest&, const cog_sink_actor&) {},
      [](const cog_progress&) {},
      [](own_login_atom, const std::string&) {},
      [](caf::get_atom) { return router_report{}; },
      [](ready_atom) {},
      [](drain_atom) { return true; },
      [this](caf::ok_atom) {
        answers_ = true;
        for (auto& one : unanswered_)
          one.deliver();
        unanswered_.clear();
      },
    };
  }

  void write_down(const chat_batch& batch) {
    std::lock_guard guard{seen_->mutex};
    for (const auto& index : batch.lines) {
      irc_line line{batch.memory->data(), index};
      auto verb = line.verb();
      if (verb == irc_verb::privmsg || verb == irc_verb::usernotice || verb == irc_verb::clearchat
          || verb == irc_verb::clearmsg)
        seen_->lines.push_back(std::string{line.command()} + " #" + std::string{line.channel()} + " "
                               + line.tag_text("id"));
    }
  }

  test_router_actor::pointer self_;
  std::shared_ptr<arrivals> seen_;
  bool answers_ = false;
  std::vector<caf::typed_response_promise<void>> unanswered_;
};

/// An account that is always able to log in.
account_directory_actor::behavior_type test_accounts() {
  return {
    [](caf::get_atom, const std::string&) {
      return credentials{"ann", secret{"sim-ann"}};
    },
    [](const std::string&, const login_refused& refused) { require(false, "the login was refused: " + refused.text); },
    [](const std::string&, const helix::request&) { return helix::answer{}; },
    [](follow_atom, const std::string&, const std::string&, const account_user_actor&) {},
  };
}

readiness_listener_actor::behavior_type test_owner() {
  return {[](const std::string&, const bot_ready&) {}};
}

std::filesystem::path test_data(const std::string& name) {
  const auto* variable = std::getenv("CREAMERY_TEST_DATA");
  auto folder = variable != nullptr && *variable != '\0'
                  ? std::filesystem::path{variable}
                  : std::filesystem::path{CREAMERY_SOURCE_DIR}.parent_path() / "shared" / "data";
  return folder / name;
}

/// What the simulator says it sent, and on how many connections.
std::vector<line_name> sent_lines(const simulator::simulator& twitch) {
  std::vector<line_name> lines;
  for (const auto& text : twitch.history()) {
    auto event = nlohmann::json::parse(text);
    if (event.at("event") == "line")
      lines.push_back(event.at("kind").get<std::string>() + " #" + event.at("channel").get<std::string>() + " "
                      + event.at("id").get<std::string>());
  }
  return lines;
}

void run(const std::filesystem::path& data) {
  simulator::options setup;
  setup.history_limit = 1'000'000;
  auto twitch = simulator::simulator::start(setup);
  require(static_cast<bool>(twitch), "the simulator starts");
  auto net = net_context::make({});
  require(static_cast<bool>(net), "the network thread starts");

  chat_settings settings;
  settings.server = *parse_endpoint((*twitch)->endpoint("irc"));
  // Short, so that a connection which isn't excused for not reading would be given up several times over.
  settings.session.ping_after = 1s;
  settings.session.pong_timeout = 1s;

  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  auto seen = std::make_shared<arrivals>();
  auto test_router = system.spawn<caf::stateful_actor<test_router_state, test_router_actor::base>>(seen);
  say_queue::options says;
  auto test_outbox = system.spawn<outbox>("ann", std::vector<std::string>{}, store_actor{},
                                          kept<outbox_memory>::make(says, std::make_shared<allowance_log>(says.limits),
                                                                    say_queue::time_point{}, settings.wall_clock));
  auto connection = system.spawn<chat_connection>(
    connection_identity{"ann/irc-1", "ann", "ann", system.spawn(test_accounts), system.spawn(test_owner), {"red"}},
    settings, open_with(**net, settings.net), kept<connection_memory>::make(settings));
  caf::anon_send(connection, use_atom_v, test_outbox);
  caf::anon_send(connection, use_atom_v, caf::actor_cast<router_actor>(test_router));
  wait_for([&] { return (*twitch)->members("red") == 1; }, "the connection is in #red");

  // -- blocked ----------------------------------------------------------------------------------------------------------

  auto before = resident_bytes();
  simulator::replay_request replay;
  replay.file = data.string();
  replay.speed = simulator::replay_request::speed_kind::fastest;
  replay.rounds = rounds;
  replay.channels = {"red"};
  require(static_cast<bool>((*twitch)->replay(replay)), "the replay starts");
  auto progress = [&] { return (*twitch)->replays().front(); };

  auto ends = steady::now() + blocked_for;
  auto peak = before;
  uint64_t sent_halfway = 0;
  while (steady::now() < ends) {
    peak = std::max(peak, resident_bytes());
    if (sent_halfway == 0 && steady::now() > ends - blocked_for / 2)
      sent_halfway = progress().sent;
    std::this_thread::sleep_for(20ms);
  }
  auto status = progress();
  auto queued = (*twitch)->connections().front().queued;
  std::cout << "blocked: " << status.sent << " of " << status.lines * rounds << " lines sent, " << seen->size()
            << " with the router, " << queued / 1024 << " KiB wait at the server, memory +" << (peak - before) / 1024
            << " KiB" << std::endl;
  require(status.state == "running" && status.sent < status.lines * rounds, "the server has to wait");
  require(status.sent == sent_halfway, "nothing more is read once the credit is used up");
  require(queued >= setup.output_limit / 4, "the server's queue for the client is full");
  require(!judges_memory || peak - before < memory_allowed, "memory is bounded");
  self->request(connection, 5s, caf::get_atom_v)
    .receive(
      [&](const connection_report& report) {
        require(report.dials == 1, "the connection is kept: it is us who don't read");
        require(report.lines_pending > 0, "the connection keeps what the router hasn't accounted for");
      },
      [](const caf::error& why) { require(false, "the connection answers: " + caf::to_string(why)); });

  // -- and free again ---------------------------------------------------------------------------------------------------

  caf::anon_send(test_router, caf::ok_atom_v);
  wait_for([&] { return progress().state == "done"; }, "the replay ends", 60s);
  wait_for([&] { return seen->size() >= progress().sent; }, "everything arrives", 60s);
  auto expected = sent_lines(**twitch);
  require(expected.size() == status.lines * rounds, "the history holds every line");
  {
    std::lock_guard guard{seen->mutex};
    auto [ours, theirs] = std::mismatch(seen->lines.begin(), seen->lines.end(), expected.begin(), expected.end());
    require(ours == seen->lines.end() && theirs == expected.end(),
            "each line arrives once and in order; the first that doesn't is number "
              + std::to_string(ours - seen->lines.begin() + 1));
  }
  require((*twitch)->counters().connections == 1, "it was one connection all the time");
  std::cout << "free: " << expected.size() << " lines arrived once and in order" << std::endl;

  for (const auto& one : {caf::actor_cast<caf::actor>(connection), caf::actor_cast<caf::actor>(test_router),
                          caf::actor_cast<caf::actor>(test_outbox)})
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  connection = nullptr;
  test_router = nullptr;
  test_outbox = nullptr;
  (*net)->stop();
}

} // namespace

int main() {
  auto data = test_data("chat-burst.irc");
  if (!std::filesystem::exists(data)) {
    std::cout << "SKIPPED: " << data.string() << " is absent" << std::endl;
    return skipped;
  }
  init_message_types();
  run(data);
  return 0;
}
