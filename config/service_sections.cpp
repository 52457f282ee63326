#include "config/service_sections.hpp"

#include "config/ascii.hpp"
#include "config/did_you_mean.hpp"
#include "config/endpoint_syntax.hpp"
#include "config/names.hpp"
#include "config/supervision_section.hpp"
#include "config/yaml_json.hpp"

#include <algorithm>
#include <array>
#include <system_error>

namespace creamery {

namespace {

constexpr std::string_view path_form = "a file name";
constexpr std::array<std::string_view, 4> chat_schemes{"wss", "ws", "ircs", "irc"};
constexpr std::array<std::string_view, 2> websocket_schemes{"wss", "ws"};
constexpr std::array<std::string_view, 2> http_schemes{"https", "http"};
constexpr std::array<std::string_view, 1> proxy_schemes{"http"};

/// In the order of `log_level`.
constexpr std::array<std::string_view, 7> level_names{"trace", "debug", "info", "warning", "error", "critical", "off"};

std::string url_form(std::span<const std::string_view> schemes) {
  std::string result = "a URL that begins with";
  for (auto scheme : schemes)
    result.append(scheme == schemes.front() ? " " : " or ").append(scheme).append("://");
  return result;
}

void read_url(section& endpoints, std::string_view key, std::span<const std::string_view> schemes, std::string& url,
              reading_context& context) {
  const auto* value = endpoints.find_scalar(key, url_form(schemes));
  if (value == nullptr)
    return;
  auto mistake = find_url_mistake(value->text, schemes, key == "proxy");
  if (mistake)
    context.out.error(context.place(*value), "'" + std::string{key} + "' of " + endpoints.owner() + " " + *mistake,
                      url_form(schemes));
  else
    url = value->text;
}

void read_ca_file(section& endpoints, endpoint_config& config, reading_context& context) {
  const auto* value = endpoints.find_scalar("ca_file", path_form);
  if (value == nullptr)
    return;
  config.ca_file = value->text;
  std::error_code error;
  if (!std::filesystem::is_regular_file(config.ca_file, error))
    context.out.error(context.place(*value),
                      "'ca_file' of " + endpoints.owner() + " is " + shown(*value) + ", which is no file",
                      "a file with certificates in PEM format");
}

void read_endpoints(section& root, endpoint_config& config, reading_context& context) {
  const auto* node = find_map(root, "endpoints", "a map, like {irc: \"wss://…\"}");
  if (node == nullptr)
    return;
  section endpoints{*node, "'endpoints'", context};
  read_url(endpoints, "irc", chat_schemes, config.irc, context);
  read_url(endpoints, "eventsub", websocket_schemes, config.eventsub, context);
  read_url(endpoints, "helix", http_schemes, config.helix, context);
  read_url(endpoints, "id", http_schemes, config.id, context);
  read_url(endpoints, "pubsub", websocket_schemes, config.pubsub, context);
  read_url(endpoints, "proxy", proxy_schemes, config.proxy, context);
  read_ca_file(endpoints, config, context);
  endpoints.finish();
}

void read_store(section& root, store_config& config, reading_context& context) {
  const auto* node = find_map(root, "store", "a map, like {path: var/}");
  if (node == nullptr)
    return;
  section store{*node, "'store'", context};
  if (auto path = store.text("path", "a folder"))
    config.path = *path;
  store.finish();
}

void read_admin(section& root, admin_config& config, reading_context& context) {
  constexpr std::string_view what = "host:port, like \"127.0.0.1:7780\" or \"[::1]:7780\"";
  const auto* node = find_map(root, "admin", "a map, like {listen: \"127.0.0.1:7780\"}");
  if (node == nullptr)
    return;
  section admin{*node, "'admin'", context};
  const auto* listen = admin.find_scalar("listen", what);
  if (listen != nullptr) {
    if (auto address = parse_listen_address(listen->text)) {
      config.host = address->host;
      config.port = address->port;
    } else {
      admin.mistake("listen", *listen, what);
    }
  }
  const auto* token = admin.find_scalar("token", "a password, best as a reference like \"${CREAMERY_ADMIN_TOKEN}\"");
  if (token != nullptr) {
    if (is_credential(token->text))
      config.token = secret{token->text};
    else // not shown: half of it may be right
      context.out.error(context.place(*token),
                        "'token' of 'admin' is empty or has characters that a header can't carry",
                        "visible ASCII without spaces");
  }
  if (listen != nullptr && !is_loopback(config.host))
    context.out.warning(context.place(*listen), "the admin pages can be read by other machines",
                        "127.0.0.1, with a reverse proxy that knows who may look");
  admin.finish();
}

std::optional<log_level> level_of(const yaml_node& value) {
  auto word = std::find(level_names.begin(), level_names.end(), value.text);
  if (!value.is_scalar() || word == level_names.end())
    return std::nullopt;
  return static_cast<log_level>(word - level_names.begin());
}

void read_levels(section& logging, logging_config& config, reading_context& context) {
  const auto* levels = find_map(logging, "levels", "a map from component to level, like {irc: debug}");
  if (levels == nullptr)
    return;
  for (const auto& [component, value] : levels->entries) {
    if (!is_cog_name(component.text))
      context.out.error(context.place(component), "a component of 'levels' is named " + shown(component),
                        "lower-case letters, digits and '_', like irc");
    else if (value.broken)
      continue;
    else if (auto level = level_of(value))
      config.levels.emplace(component.text, *level);
    else
      context.out.error(context.place(value),
                        "the level of " + shown(component) + " is " + shown(value)
                          + did_you_mean(value.text, level_names),
                        one_of(level_names));
  }
}

void read_logging(section& root, logging_config& config, reading_context& context) {
  const auto* node = find_map(root, "logging", "a map, like {level: info}");
  if (node == nullptr)
    return;
  section logging{*node, "'logging'", context};
  if (auto level = logging.choice("level", level_names))
    config.level = static_cast<log_level>(*level);
  read_levels(logging, config, context);
  if (auto file = logging.text("file", path_form))
    config.file = *file;
  if (auto size = logging.number("max_size_mb", 1, 10'000, "megabytes, from 1 to 10000"))
    config.max_size_mb = static_cast<size_t>(*size);
  if (auto files = logging.number("files", 1, 1'000, "a number from 1 to 1000"))
    config.files = static_cast<size_t>(*files);
  logging.finish();
}

} // namespace

void read_service_sections(section& root, configuration& config, reading_context& context) {
  read_endpoints(root, config.endpoints, context);
  read_store(root, config.store, context);
  read_admin(root, config.admin, context);
  read_supervision(root, config.supervision, context);
  read_logging(root, config.logging, context);
  if (const auto* cluster = find_map(root, "cluster", "a map"); cluster != nullptr && !cluster->is_null())
    config.cluster = to_json(*cluster);
}

} // namespace creamery
