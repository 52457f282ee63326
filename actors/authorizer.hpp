#pragma once

#include "actors/interfaces.hpp"
#include "runtime/oauth/code_flow.hpp"

#include <spdlog/logger.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace creamery {

/// Leads people through the authorisation: a small web server on each port that something wanted is registered with, the code that
/// the browser brings back exchanged for a token, that token checked and stored. Those who need it learn of it from the vault.
class authorizer_state {
public:
  static inline const char* name = "creamery.authorizer";

  authorizer_state(authorizer_actor::pointer self, oauth::identity_server& server, vault_actor vault);

  authorizer_actor::behavior_type make_behavior();

private:
  using answer_handler = std::function<void(const oauth::exchange&)>;

  /// A code that the browser has brought, on its way to becoming a stored token.
  struct exchange_state {
    grant_wanted what;
    http_reply reply;
    stored_token token;
  };

  using exchange_pointer = std::shared_ptr<exchange_state>;

  void want(const grant_wanted& what);
  void unwant(const std::string& name);
  /// Listens where it has to, and nowhere else.
  void open_ports();
  void visit(const browser_visit& from);
  void on_code(const oauth::code_received& received, const http_reply& reply);
  void on_grant(const exchange_pointer& x, const oauth::exchange& answer);
  void on_facts(const exchange_pointer& x, const oauth::exchange& answer);
  void store(const exchange_pointer& x);
  /// It came to nothing; the browser and those who wait are told why.
  void fail(const grant_wanted& what, const http_reply& reply, const std::string& why);
  void ask(oauth::request what, answer_handler then);

  authorizer_actor::pointer self_;
  oauth::identity_server& server_;
  vault_actor vault_;
  std::shared_ptr<spdlog::logger> log_;
  oauth::code_flow flow_;
  std::map<uint16_t, std::unique_ptr<http_server>> ports_;
  /// Ports that can't be listened on; it has been said why.
  std::set<uint16_t> busy_ports_;
  bool will_retry_ = false;
  /// Those who wait for a grant, by its name.
  std::multimap<std::string, caf::typed_response_promise<std::string>> waiting_;
  uint64_t next_question_ = 1;
  std::map<uint64_t, answer_handler> questions_;
};

using authorizer = caf::stateful_actor<authorizer_state, authorizer_actor::base>;

} // namespace creamery
