#pragma once

#include "actors/interfaces.hpp"
#include "runtime/store/token_vault.hpp"

#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <string>

namespace creamery {

/// Reads and writes the token vault for those who mustn't wait for the disk, and tells them when somebody else has changed it:
/// `creamery auth`, in a process of its own.
class vault_state {
public:
  static inline const char* name = "creamery.vault";

  vault_state(vault_actor::pointer self, std::shared_ptr<token_vault> vault);

  vault_actor::behavior_type make_behavior();

private:
  caf::result<stored_token> find(const grant_wanted& what);
  void tell_followers();
  void look_around();

  vault_actor::pointer self_;
  std::shared_ptr<token_vault> vault_;
  std::shared_ptr<spdlog::logger> log_;
  std::map<std::string, vault_user_actor> followers_;
};

using vault = caf::stateful_actor<vault_state, vault_actor::base>;

} // namespace creamery
