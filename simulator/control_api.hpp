#pragma once

#include <string>
#include <string_view>

namespace creamery::simulator {

class engine;

/// What the control API is asked, apart from HTTP.
struct control_request {
  /// "GET", "POST", "PUT" or "DELETE".
  std::string method;
  /// Path and query.
  std::string target;
  std::string body;
};

/// What it answers.
struct control_answer {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
};

/// Carries a request out. simulator/README.md describes them all.
control_answer answer(engine& server, const control_request& request);

} // namespace creamery::simulator
