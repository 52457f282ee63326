// What a browser asks the local server of an authorisation: path and query. Only the state that was given out leads to a code, and
// what comes back as HTML has nothing in it that the visitor wrote.

#include "runtime/oauth/code_flow.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery;
  using namespace creamery::oauth;
  code_flow flow{"https://id.example/oauth2", [] { return std::string{"the-state"}; }};
  grant_wanted what;
  what.bot = "bot";
  what.port = 1;
  flow.want(what);
  const code_flow::time_point now{};
  (void)flow.visit("/start/bot", "", now);
  const std::string_view target{reinterpret_cast<const char*>(data), size};
  auto end = std::min(target.find('?'), target.size());
  auto outcome = flow.visit(target.substr(0, end), target.substr(std::min(end + 1, target.size())), now);
  if (const auto* shown = std::get_if<page>(&outcome);
      shown != nullptr && shown->html.find("<script") != std::string::npos)
    std::abort();
  if (std::holds_alternative<code_received>(outcome) && target.find("state") == std::string_view::npos
      && target.find('%') == std::string_view::npos)
    std::abort();
  return 0;
}
