#include "simulator/simulator.hpp"

#include "simulator/engine.hpp"

#include <boost/asio/post.hpp>

#include <future>
#include <mutex>
#include <thread>

namespace creamery::simulator {

/// The engine and its thread.
class simulator::implementation {
public:
  explicit implementation(std::unique_ptr<engine> made)
    : engine_(std::move(made)), ports_(engine_->ports()), thread_([this] { engine_->run(); }) {
  }

  ~implementation() {
    stop();
  }

  void stop() {
    std::lock_guard guard{mutex_};
    if (!thread_.joinable())
      return;
    engine_->stop();
    thread_.join();
  }

  /// Runs `f(engine&)` in the engine's thread and waits for what it returns. Once that thread has ended, in this one.
  template <class F>
  auto call(F f) -> decltype(f(std::declval<engine&>())) {
    std::unique_lock guard{mutex_};
    if (!thread_.joinable())
      return f(*engine_);
    using task_type = std::packaged_task<decltype(f(std::declval<engine&>()))()>;
    auto task = std::make_shared<task_type>([&] { return f(*engine_); });
    auto done = task->get_future();
    net::post(engine_->io(), [task] { (*task)(); });
    // Held until then, so that the thread doesn't end before the task has run.
    return done.get();
  }

  const engine& idle_engine() const noexcept {
    return *engine_;
  }

  const port_list& ports() const noexcept {
    return ports_;
  }

private:
  std::unique_ptr<engine> engine_;
  port_list ports_;
  std::mutex mutex_;
  std::thread thread_;
};

simulator::simulator(std::unique_ptr<implementation> impl) : impl_(std::move(impl)) {
}

simulator::~simulator() = default;

result<std::unique_ptr<simulator>> simulator::start(options setup) {
  auto made = engine::make(std::move(setup));
  if (!made)
    return made.error();
  return std::unique_ptr<simulator>{new simulator(std::make_unique<implementation>(std::move(*made)))};
}

void simulator::stop() {
  impl_->stop();
}

const port_list& simulator::ports() const noexcept {
  return impl_->ports();
}

std::string simulator::endpoint(const std::string& transport) const {
  const auto& p = ports();
  if (transport == "events")
    return "ws://localhost:" + std::to_string(p.events) + "/ws";
  if (transport == "secure events")
    return "wss://localhost:" + std::to_string(p.secure_events) + "/ws";
  auto port = transport == "ws"     ? p.ws
              : transport == "wss"  ? p.wss
              : transport == "irc"  ? p.irc
              : transport == "ircs" ? p.ircs
              : transport == "http" ? p.http
                                    : p.https;
  return transport + "://localhost:" + std::to_string(port);
}

std::string simulator::control_url() const {
  return "http://localhost:" + std::to_string(ports().control);
}

const std::string& simulator::ca_certificate() const noexcept {
  return impl_->idle_engine().ca_certificate(); // never changes
}

const std::string& simulator::ca_file() const noexcept {
  return impl_->idle_engine().setup().ca_file; // nor does this
}

result<bool> simulator::account(account_request request) {
  return impl_->call([&](engine& x) { return x.chat().apply(request, clock::now()); });
}

bool simulator::revoke(const std::string& token) {
  return impl_->call([&](engine& x) { return x.chat().revoke(token, clock::now()); });
}

size_t simulator::revoke_all(const std::string& login, const std::string& client_id) {
  return impl_->call([&](engine& x) { return x.chat().revoke_all(login, client_id, clock::now()); });
}

result<bool> simulator::client(client_request request) {
  return impl_->call([&](engine& x) { return x.web().id().apply(request, clock::now()); });
}

result<bool> simulator::consent(consent_request request) {
  return impl_->call([&](engine& x) { return x.web().id().apply(request); });
}

result<granted_tokens> simulator::grant(grant_request request) {
  return impl_->call([&](engine& x) { return x.web().id().grant(request, clock::now()); });
}

result<bool> simulator::settings(api_settings_request request) {
  return impl_->call([&](engine& x) { return x.web().apply(request); });
}

result<bool> simulator::stream(stream_request request) {
  return impl_->call([&](engine& x) { return x.web().helix().world().apply(request, clock::now()); });
}

result<bool> simulator::room(room_request request) {
  return impl_->call([&](engine& x) { return x.chat().apply(request, clock::now()); });
}

result<std::string> simulator::say(say_request request) {
  return impl_->call([&](engine& x) { return x.chat().say(request, clock::now()); });
}

result<bool> simulator::raid(raid_request request) {
  return impl_->call([&](engine& x) { return x.raid(std::move(request)); });
}

result<std::string> simulator::notice(notice_request request) {
  return impl_->call([&](engine& x) { return x.chat().notice(request, clock::now()); });
}

result<bool> simulator::clear(clear_request request) {
  return impl_->call([&](engine& x) { return x.chat().clear(request, clock::now()); });
}

result<uint64_t> simulator::replay(replay_request request) {
  // Read here, so that chat goes on meanwhile.
  auto file = request.lines.empty() ? replay_file::load(request.file) : replay_file::parse(request.lines, "lines");
  if (!file)
    return file.error();
  auto shared = std::make_shared<const replay_file>(std::move(*file));
  return impl_->call([&](engine& x) { return x.replay(shared, std::move(request)); });
}

std::vector<replay_status> simulator::replays() const {
  return impl_->call([](engine& x) { return x.replays(); });
}

bool simulator::stop_replay(uint64_t id) {
  return impl_->call([&](engine& x) { return x.stop_replay(id); });
}

void simulator::fall_silent() {
  impl_->call([](engine& x) { x.fall_silent(); });
}

result<size_t> simulator::cause(fault what) {
  return impl_->call([&](engine& x) { return x.chat().cause(what, clock::now()); });
}

void simulator::clear_faults() {
  impl_->call([](engine& x) { x.chat().clear_faults(clock::now()); });
}

struct counters simulator::counters() const {
  return impl_->call([](engine& x) { return x.chat().counters(); });
}

std::vector<connection_info> simulator::connections() const {
  return impl_->call([](engine& x) { return x.connections(); });
}

size_t simulator::members(const std::string& channel) const {
  return impl_->call([&](engine& x) {
    auto where = x.chat().find_room(channel);
    return where ? where->members.size() : 0;
  });
}

std::vector<std::string> simulator::history(uint64_t from, size_t limit) const {
  return impl_->call([&](engine& x) { return x.log().lines(from, limit); });
}

void simulator::on_event(std::function<void(const std::string& json)> observer) {
  impl_->call([&](engine& x) { x.log().observe(std::move(observer)); });
}

} // namespace creamery::simulator
