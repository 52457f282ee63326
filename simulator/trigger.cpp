#include "simulator/trigger.hpp"

#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"

#include <nlohmann/json.hpp>

#include <future>
#include <iostream>
#include <utility>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

/// Sets what `a.b=value` says; false: it says nothing.
bool set_member(json& event, const std::string& text) {
  auto mark = text.find('=');
  if (mark == std::string::npos || mark == 0)
    return false;
  auto value = text.substr(mark + 1);
  auto parsed = json::parse(value, nullptr, false);
  std::string pointer = "/" + text.substr(0, mark);
  for (auto& c : pointer)
    c = c == '.' ? '/' : c;
  event[json::json_pointer{pointer}] = parsed.is_discarded() ? json(value) : parsed;
  return true;
}

/// Asks the control API. @returns its answer, or why there is none.
result<json> ask(const std::string& control, const json& body) {
  auto net = net_context::make({});
  if (!net)
    return net.error();
  auto url = parse_http_url(control);
  if (!url)
    return url.error();
  http_client client{**net, *url};
  http_call call;
  call.method = "POST";
  call.target = "/events";
  call.content_type = "application/json";
  call.body = secret{body.dump()};
  std::promise<http_outcome> promise;
  client.send(std::move(call), [&](http_outcome outcome) { promise.set_value(std::move(outcome)); });
  auto outcome = promise.get_future().get();
  if (const auto* failed = std::get_if<http_failure>(&outcome))
    return failure{control, to_string(failed->why) + "; is `creamery simulate` running?"};
  auto answer = json::parse(std::get<http_answer>(outcome).body, nullptr, false);
  if (!answer.is_object())
    return failure{control, "is no simulator's control API"};
  if (auto error = answer.find("error"); error != answer.end())
    return failure{control, error->is_string() ? error->get<std::string>() : error->dump()};
  return answer;
}

} // namespace

int trigger(const trigger_arguments& what) {
  auto event = json::object();
  for (const auto& member : what.members)
    if (!set_member(event, member)) {
      std::cerr << "simulate trigger: '" << member << "': must be NAME=VALUE, like viewers=9001\n";
      return 1;
    }
  auto answer = ask(what.control, {{"type", what.type},
                                   {"version", what.version},
                                   {"channel", what.channel},
                                   {"event", event},
                                   {"sample", true},
                                   {"count", what.count}});
  if (!answer) {
    std::cerr << "simulate trigger: " << to_string(answer.error()) << "\n";
    return 1;
  }
  auto sent = answer->value("result", 0);
  if (sent == 0) {
    std::cerr << "simulate trigger: nobody has subscribed to " << what.type
              << (what.channel.empty() ? "" : " in #" + what.channel) << "\n";
    return 1;
  }
  std::cout << "told " << sent << (sent == 1 ? " time" : " times") << "\n";
  return 0;
}

} // namespace creamery::simulator
