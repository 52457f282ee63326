#include "actors/token_keeper.hpp"

#include "actors/exceptions.hpp"
#include "actors/supervisor.hpp"
#include "runtime/oauth/code_flow.hpp"
#include "runtime/oauth/requests.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// How long the vault may take: it waits for other processes and for the disk.
constexpr auto vault_timeout = std::chrono::seconds{15};

} // namespace

token_keeper_state::token_keeper_state(token_keeper_actor::pointer self, account_settings settings,
                                       kept<token_memory> memory, vault_actor vault, authorizer_actor authorizer,
                                       oauth::identity_server* server,
                                       int64_t (*clock)(std::chrono::steady_clock::time_point))
  : self_(self),
    settings_(std::move(settings)),
    log_(make_logger("token")),
    memory_(std::move(memory)),
    server_(server),
    wall_clock_(clock),
    vault_(std::move(vault)),
    authorizer_(std::move(authorizer)) {
  memory_->life.repeat_step(); // whatever the one before has begun
}

token_keeper_actor::behavior_type token_keeper_state::make_behavior() {
  end_with_exceptions(self_);
  if (memory_->life.under_way() == step::renew)
    memory_->question->notify([me = token_keeper_actor{self_}] { caf::anon_send(me, answered_atom_v); });
  if (vault_)
    self_->send(vault_, follow_atom_v, settings_.id, vault_user_actor{token_keeper_actor{self_}});
  proceed();
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](caf::get_atom) -> caf::result<credentials> {
      auto promise = self_->make_response_promise<credentials>();
      waiting_.push_back(promise);
      answer_waiting();
      return promise;
    },
    [this](try_atom) -> caf::result<credentials> {
      auto promise = self_->make_response_promise<credentials>();
      trying_.push_back(promise);
      answer_waiting();
      return promise;
    },
    [this](app_token_atom) { return give_app_token(); },
    [this](refused_atom, const secret& token) {
      app_token_.rejected(token);
      memory_->life.rejected(token, self_->clock().now());
      proceed();
    },
    [this](use_atom, const vault_actor& vault) {
      vault_ = vault;
      self_->send(vault_, follow_atom_v, settings_.id, vault_user_actor{token_keeper_actor{self_}});
      memory_->life.vault_changed(); // what the one before could not do is tried at once
      proceed();
    },
    [this](use_atom, const authorizer_actor& authorizer) {
      authorizer_ = authorizer;
      told_wanted_ = false;
      tell_changes();
    },
    [this](changed_atom) {
      memory_->life.vault_changed();
      proceed();
    },
    [this](answered_atom) { on_answer(); },
    [this](const identity_answer& answer) { on_app_answer(answer.content); },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      proceed();
    },
    [this](token_atom) { return report(); },
  };
}

int64_t token_keeper_state::wall_now() const {
  return wall_clock_(self_->clock().now());
}

void token_keeper_state::proceed() {
  for (auto what = memory_->life.next(self_->clock().now(), wall_now()); what != step::nothing;
       what = memory_->life.next(self_->clock().now(), wall_now()))
    perform(what);
  answer_waiting();
  tell_changes();
  alarm_.at(self_, memory_->life.deadline());
}

void token_keeper_state::perform(step what) {
  auto& life = memory_->life;
  const oauth::client app{settings_.grant.client_id, settings_.grant.client_secret};
  switch (what) {
    case step::load: return load();
    case step::validate: return ask(oauth::validate(life.subject().access_token));
    case step::renew: return ask(oauth::renew(app, life.subject().refresh_token));
    case step::journal:
    case step::save: return write(what);
    case step::nothing: return;
  }
}

void token_keeper_state::load() {
  if (!vault_) { // there is none, and so nothing in it
    memory_->life.loaded(std::nullopt, self_->clock().now());
    return;
  }
  self_->request(vault_, vault_timeout, caf::get_atom_v, settings_.grant)
    .then(
      [this](stored_token& found) {
        memory_->life.loaded(found.generation == 0 ? std::nullopt : std::optional{std::move(found)},
                             self_->clock().now());
        proceed();
      },
      [this](const caf::error& why) {
        memory_->life.load_failed({"", reason_of(why)}, self_->clock().now());
        proceed();
      });
}

void token_keeper_state::write(step what) {
  auto done = [this, what](const std::optional<token_lifecycle::vault_trouble>& trouble) {
    auto now = self_->clock().now();
    what == step::save ? memory_->life.saved(trouble, now) : memory_->life.journalled(trouble, now);
    if (what == step::save && !trouble) // the number keeps the log from leaving out equal lines
      log_->info("{}: the token was renewed and is stored ({})", settings_.id, memory_->life.renewals());
    proceed();
  };
  using trouble = token_lifecycle::vault_trouble;
  self_->request(vault_, vault_timeout, caf::put_atom_v, memory_->life.subject())
    .then(
      [done](bool stored) {
        done(stored ? std::nullopt : std::optional{trouble{true, {}}});
      },
      [done](const caf::error& why) {
        done(trouble{false, {"", reason_of(why)}});
      });
}

void token_keeper_state::ask(oauth::request what) {
  memory_->question = std::make_shared<kept_answer<oauth::exchange>>();
  memory_->question->notify([me = token_keeper_actor{self_}] { caf::anon_send(me, answered_atom_v); });
  if (server_ == nullptr)
    memory_->question->arrive({0, {}, "there is no identity server here", false});
  else
    server_->ask(std::move(what),
                 [question = memory_->question](oauth::exchange x) { question->arrive(std::move(x)); });
}

void token_keeper_state::on_answer() {
  auto& life = memory_->life;
  auto answer = memory_->question ? memory_->question->take() : std::nullopt;
  if (!answer)
    return; // taken already
  auto now = self_->clock().now();
  if (life.under_way() == step::validate)
    life.validated(read(*answer, oauth::read_facts), now, wall_now());
  else if (life.under_way() == step::renew)
    life.renewed(read(*answer, oauth::read_grant), answer->maybe_received, now, wall_now());
  proceed();
}

caf::result<credentials> token_keeper_state::give_app_token() {
  auto now = self_->clock().now();
  const auto& grant = settings_.grant;
  if (grant.client_id.empty() || grant.client_secret.empty() || server_ == nullptr)
    return caf::make_error(caf::sec::invalid_argument,
                           "an application's token takes a client id and secret for bot '" + grant.bot + "'");
  auto promise = self_->make_response_promise<credentials>();
  waiting_for_app_.push_back(promise);
  if (app_token_.current(now) != nullptr || !app_token_.problem(now).empty()) {
    answer_app_waiting();
  } else if (app_token_.begin()) {
    server_->ask(oauth::app_token({grant.client_id, grant.client_secret}),
                 [me = token_keeper_actor{self_}](oauth::exchange x) {
                   caf::anon_send(me, identity_answer{0, std::move(x)});
                 });
  }
  return promise;
}

void token_keeper_state::on_app_answer(const oauth::exchange& answer) {
  app_token_.answered(read(answer, oauth::read_grant), self_->clock().now());
  answer_app_waiting();
}

void token_keeper_state::answer_app_waiting() {
  auto now = self_->clock().now();
  const auto* token = app_token_.current(now);
  const auto* user = memory_->life.usable();
  for (auto& one : std::exchange(waiting_for_app_, {})) {
    if (token != nullptr)
      one.deliver(credentials{"", *token, user ? user->user_id : "", settings_.grant.client_id});
    else
      one.deliver(caf::make_error(caf::sec::runtime_error, app_token_.problem(now)));
  }
}

void token_keeper_state::answer_waiting() {
  const auto* token = memory_->life.usable();
  if (token == nullptr) {
    if (memory_->life.state() == token_lifecycle::standing::missing)
      for (auto& one : std::exchange(trying_, {}))
        one.deliver(caf::make_error(caf::sec::runtime_error, problem() + ": " + remedy()));
    return;
  }
  credentials good{token->login.empty() ? settings_.identity.login : token->login, token->access_token, token->user_id,
                   token->client_id};
  for (auto* those : {&waiting_, &trying_})
    for (auto& one : std::exchange(*those, {}))
      one.deliver(good);
}

std::string token_keeper_state::problem() const {
  const auto& life = memory_->life;
  return life.needs_grant() && life.problem().empty() ? "there is no token yet" : life.problem();
}

void token_keeper_state::tell_changes() {
  const auto& life = memory_->life;
  if (life.state() == token_lifecycle::standing::good && told_state_ != token_lifecycle::standing::good)
    log_->info("{}: the token of {} is good", settings_.id, life.usable()->login);
  told_state_ = life.state();
  auto wanted = life.needs_grant();
  auto problem = this->problem();
  if (problem != told_problem_ && !problem.empty()) {
    if (wanted)
      log_->error("{}: {}. Others go on; {}", settings_.id, problem, remedy());
    else
      log_->warn("{}: {}", settings_.id, problem);
  }
  told_problem_ = problem;
  auto missing = missing_scopes();
  if (missing != told_missing_ && !missing.empty())
    log_->warn("{}: the token lacks {}, which cogs need: {}", settings_.id, oauth::join_scopes(missing), remedy());
  told_missing_ = std::move(missing);
  if (wanted == told_wanted_ || !authorizer_ || settings_.grant.client_id.empty())
    return;
  told_wanted_ = wanted;
  if (wanted) {
    auto grant = settings_.grant;
    grant.reason = problem;
    self_->send(authorizer_, want_atom_v, std::move(grant));
  } else {
    self_->send(authorizer_, unwant_atom_v, settings_.grant.name());
  }
}

std::string token_keeper_state::remedy() const {
  const auto& grant = settings_.grant;
  if (grant.client_id.empty())
    return "set a client id and secret for bot '" + grant.bot + "' and run: creamery auth " + grant.bot;
  auto command = "creamery auth " + grant.bot + (grant.channel.empty() ? "" : " --channel " + grant.channel);
  if (memory_->life.needs_grant())
    return "open " + oauth::start_url(grant) + " or run: " + command;
  return "run: " + command;
}

std::vector<std::string> token_keeper_state::missing_scopes() const {
  std::vector<std::string> missing;
  const auto* token = memory_->life.usable();
  if (token == nullptr || token->scopes.empty()) // nobody has told yet what it has
    return missing;
  for (const auto& scope : settings_.needed_scopes)
    if (std::find(token->scopes.begin(), token->scopes.end(), scope) == token->scopes.end())
      missing.push_back(scope);
  return missing;
}

token_report token_keeper_state::report() const {
  const auto& life = memory_->life;
  token_report x;
  x.account = settings_.id;
  x.state = to_string(life.state());
  if (const auto* token = life.usable()) {
    x.login = token->login;
    x.scopes = token->scopes;
  }
  x.missing_scopes = missing_scopes();
  if (auto end = life.expires())
    x.expires_in_ms = std::chrono::duration_cast<std::chrono::milliseconds>(*end - self_->clock().now()).count();
  x.needs_grant = life.needs_grant();
  if (x.needs_grant || !x.missing_scopes.empty())
    x.remedy = remedy();
  x.problem = life.problem();
  x.renewals = life.renewals();
  return x;
}

} // namespace creamery
