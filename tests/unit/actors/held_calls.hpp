#pragma once

#include "actors/interfaces.hpp"

#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace creamery::test {

/// Calls of Twitch's API that were made, each with an actor that answers it as soon as it is sent the answer.
struct held_calls {
  std::deque<std::pair<helix::request, caf::actor>> open;
};

inline caf::behavior call_holder(caf::event_based_actor* self) {
  auto promise = std::make_shared<caf::response_promise>();
  return {
    [self, promise](const std::string&, const helix::request&) -> caf::result<caf::message> {
      *promise = self->make_response_promise();
      return *promise;
    },
    [self, promise](helix::answer& answer) {
      promise->deliver(std::move(answer));
      self->quit();
    },
  };
}

/// A double of the accounts that holds calls.
inline account_directory_actor::behavior_type accounts_that_hold_calls(account_directory_actor::pointer self,
                                                                       std::shared_ptr<held_calls> x) {
  return {
    [](caf::get_atom, const std::string&) { return credentials{}; },
    [](const std::string&, const login_refused&) {},
    [self, x](const std::string& account, const helix::request& what) -> caf::result<helix::answer> {
      auto holder = self->spawn(call_holder);
      x->open.emplace_back(what, holder);
      return self->delegate(caf::actor_cast<account_directory_actor>(holder), account, what);
    },
    [](follow_atom, const std::string&, const std::string&, const account_user_actor&) {},
  };
}

} // namespace creamery::test
