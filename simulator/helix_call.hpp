#pragma once

#include "simulator/accounts.hpp"
#include "simulator/clock.hpp"
#include "simulator/helix_answer.hpp"
#include "simulator/http_request.hpp"
#include "simulator/token_book.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// A call to Helix whose token, client and scope have been found good.
struct helix_call {
  const http_request& request;
  const access_token& token;
  /// Whose token that is; nullptr: an app's.
  account* user = nullptr;
  /// The body; an empty object if there is none.
  nlohmann::json body;
  time_point now;

  std::string_view param(std::string_view name) const {
    return request.query.get(name);
  }
};

/// Which tokens an endpoint takes.
enum class token_kind { any, user, app };

/// One endpoint.
struct helix_endpoint {
  std::string_view method;
  /// Behind `/helix/`.
  std::string_view path;
  token_kind needs = token_kind::any;
  /// A user's token needs one of these; none: nothing. What an app's token needs is the endpoint's own affair.
  std::vector<std::string_view> scopes;
  std::function<http_answer(const helix_call&)> act;
  /// Has a bucket of its own (Send Chat Message).
  bool own_bucket = false;
};

using helix_table = std::vector<helix_endpoint>;

/// Reads members of a JSON object; those that are absent leave theirs as they are. The first one with a wrong type is a
/// mistake; names that nobody asks for aren't, as on Twitch.
class body_reader {
public:
  explicit body_reader(const nlohmann::json& object) : object_(object) {
  }

  /// Reads the body of a call, and what it lacks from the query: for the endpoints where clients that are used with Twitch put it
  /// there (twurple: the ids of Send Chat Message, and everything of conduits).
  explicit body_reader(const helix_call& call) : object_(call.body), query_(&call.request.query) {
  }

  body_reader& get(const char* name, std::optional<std::string>& out);
  body_reader& get(const char* name, std::optional<int64_t>& out);
  body_reader& get(const char* name, std::optional<bool>& out);
  body_reader& get(const char* name, std::optional<std::vector<std::string>>& out);

  /// The same, and it must be there.
  template <class T>
  body_reader& need(const char* name, std::optional<T>& out) {
    get(name, out);
    if (!out && !mistake_)
      mistake_ = helix_refusal(400, "The request's body is missing the " + std::string{name} + " field.");
    return *this;
  }

  /// 400 with the first mistake, or nothing.
  const refusal& mistake() const noexcept {
    return mistake_;
  }

private:
  template <class T, class IsIt>
  body_reader& read(const char* name, std::optional<T>& out, IsIt is_it);
  /// What stands in the query for a member that the body lacks; nothing: there is none, or it is not looked for.
  std::optional<std::string> in_query(const char* name) const;

  const nlohmann::json& object_;
  const parameters* query_ = nullptr;
  refusal mistake_;
};

/// A member of a JSON object; null if there is none. No copy: a client may nest deeper than a copy could follow.
const nlohmann::json& member_of(const nlohmann::json& object, const char* name);

/// 400 unless the query has this parameter.
refusal need_parameter(const helix_call& call, std::string_view name);

/// "Missing required parameter" as a body.
http_answer missing_parameter(std::string_view name);

/// The part of `list` that `first` and `after` ask for, with `data` and `pagination` (twitch-platform §4.1).
/// @param more members beside them.
http_answer helix_page(const helix_call& call, const std::vector<nlohmann::json>& list, size_t usual = 20,
                       size_t most = 100, nlohmann::json more = nlohmann::json::object());

/// `2026-05-01T10:11:12Z`
std::string rfc3339(time_point t);

/// How many characters (code points).
size_t length_of(std::string_view text);

} // namespace creamery::simulator
