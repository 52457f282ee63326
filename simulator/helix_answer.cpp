#include "simulator/helix_answer.hpp"

namespace creamery::simulator {

namespace {

std::string dumped(const nlohmann::json& body) {
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

http_answer helix_refusal(unsigned status, std::string_view message) {
  return {.status = status, .body = dumped({{"error", reason_of(status)}, {"status", status}, {"message", message}})};
}

http_answer helix_data(nlohmann::json list, unsigned status) {
  return {.status = status, .body = dumped({{"data", std::move(list)}})};
}

http_answer helix_one(nlohmann::json element, unsigned status) {
  auto list = nlohmann::json::array();
  list.push_back(std::move(element));
  return helix_data(std::move(list), status);
}

http_answer helix_done() {
  return {.status = 204};
}

void add_rate_headers(http_answer& to, const rate_state& state) {
  auto full = std::chrono::ceil<std::chrono::seconds>(state.full_at.time_since_epoch()).count();
  to.headers.emplace_back("Ratelimit-Limit", std::to_string(state.limit));
  to.headers.emplace_back("Ratelimit-Remaining", std::to_string(state.remaining));
  to.headers.emplace_back("Ratelimit-Reset", std::to_string(full));
}

} // namespace creamery::simulator
