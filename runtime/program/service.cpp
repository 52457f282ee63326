#include "runtime/program/service.hpp"

#include "actors/node.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/program/bot_plan.hpp"

#include <utility>

namespace creamery {

class service::implementation {
public:
  implementation(std::unique_ptr<net_context> net, std::vector<std::filesystem::path> cog_directories,
                 chat_settings chat, bot_plan plan)
    : net_(std::move(net)), modules_(std::move(cog_directories)), environment_{*net_, modules_, std::move(chat), {}, {}},
      system_(config_) {
    node_ = system_.spawn<node>(std::move(plan.accounts), std::move(plan.bots), environment_);
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

  void stop() {
    if (!node_)
      return;
    caf::anon_send_exit(std::exchange(node_, nullptr), caf::exit_reason::user_shutdown);
    system_.await_all_actors_done();
    net_->stop();
  }

private:
  std::unique_ptr<net_context> net_;
  module_loader modules_;
  runtime_environment environment_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  node_actor node_;
};

result<std::unique_ptr<service>> service::start(const configuration& config, const options& extra) {
  auto server = parse_endpoint(config.endpoints.irc);
  if (!server)
    return server.error();
  chat_settings chat;
  chat.server = *server;
  if (!config.endpoints.proxy.empty()) {
    auto proxy = parse_proxy(config.endpoints.proxy);
    if (!proxy)
      return failure{"endpoints.proxy", proxy.error().cause};
    chat.net.proxy = *proxy;
  }
  auto net = net_context::make({.ca_file = config.endpoints.ca_file.string(),
                                .ca_certificates = extra.ca_certificates,
                                .proxies = proxy_rules_from_environment()});
  if (!net)
    return net.error();
  return std::unique_ptr<service>{
    new service{std::make_unique<implementation>(std::move(*net), module_loader::usual_directories(extra.cog_path),
                                                 std::move(chat), plan_bots(config))}};
}

service::service(std::unique_ptr<implementation> impl) : impl_(std::move(impl)) {
}

service::~service() = default;

std::optional<node_report> service::report(std::chrono::milliseconds timeout) {
  return impl_->report(timeout);
}

void service::stop() {
  impl_->stop();
}

} // namespace creamery
