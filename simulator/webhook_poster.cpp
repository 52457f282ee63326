#include "simulator/webhook_poster.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace creamery::simulator {

namespace {

/// Twitch waits for "a few seconds" (twitch-platform §3.3).
constexpr auto timeout = std::chrono::seconds{5};

} // namespace

webhook_poster::webhook_poster(boost::asio::io_context& io, webhook_sender& sender, std::string ca_file)
  : io_(io), sender_(sender), ca_file_(std::move(ca_file)) {
}

webhook_poster::~webhook_poster() = default;

http_client* webhook_poster::client_for(const std::string& callback, std::string& target) {
  auto path = callback.find('/', callback.find("://") + 3);
  auto base = callback.substr(0, path);
  target = path == std::string::npos ? "/" : callback.substr(path);
  auto& client = clients_[base];
  if (client)
    return client.get();
  if (!net_) {
    auto made = net_context::make({.ca_file = ca_file_, .ca_certificates = {}, .proxies = {}});
    if (!made)
      return nullptr;
    net_ = std::move(*made);
  }
  auto url = parse_http_url(base);
  if (url)
    client = std::make_unique<http_client>(
      *net_, *url, http_client_options{.max_connections = 32, .max_waiting = 100'000, .timeouts = {}, .proxy = {}});
  return client.get();
}

void webhook_poster::post(webhook_post what) {
  http_call call;
  call.method = "POST";
  call.content_type = "application/json";
  auto* client = client_for(what.callback, call.target);
  if (client == nullptr)
    return answer(what.number, {});
  for (auto& [name, value] : what.headers)
    call.headers.push_back({std::move(name), std::move(value)});
  call.body = secret{what.body};
  call.timeout = timeout;
  client->send(std::move(call), [this, number = what.number](http_outcome outcome) {
    webhook_reply reply;
    if (auto* answered = std::get_if<http_answer>(&outcome))
      reply = {answered->status, std::move(answered->body)};
    answer(number, std::move(reply));
  });
}

void webhook_poster::answer(uint64_t number, webhook_reply reply) {
  boost::asio::post(io_, [this, number, reply = std::move(reply)] { sender_.answered(number, reply, clock::now()); });
}

} // namespace creamery::simulator
