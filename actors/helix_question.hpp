#pragma once

#include "actors/interfaces.hpp"
#include "messages/helix/request.hpp"

#include <string>
#include <utility>

namespace creamery {

/// Makes a call for an account, and hands on the answer. That it couldn't be made is an answer, too.
template <class Self, class Handler>
void ask_helix(Self* self, const account_directory_actor& accounts, const std::string& account, helix::request what,
               Handler handler) {
  self->request(accounts, caf::infinite, account, std::move(what)).then(handler, [handler](const caf::error&) mutable {
    handler({true, {helix::error::kind::unavailable, 0, "the account is being restarted"}, 0, {}});
  });
}

} // namespace creamery
