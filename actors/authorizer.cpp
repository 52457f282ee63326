#include "actors/authorizer.hpp"

#include "actors/exceptions.hpp"
#include "actors/supervisor.hpp"
#include "runtime/admin/own_name.hpp"
#include "runtime/oauth/granted_token.hpp"
#include "runtime/oauth/pages.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// Between two attempts to listen on a port that somebody else has: perhaps `creamery auth`, which will be done soon.
constexpr auto port_pause = std::chrono::seconds{5};
constexpr auto vault_timeout = std::chrono::seconds{15};

http_response web_page(unsigned status, std::string html) {
  return {status, "text/html; charset=utf-8", std::move(html)};
}

} // namespace

authorizer_state::authorizer_state(authorizer_actor::pointer self, oauth::identity_server& server, vault_actor vault)
  : self_(self),
    server_(server),
    vault_(std::move(vault)),
    log_(make_logger("auth")),
    flow_(server.base(), oauth::random_state) {
}

authorizer_actor::behavior_type authorizer_state::make_behavior() {
  end_with_exceptions(self_);
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](want_atom, const grant_wanted& what) { want(what); },
    [this](unwant_atom, const std::string& name) { unwant(name); },
    [this](grant_atom, const grant_wanted& what) -> caf::result<std::string> {
      want(what);
      if (busy_ports_.contains(what.port)) {
        unwant(what.name());
        return caf::make_error(caf::sec::cannot_open_port,
                               "port " + std::to_string(what.port) + " is used by another program");
      }
      auto promise = self_->make_response_promise<std::string>();
      waiting_.emplace(what.name(), promise);
      return promise;
    },
    [this](use_atom, const vault_actor& vault) { vault_ = vault; },
    [this](const browser_visit& from) { visit(from); },
    [this](const identity_answer& answer) {
      if (auto question = questions_.extract(answer.question); !question.empty())
        question.mapped()(answer.content);
    },
    [this](caf::tick_atom) {
      will_retry_ = false;
      open_ports();
    },
  };
}

void authorizer_state::want(const grant_wanted& what) {
  flow_.want(what);
  open_ports();
}

void authorizer_state::unwant(const std::string& name) {
  flow_.forget(name);
  open_ports();
}

void authorizer_state::open_ports() {
  std::set<uint16_t> wanted;
  for (const auto& [name, what] : flow_.wanted())
    wanted.insert(what.port);
  std::erase_if(ports_, [&](const auto& x) { return !wanted.contains(x.first); });
  std::erase_if(busy_ports_, [&](auto port) { return !wanted.contains(port); });
  for (auto port : wanted) {
    if (ports_.contains(port))
      continue;
    auto started = http_server::start("127.0.0.1", port,
                                      [me = authorizer_actor{self_}](const http_request& request, http_reply reply) {
                                        caf::anon_send(me, browser_visit{request, std::move(reply)});
                                      });
    if (started) {
      ports_.emplace(port, std::move(*started));
      busy_ports_.erase(port);
      log_->info("authorisations can be given at {}", oauth::redirect_uri(port));
      continue;
    }
    if (busy_ports_.insert(port).second)
      log_->warn("no authorisation can be given at {}: {}", oauth::redirect_uri(port), to_string(started.error()));
    if (!std::exchange(will_retry_, true))
      self_->delayed_send(self_, port_pause, caf::tick_atom_v);
  }
}

void authorizer_state::visit(const browser_visit& from) {
  const auto& request = from.request;
  if (!is_own_name(request.host))
    return from.reply(web_page(403, oauth::error_page("Not here", "This server answers to localhost only.")));
  if (request.method != "GET")
    return from.reply(web_page(405, oauth::error_page("Not like this", "Pages can only be looked at here.")));
  std::string_view target = request.target;
  auto end = std::min(target.find('?'), target.size());
  auto outcome =
    flow_.visit(target.substr(0, end), target.substr(std::min(end + 1, target.size())), self_->clock().now());
  if (auto* page = std::get_if<oauth::page>(&outcome))
    return from.reply(web_page(page->status, std::move(page->html)));
  if (auto* away = std::get_if<oauth::redirect>(&outcome)) {
    auto answer = web_page(302, {});
    answer.location = std::move(away->url);
    return from.reply(std::move(answer));
  }
  if (auto* denied = std::get_if<oauth::grant_denied>(&outcome))
    return fail(denied->what, from.reply, denied->why);
  on_code(std::get<oauth::code_received>(outcome), from.reply);
}

void authorizer_state::on_code(const oauth::code_received& received, const http_reply& reply) {
  auto x = std::make_shared<exchange_state>(exchange_state{received.what, reply, {}});
  const oauth::client app{x->what.client_id, x->what.client_secret};
  ask(oauth::exchange_code(app, received.code, oauth::redirect_uri(x->what.port)),
      [this, x](const oauth::exchange& answer) { on_grant(x, answer); });
}

void authorizer_state::on_grant(const exchange_pointer& x, const oauth::exchange& answer) {
  auto granted = read(answer, oauth::read_grant);
  if (const auto* refused = std::get_if<oauth::refusal>(&granted))
    return fail(x->what, x->reply, "Twitch gives no token for the code: " + refused->text);
  x->token = oauth::make_token(std::get<oauth::grant>(granted));
  ask(oauth::validate(x->token.access_token), [this, x](const oauth::exchange& reply) { on_facts(x, reply); });
}

void authorizer_state::on_facts(const exchange_pointer& x, const oauth::exchange& answer) {
  auto problem = oauth::complete_token(x->token, x->what, read(answer, oauth::read_facts), unix_milliseconds());
  if (!problem.empty()) {
    // It is of no use to anybody, and given back before the owner is told: `creamery auth` ends then. Whether Twitch could be reached for
    // that doesn't matter much.
    return ask(oauth::revoke(x->what.client_id, x->token.access_token),
               [this, x, problem](const oauth::exchange&) { fail(x->what, x->reply, problem); });
  }
  store(x);
}

void authorizer_state::store(const exchange_pointer& x) {
  self_
    ->request(vault_, vault_timeout, grant_atom_v, x->token,
              x->what.login.empty() && x->what.channel.empty() ? x->what.bot : std::string{})
    .then(
      [this, x](const stored_token& token) {
        log_->info("{} is authorised as {}", x->what.name(), token.login);
        x->reply(web_page(200, oauth::success_page(x->what, token.login)));
        auto [first, last] = waiting_.equal_range(x->what.name());
        std::for_each(first, last, [&](auto& one) { one.second.deliver(token.login); });
        waiting_.erase(first, last);
        unwant(x->what.name());
      },
      [this, x](const caf::error& why) { fail(x->what, x->reply, "the token can't be stored: " + reason_of(why)); });
}

void authorizer_state::fail(const grant_wanted& what, const http_reply& reply, const std::string& why) {
  log_->warn("{} was not authorised: {}", what.name(), why);
  auto [first, last] = waiting_.equal_range(what.name());
  auto may_try_again = first == last; // whoever waits for it is told now, and doesn't want it any more
  reply(web_page(400, oauth::failure_page(what, why, may_try_again)));
  std::for_each(first, last, [&](auto& one) { one.second.deliver(caf::make_error(caf::sec::runtime_error, why)); });
  waiting_.erase(first, last);
}

void authorizer_state::ask(oauth::request what, answer_handler then) {
  auto number = next_question_++;
  questions_.emplace(number, std::move(then));
  server_.ask(std::move(what), [me = authorizer_actor{self_}, number](oauth::exchange x) {
    caf::anon_send(me, identity_answer{number, std::move(x)});
  });
}

} // namespace creamery
