#include "actors/authorizer.hpp"
#include "actors/supervisor.hpp"
#include "actors/vault.hpp"
#include "config/did_you_mean.hpp"
#include "config/twitch_scopes.hpp"
#include "runtime/admin/http_get.hpp"
#include "runtime/oauth/granted_token.hpp"
#include "runtime/program/browser.hpp"
#include "runtime/program/commands.hpp"
#include "runtime/program/grant_plan.hpp"
#include "runtime/program/identity_client.hpp"
#include "runtime/program/logging.hpp"
#include "runtime/program/proxy_plan.hpp"
#include "runtime/program/signals.hpp"
#include "runtime/store/store_folder.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>

namespace creamery {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// How long an answer of the identity server may take: a little longer than its client waits.
constexpr auto answer_timeout = seconds{20};
constexpr auto glance = milliseconds{100};

int refuse(const std::string& why) {
  std::cerr << "creamery auth: " << why << '\n';
  return 1;
}

/// What an authorisation needs: the way to Twitch, and the place for the token.
struct workshop {
  std::unique_ptr<net_context> net;
  std::unique_ptr<identity_client> identity;
  std::shared_ptr<token_vault> vault;
};

result<workshop> open_workshop(const configuration& config) {
  http_client_options http;
  auto proxy = proxy_of(config.endpoints);
  if (!proxy)
    return proxy.error();
  http.proxy = *proxy;
  workshop made;
  auto net = net_context::make(
    {.ca_file = config.endpoints.ca_file.string(), .ca_certificates = {}, .proxies = proxy_rules_from_environment()});
  if (!net)
    return net.error();
  made.net = std::move(*net);
  auto identity = identity_client::make(*made.net, config.endpoints.id, http);
  if (!identity)
    return identity.error();
  made.identity = std::move(*identity);
  if (auto failed = make_store_folder(config.store.path)) // the service may be running, which has locked it
    return *failed;
  auto vault = token_vault::open(config.store.path, config.key);
  if (!vault)
    return vault.error();
  made.vault = std::move(*vault);
  return made;
}

/// The token that is there already; generation 0: there is none, or the vault can't be read now.
stored_token stored_for(const grant_wanted& what, token_vault& vault) {
  auto login = what.login;
  if (login.empty())
    if (auto chosen = vault.login_of(what.bot); chosen && *chosen)
      login = **chosen;
  auto present = vault.find(what.client_id, login);
  return present && *present ? **present : stored_token{};
}

/// What may stay: a token that is granted anew should allow whatever the old one did.
void keep_scopes(grant_wanted& what, token_vault& vault) {
  for (const auto& scope : stored_for(what, vault).scopes)
    if (std::find(what.scopes.begin(), what.scopes.end(), scope) == what.scopes.end())
      what.scopes.push_back(scope);
}

std::string names_of(const std::vector<bot_config>& bots) {
  std::string all;
  for (const auto& one : bots)
    all += (all.empty() ? "" : ", ") + one.name;
  return all;
}

/// What is to be granted, or why that can't be.
result<grant_wanted> plan_grant(const configuration& config, const auth_arguments& arguments) {
  auto bot =
    std::find_if(config.bots.begin(), config.bots.end(), [&](const auto& x) { return x.name == arguments.bot; });
  if (bot == config.bots.end())
    return failure{"", "there is no bot '" + arguments.bot + "'; there are: " + names_of(config.bots)};
  if (bot->anonymous)
    return failure{"", "bot '" + bot->name + "' is anonymous: it reads without an account"};
  auto id = variable_name(bot->name, "CLIENT_ID");
  if (bot->client_id.empty())
    return failure{"", id + " is not set: register an application at dev.twitch.tv/console with the redirect URL "
                         + oauth::redirect_uri(bot->auth_port) + ", and put its id and secret into .env as " + id
                         + " and " + variable_name(bot->name, "CLIENT_SECRET")};
  if (bot->client_secret.empty() && !arguments.device)
    return failure{"", variable_name(bot->name, "CLIENT_SECRET")
                         + " is not set: an application without a secret can only use --device"};
  const auto* cog_path = std::getenv("CREAMERY_COG_PATH");
  module_loader modules{module_loader::usual_directories(cog_path ? cog_path : "")};
  auto needs = needs_of(*bot, modules);
  for (const auto& cog : bot->cogs)
    if (auto module = modules.load(cog.name); !module && bot->scopes.empty())
      std::cerr << "creamery auth: what the cog '" << cog.name
                << "' needs isn't known, and not asked for: " << to_string(module.error()) << '\n';
  if (arguments.channel.empty())
    return grant_for(*bot, needs.scopes);
  return for_channel(grant_for(*bot, needs.broadcaster_scopes), arguments.channel);
}

int done(const grant_wanted& what, const std::string& login) {
  std::cout << what.name() << " is authorised as " << login
            << ". A service that is running takes it up by itself; otherwise: creamery run\n";
  return 0;
}

/// Somebody else has the port: if it is the running service, which leads through the same authorisation, its page is as good.
int use_running_service(const grant_wanted& what, token_vault& vault, bool open_browser,
                        const termination_signals& signals, const std::string& why_not) {
  auto overview = http_get("localhost", what.port, "/", seconds{3});
  if (!overview || overview->find("href=\"/start/" + what.name() + "\"") == std::string::npos)
    return refuse(why_not
                  + " (if it is the running service: it waits for other authorisations there first; or take --device)");
  const auto before = stored_for(what, vault);
  std::cout << "The running service leads through it. Open: " << oauth::start_url(what) << std::endl;
  if (open_browser)
    show_in_browser(oauth::start_url(what));
  while (!signals.wait(glance)) {
    if (!vault.was_changed_by_others())
      continue;
    if (auto token = stored_for(what, vault); token.generation > 0 && token.access_token != before.access_token)
      return done(what, token.login);
  }
  return refuse("interrupted");
}

int authorize_in_browser(workshop& with, const grant_wanted& what, bool open_browser,
                         const termination_signals& signals) {
  caf::actor_system_config options;
  caf::actor_system system{options};
  auto storage = system.spawn<vault, caf::detached>(with.vault);
  auto guide = system.spawn<authorizer, caf::detached>(*with.identity, storage);
  auto outcome = std::make_shared<std::promise<result<std::string>>>();
  auto answer = outcome->get_future();
  system.spawn([=](caf::event_based_actor* self) {
    self->request(guide, caf::infinite, grant_atom_v, what)
      .then([outcome](const std::string& login) { outcome->set_value(login); },
            [outcome](const caf::error& why) {
              outcome->set_value(failure{"", reason_of(why)});
            });
  });
  auto finish = [&](int status) {
    caf::anon_send_exit(guide, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(storage, caf::exit_reason::user_shutdown);
    return status;
  };
  // That the port is busy is known at once; until then nothing is said.
  if (answer.wait_for(glance) != std::future_status::ready) {
    std::cout << "Open this address in a browser on this machine, and log in at Twitch as "
              << (what.login.empty() ? "the bot's account" : "'" + what.login + "'") << ":\n\n  "
              << oauth::start_url(what) << "\n\nWaiting … (Ctrl-C ends it; on a server without a browser: --device)"
              << std::endl;
    if (open_browser)
      show_in_browser(oauth::start_url(what));
    while (answer.wait_for(seconds{0}) != std::future_status::ready)
      if (signals.wait(glance))
        return finish(refuse("interrupted"));
  }
  auto granted = answer.get();
  if (granted)
    return finish(done(what, *granted));
  if (granted.error().cause.starts_with("port "))
    return finish(use_running_service(what, *with.vault, open_browser, signals, granted.error().cause));
  return finish(refuse("not authorised: " + granted.error().cause));
}

oauth::exchange ask(oauth::identity_server& server, oauth::request what) {
  auto promise = std::make_shared<std::promise<oauth::exchange>>();
  auto answer = promise->get_future();
  server.ask(std::move(what), [promise](oauth::exchange x) { promise->set_value(std::move(x)); });
  if (answer.wait_for(answer_timeout) != std::future_status::ready)
    return {0, {}, "no answer in time", true};
  return answer.get();
}

/// Asks whether the code was entered, until it was, or can't be any more.
result<oauth::grant> wait_for_device(oauth::identity_server& server, const oauth::client& app, const grant_wanted& what,
                                     const oauth::device_offer& offer, const termination_signals& signals) {
  auto end = std::chrono::steady_clock::now() + offer.lifetime;
  auto unanswered = 0;
  while (std::chrono::steady_clock::now() < end) {
    if (signals.wait(offer.interval))
      return failure{"", "interrupted"};
    auto answer = read(ask(server, oauth::poll_device(app, offer.device_code, what.scopes)), oauth::read_grant);
    if (auto* granted = std::get_if<oauth::grant>(&answer))
      return std::move(*granted);
    const auto& why = std::get<oauth::refusal>(answer);
    if (why.what == oauth::refusal::kind::pending) {
      std::cout << '.' << std::flush;
    } else if (why.what == oauth::refusal::kind::unavailable) {
      std::cout << '?' << std::flush;
      if (++unanswered == 20)
        return failure{"", "Twitch doesn't answer: " + why.text};
      continue;
    } else {
      return failure{"", "the code was refused, used or denied: " + why.text};
    }
    unanswered = 0;
  }
  return failure{"", "the code was not entered in time"};
}

int authorize_device(workshop& with, const grant_wanted& what, const termination_signals& signals) {
  const oauth::client app{what.client_id, what.client_secret};
  auto offered = read(ask(*with.identity, oauth::start_device(app, what.scopes)), oauth::read_device_offer);
  if (const auto* refused = std::get_if<oauth::refusal>(&offered))
    return refuse("Twitch gives no code: " + refused->text);
  const auto& offer = std::get<oauth::device_offer>(offered);
  std::cout << "On any device, log in at Twitch as "
            << (what.login.empty() ? "the bot's account" : "'" + what.login + "'") << " and open:\n\n  "
            << offer.verification_uri << "\n\nThe code is  " << offer.user_code << "  and good for "
            << offer.lifetime.count() / 60 << " minutes. Waiting " << std::flush;
  auto granted = wait_for_device(*with.identity, app, what, offer, signals);
  std::cout << std::endl;
  if (!granted)
    return refuse("not authorised: " + granted.error().cause);
  auto token = oauth::make_token(*granted);
  auto facts = read(ask(*with.identity, oauth::validate(token.access_token)), oauth::read_facts);
  if (auto problem = oauth::complete_token(token, what, facts, unix_milliseconds()); !problem.empty()) {
    ask(*with.identity, oauth::revoke(what.client_id, token.access_token));
    return refuse("not authorised: " + problem);
  }
  auto stored = with.vault->grant(std::move(token), what.login.empty() ? what.bot : "");
  if (!stored)
    return refuse("the token can't be stored: " + to_string(stored.error()));
  return done(what, stored->login);
}

} // namespace

int authorize(const auth_arguments& arguments) {
  termination_signals signals;
  auto config = load_or_complain(arguments.config);
  if (!config)
    return 1;
  set_up_log({.level = spdlog::level::off, .levels = {}, .console = false, .file = {}}); // what matters is said here
  auto what = plan_grant(*config, arguments);
  if (!what)
    return refuse(what.error().cause);
  auto with = open_workshop(*config);
  if (!with)
    return refuse(to_string(with.error()));
  keep_scopes(*what, *with->vault);
  if (what->scopes.size() >= twitch_scopes.size())
    std::cerr
      << "creamery auth: all scopes there are will be asked for; Twitch may suspend applications that ask for more "
         "than they use\n";
  if (arguments.device)
    return authorize_device(*with, *what, signals);
  return authorize_in_browser(*with, *what, !arguments.no_browser, signals);
}

} // namespace creamery
