#include "runtime/program/identity_client.hpp"

#include <utility>

namespace creamery {

namespace {

/// An identity server says little.
constexpr size_t max_answer = 256 * 1024;
constexpr auto patience = std::chrono::seconds{15};

oauth::exchange exchange_of(http_outcome outcome) {
  if (auto* answer = std::get_if<http_answer>(&outcome))
    return {answer->status, secret::taken_from(answer->body), {}, true};
  const auto& failed = std::get<http_failure>(outcome);
  return {0, {}, to_string(failed.why), failed.maybe_received};
}

} // namespace

result<std::unique_ptr<identity_client>> identity_client::make(net_context& net, const std::string& url,
                                                               const http_client_options& options) {
  auto parsed = parse_http_url(url);
  if (!parsed)
    return failure{"endpoints.id", parsed.error().cause};
  auto bounded = options;
  bounded.max_answer = max_answer;
  return std::unique_ptr<identity_client>{new identity_client{net, std::move(*parsed), bounded}};
}

identity_client::identity_client(net_context& net, http_url url, const http_client_options& options)
  : base_(to_string(url)), client_(net, std::move(url), options) {
}

void identity_client::ask(oauth::request what, std::function<void(oauth::exchange)> done) {
  http_call call;
  call.method = what.method;
  call.target = what.path;
  call.authorization = std::move(what.authorization);
  if (!what.body.empty())
    call.content_type = "application/x-www-form-urlencoded";
  call.body = std::move(what.body);
  call.timeout = patience;
  // A renewal that gets lost may cost the token, and one that is sent on a connection that died unnoticed is lost.
  call.fresh = call.method == "POST";
  client_.send(std::move(call), [done = std::move(done)](http_outcome x) { done(exchange_of(std::move(x))); });
}

} // namespace creamery
