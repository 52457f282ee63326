#pragma once

#include "messages/grant_wanted.hpp"
#include "messages/stored_token.hpp"
#include "runtime/oauth/answers.hpp"

#include <cstdint>
#include <string>

namespace creamery::oauth {

/// A text that nobody can guess, 128 bits of it.
std::string random_state();

/// What was granted, as far as the grant says.
stored_token make_token(const grant& granted);

/// Completes a token with what validation says of it, and checks that it is the one that was wanted.
///
/// @param now in milliseconds since 1970.
/// @returns what is wrong with it, for people; empty: nothing.
std::string complete_token(stored_token& token, const grant_wanted& what, const reply<token_facts>& facts, int64_t now);

} // namespace creamery::oauth
