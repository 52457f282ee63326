#include "runtime/program/helix_connection.hpp"

#include <charconv>
#include <utility>

namespace creamery {

namespace {

std::optional<int64_t> number_in(const http_answer& answer, std::string_view name) {
  auto text = answer.header(name);
  int64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

helix::incoming incoming_of(http_outcome outcome) {
  if (auto* answer = std::get_if<http_answer>(&outcome)) {
    helix::rate_headers limits{number_in(*answer, "Ratelimit-Limit"), number_in(*answer, "Ratelimit-Remaining"),
                               number_in(*answer, "Ratelimit-Reset")};
    return {answer->status, std::move(answer->body), limits, {}, true};
  }
  const auto& failed = std::get<http_failure>(outcome);
  return {0, {}, {}, to_string(failed.why), failed.maybe_received};
}

} // namespace

result<std::unique_ptr<helix_connection>> helix_connection::make(net_context& net, const std::string& url,
                                                                 const http_client_options& options) {
  auto parsed = parse_http_url(url);
  if (!parsed)
    return failure{"endpoints.helix", parsed.error().cause};
  return std::unique_ptr<helix_connection>{new helix_connection{net, std::move(*parsed), options}};
}

helix_connection::helix_connection(net_context& net, http_url url, const http_client_options& options)
  : client_(net, std::move(url), options) {
}

void helix_connection::send(helix::outgoing what, std::function<void(helix::incoming)> done) {
  http_call call;
  call.method = what.method;
  call.target = what.target;
  call.headers.push_back({"Client-Id", what.client_id});
  call.authorization = secret{"Bearer "} + what.token;
  if (!what.body.empty())
    call.content_type = "application/json";
  call.body = secret{what.body};
  call.timeout = what.timeout;
  client_.send(std::move(call), [done = std::move(done)](http_outcome x) { done(incoming_of(std::move(x))); });
}

} // namespace creamery
