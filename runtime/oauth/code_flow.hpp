#pragma once

#include "messages/grant_wanted.hpp"
#include "runtime/oauth/requests.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace creamery::oauth {

/// A page for the user's browser.
struct page {
  unsigned status = 200;
  std::string html;
};

/// The browser shall go there.
struct redirect {
  std::string url;
};

/// The user has said yes: `code` is to be exchanged for a token.
struct code_received {
  grant_wanted what;
  secret code;
};

/// The user, or Twitch, has said no.
struct grant_denied {
  grant_wanted what;
  /// In Twitch's words.
  std::string why;
};

/// What follows from a browser's visit.
using visit_outcome = std::variant<page, redirect, code_received, grant_denied>;

/// The authorization code flow (twitch-platform 2.2), seen from the local server that the browser is sent back to: which grants are
/// wanted, which flows are under way, what a visit means. Knows neither sockets nor clocks.
class code_flow {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// From the visit of the start page until Twitch sends the browser back.
  static constexpr auto patience = std::chrono::minutes{15};

  /// Flows that may be under way; older ones end when there are more.
  static constexpr size_t max_flows = 64;

  /// @param base of the identity server. @param random makes a text that nobody can guess; called once a flow.
  code_flow(std::string base, std::function<std::string()> random)
    : base_(std::move(base)), random_(std::move(random)) {
  }

  /// This is wanted from now on; replaces what was wanted under the same name.
  void want(grant_wanted what);

  /// It is not wanted any more.
  void forget(const std::string& name);

  const std::map<std::string, grant_wanted>& wanted() const noexcept {
    return wanted_;
  }

  /// A browser visits `path` with this query, as they stand in the request.
  visit_outcome visit(std::string_view path, std::string_view query, time_point now);

private:
  struct flow {
    grant_wanted what;
    time_point begun;
  };

  visit_outcome start(const std::string& name, time_point now);
  visit_outcome come_back(std::string_view query, time_point now);

  std::string base_;
  std::function<std::string()> random_;
  std::map<std::string, grant_wanted> wanted_;
  /// By their `state`.
  std::map<std::string, flow, std::less<>> flows_;
};

/// Where the browser is sent back to; has to be registered with Twitch in exactly this form.
std::string redirect_uri(uint16_t port);

/// Where the user begins: `http://localhost:18951/start/creamy_bot`.
std::string start_url(const grant_wanted& what);

} // namespace creamery::oauth
