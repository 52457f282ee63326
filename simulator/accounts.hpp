#pragma once

#include "messages/result.hpp"
#include "simulator/clock.hpp"
#include "simulator/limits.hpp"
#include "simulator/people.hpp"
#include "simulator/requests.hpp"
#include "simulator/token_book.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// An account that can log in.
struct account {
  person who;
  bool verified = false;
  account_limits limits;
  /// Channels it is in, and over how many connections.
  std::map<std::string, unsigned, std::less<>> joined;
};

/// What PASS and NICK amount to.
struct login_outcome {
  enum class kind { accepted, anonymous, bad_token, bad_format, bad_nick, no_permission, too_many };
  kind verdict = kind::bad_token;
  /// Only if accepted.
  account* who = nullptr;
  /// May chat, not only read. Only if accepted.
  bool may_write = false;
};

/// The text of the NOTICE that refuses a login (twitch-platform §1.2).
std::string_view refusal_text(login_outcome::kind verdict);

/// Accounts and their tokens.
class account_book {
public:
  /// @param limits outlives this.
  /// @param open_door makes an account for each token `sim-<login>` that is seen.
  account_book(const limit_table& limits, bool open_door)
    : limits_(&limits), open_door_(open_door), tokens_(open_door) {
  }

  /// Makes or changes an account.
  result<account*> apply(const account_request& request, time_point now);

  /// The account, made if there is none.
  account& get(std::string_view login);

  account* find(std::string_view login);

  /// The account with this user id.
  account* find_id(std::string_view user_id);

  /// The account, made if there is none and everybody is welcome (open door), as long as there is room.
  account* admit(std::string_view login);

  token_book& tokens() noexcept {
    return tokens_;
  }

  const token_book& tokens() const noexcept {
    return tokens_;
  }

  /// Judges a login; it counts as an attempt.
  login_outcome log_in(std::string_view pass, std::string_view nick, time_point now);

  const std::map<std::string, std::unique_ptr<account>, std::less<>>& all() const noexcept {
    return accounts_;
  }

private:
  const limit_table* limits_;
  bool open_door_;
  std::map<std::string, std::unique_ptr<account>, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> logins_; // by user id
  token_book tokens_;
};

/// Whether a nick is that of a reader without account: `justinfan` and digits.
bool is_anonymous(std::string_view nick);

} // namespace creamery::simulator
