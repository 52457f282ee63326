#include "runtime/program/service.hpp"

#include "actors/node.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/program/admin_api.hpp"
#include "runtime/program/bot_plan.hpp"
#include "runtime/program/helix_connection.hpp"
#include "runtime/program/identity_client.hpp"
#include "runtime/program/proxy_plan.hpp"
#include "runtime/program/store_plan.hpp"
#include "runtime/program/supervision_plan.hpp"
#include "runtime/program/test_settings.hpp"
#include "runtime/store/durable_store.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

namespace creamery {

namespace {

/// One worker for each core, which sleeps until there is something to do instead of polling for it, and actors that take turns
/// (decision 0008). Three at least: cogs that say they never wait, and do, keep one each until the process ends.
caf::actor_system_config& for_bursts(caf::actor_system_config& config) {
  config.set("caf.scheduler.policy", "sharing");
  config.set("caf.scheduler.max-throughput", size_t{50});
  config.set("caf.scheduler.max-threads", size_t{std::max(3U, std::thread::hardware_concurrency())});
  return config;
}

/// How long actors may take to end.
constexpr auto stop_timeout = std::chrono::seconds{3};

} // namespace

class service::implementation {
public:
  implementation(std::unique_ptr<net_context> net, std::unique_ptr<identity_client> identity,
                 std::unique_ptr<helix_connection> helix, std::unique_ptr<module_loader> modules,
                 test_settings settings, bot_plan plan, std::vector<webhook_settings> webhooks,
                 supervision_settings supervision, opened_store store, std::function<void()> on_failure)
    : store_(std::move(store.folder)),
      net_(std::move(net)),
      identity_(std::move(identity)),
      helix_(std::move(helix)),
      modules_(std::move(modules)),
      environment_{*net_,
                   *modules_,
                   memory_,
                   std::move(settings.chat),
                   settings.say,
                   {},
                   std::move(supervision),
                   std::move(store.settings),
                   {identity_.get(), std::move(store.vault), settings.tokens, helix_.get()},
                   std::move(settings.eventsub),
                   std::move(webhooks),
                   std::move(settings.pubsub)},
      system_(for_bursts(config_)) {
    node_ = system_.spawn<node>(std::move(plan.accounts),
                                std::make_shared<const broadcaster_settings>(std::move(plan.broadcasters)),
                                std::move(plan.bots), environment_);
    node_->attach_functor([this, tell = std::move(on_failure)] {
      if (!stopping_ && tell)
        tell();
    });
  }

  /// Without the pages the bots go on all the same.
  void open_admin(const admin_config& config, bool faults) {
    auto log = make_logger("admin");
    auto started = http_server::start(config.host, config.port, make_admin_api(system_, node_, {config.token, faults}));
    if (!started)
      return log->error("no admin pages: {}", to_string(started.error()));
    admin_ = std::move(*started);
    log->info("admin pages at http://{}:{}",
              config.host.find(':') == std::string::npos ? config.host : "[" + config.host + "]", admin_->port());
    if (faults)
      log->warn("faults may be planted over HTTP: this is for tests only");
  }

  ~implementation() {
    stop();
  }

  std::optional<node_report> report(std::chrono::milliseconds timeout) {
    std::optional<node_report> result;
    caf::scoped_actor self{system_};
    self->request(node_, caf::timespan{timeout}, caf::get_atom_v)
      .receive([&](node_report& x) { result = std::move(x); }, [](const caf::error&) {});
    return result;
  }

  std::future<bool> drain() {
    auto promise = std::make_shared<std::promise<bool>>();
    auto done = promise->get_future();
    system_.spawn([promise = std::move(promise), node = node_](caf::event_based_actor* self) {
      self->request(node, caf::infinite, drain_atom_v)
        .then([promise](bool drained) { promise->set_value(drained); },
              [promise](const caf::error&) { promise->set_value(false); });
    });
    return done;
  }

  bool stop() {
    if (!node_)
      return ended_;
    stopping_ = true;
    admin_.reset();
    caf::anon_send_exit(std::exchange(node_, nullptr), caf::exit_reason::user_shutdown);
    ended_ = all_actors_end();
    net_->stop();
    return ended_;
  }

private:
  /// Waits until no actor is running any more, but not for ever: a cog may be stuck in its own code.
  bool all_actors_end() {
    auto deadline = std::chrono::steady_clock::now() + stop_timeout;
    while (system_.registry().running() > 0) {
      if (std::chrono::steady_clock::now() >= deadline)
        return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
  }

  std::unique_ptr<store_folder> store_;
  std::unique_ptr<net_context> net_;
  std::unique_ptr<identity_client> identity_;
  std::unique_ptr<helix_connection> helix_;
  std::unique_ptr<module_loader> modules_;
  kept_states memory_;
  runtime_environment environment_;
  std::atomic<bool> stopping_ = false;
  caf::actor_system_config config_;
  caf::actor_system system_;
  node_actor node_;
  std::unique_ptr<http_server> admin_;
  bool ended_ = true;
};

result<std::unique_ptr<service>> service::start(const configuration& config, const options& extra) {
  auto server = parse_endpoint(config.endpoints.irc);
  if (!server)
    return server.error();
  test_settings settings; // as the product has them, unless a test says otherwise
  auto& chat = settings.chat;
  chat.server = *server;
  auto proxy = proxy_of(config.endpoints);
  if (!proxy)
    return proxy.error();
  chat.net.proxy = *proxy;
  if (const auto* text = std::getenv(test_settings_variable)) {
    auto changed = with_test_settings(std::move(settings), text);
    if (!changed)
      return changed.error();
    settings = std::move(*changed);
  }
  auto event_server = parse_endpoint(config.endpoints.eventsub);
  if (!event_server)
    return event_server.error();
  settings.eventsub.server = *event_server;
  settings.eventsub.session.encrypted = event_server->is_encrypted();
  settings.eventsub.net.whole_messages = true;
  settings.eventsub.net.proxy = *proxy;
  auto pubsub_server = parse_endpoint(config.endpoints.pubsub);
  if (!pubsub_server)
    return pubsub_server.error();
  settings.pubsub.server = *pubsub_server;
  settings.pubsub.net = settings.eventsub.net;
  auto net = net_context::make({.ca_file = config.endpoints.ca_file.string(),
                                .ca_certificates = extra.ca_certificates,
                                .proxies = proxy_rules_from_environment()});
  if (!net)
    return net.error();
  opened_store store;
  if (!extra.bots_only) {
    auto opened = open_store(config.store.path, config.key);
    if (!opened)
      return opened.error();
    store = std::move(*opened);
  } else {
    auto opened = durable_store::open({});
    if (!opened)
      return opened.error();
    store.settings.durable = std::move(*opened);
  }
  auto identity = identity_client::make(**net, config.endpoints.id, {.timeouts = {}, .proxy = chat.net.proxy});
  if (!identity)
    return identity.error();
  auto helix = helix_connection::make(**net, config.endpoints.helix, {.timeouts = {}, .proxy = chat.net.proxy});
  if (!helix)
    return helix.error();
  auto modules = std::make_unique<module_loader>(module_loader::usual_directories(extra.cog_path));
  auto webhooks = plan_webhooks(config, store.vault.get());
  if (!webhooks)
    return webhooks.error();
  auto plan = plan_bots(config, *webhooks, store.vault.get(), *modules, store.settings.guilty.get());
  auto impl = std::make_unique<implementation>(
    std::move(*net), std::move(*identity), std::move(*helix), std::move(modules), std::move(settings), std::move(plan),
    std::move(webhooks->ports), plan_supervision(config.supervision), std::move(store), extra.on_failure);
  if (!extra.bots_only)
    impl->open_admin(config.admin, extra.faults);
  return std::unique_ptr<service>{new service{std::move(impl)}};
}

service::service(std::unique_ptr<implementation> impl) : impl_(std::move(impl)) {
}

service::~service() = default;

std::optional<node_report> service::report(std::chrono::milliseconds timeout) {
  return impl_->report(timeout);
}

std::future<bool> service::drain() {
  return impl_->drain();
}

bool service::stop() {
  return impl_->stop();
}

} // namespace creamery
