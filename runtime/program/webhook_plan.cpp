#include "runtime/program/webhook_plan.hpp"

#include "config/ascii.hpp"
#include "config/endpoint_syntax.hpp"
#include "messages/hex.hpp"
#include "runtime/oauth/granted_token.hpp"
#include "runtime/program/cog_options.hpp"
#include "runtime/program/event_plan.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace creamery {

namespace {

/// What twitch-creamery listened at.
constexpr uint16_t default_port = 15543;

/// Defaults of other bots, which everybody knows, in lower case.
constexpr std::array<std::string_view, 6> known_secrets{"some_secret_string", "s3cre7",   "secretsecret",
                                                        "thisisasecret",      "changeme", "your_secret_here"};

constexpr std::string_view secret_form =
  "10 to 100 characters of ASCII, best as a reference like ${EVENTSUB_SECRET_WORD}";

/// What one bot's options amount to.
struct webhook_choice {
  listen_address at;
  certificate_files certificate;
  /// The public address without a '/' at its end, and the path behind it.
  std::string base;
  std::string path;
  /// Empty: one has to be made up.
  secret key;
  std::vector<diagnostic> mistakes;
};

bool is_secret(std::string_view text) {
  return text.size() >= 10 && text.size() <= 100
         && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool is_local(std::string_view url) {
  for (auto host : {"localhost", "127.0.0.1"})
    for (auto scheme : {"http://", "https://"})
      if (url.starts_with(std::string{scheme} + host))
        return true;
  return false;
}

void read_address(cog_options& options, webhook_choice& choice) {
  auto url = options.text("url").value_or("");
  while (url.ends_with('/'))
    url.pop_back();
  constexpr std::array<std::string_view, 2> schemes{"https", "http"};
  auto wrong = url.empty() ? std::optional<std::string>{"is missing"} : find_url_mistake(url, schemes, false);
  auto host_end = url.find('/', url.find("://") + 3);
  auto host = url.substr(0, host_end);
  auto port = host.rfind(':');
  if (!wrong && !is_local(url) && !url.starts_with("https://"))
    wrong = "isn't encrypted";
  if (!wrong && !is_local(url) && port > 5 && host.substr(port) != ":443")
    wrong = "names a port, and Twitch knows only 443";
  if (!wrong && url.find_first_of("?#") != std::string::npos)
    wrong = "has more than a path";
  if (wrong)
    options.mistake("'url', the public address of this machine, " + *wrong,
                    "the address under which Twitch reaches the callback, like https://bot.example.org");
  choice.base = std::move(url);
}

void read_path(cog_options& options, const bot_config& bot, webhook_choice& choice) {
  choice.path = options.text("EVENTSUB_CALLBACK").value_or("/eventsub/" + bot.name);
  auto is_path = choice.path.starts_with('/') && std::all_of(choice.path.begin(), choice.path.end(), [](char c) {
                   return c > ' ' && c < '\x7F' && c != '?' && c != '#' && c != '"';
                 });
  if (!is_path)
    options.mistake("'EVENTSUB_CALLBACK' is no path", "a path like /callback; its public address is in 'url'");
}

void read_secret(cog_options& options, webhook_choice& choice) {
  auto text = options.text("EVENTSUB_SECRET_WORD");
  if (!text || text->empty())
    return;
  // Not shown: half of it may be right.
  if (std::find(known_secrets.begin(), known_secrets.end(), to_lower(*text)) != known_secrets.end())
    options.mistake("'EVENTSUB_SECRET_WORD' is one that everybody knows, so anybody could make up events",
                    "no 'EVENTSUB_SECRET_WORD' at all: then one is made up and kept");
  else if (!is_secret(*text))
    options.mistake("'EVENTSUB_SECRET_WORD' is not one that Twitch takes", std::string{secret_form});
  choice.key = secret::taken_from(*text);
}

void read_certificate(cog_options& options, webhook_choice& choice) {
  auto read = [&](const char* name) {
    std::filesystem::path file = options.text(name).value_or("");
    std::error_code error;
    if (!file.empty() && !std::filesystem::is_regular_file(file, error))
      options.mistake("'" + std::string{name} + "' is " + file.string() + ", which is no file", "a file in PEM format");
    return file;
  };
  choice.certificate = {read("certificate"), read("key")};
  if (choice.certificate.certificate.empty() != choice.certificate.key.empty())
    options.mistake("of 'certificate' and 'key', only one is named", "both, or none of them behind a proxy");
}

void read_listener(cog_options& options, webhook_choice& choice) {
  const auto has_tls = !choice.certificate.certificate.empty();
  choice.at = {has_tls ? "0.0.0.0" : "127.0.0.1", options.port("port").value_or(default_port)};
  if (auto text = options.text("listen")) {
    if (auto address = parse_listen_address(*text); address && address->port != 0)
      choice.at = *address;
    else
      options.mistake("'listen' is no address", "host:port, like \"127.0.0.1:15543\"");
  }
  if (!has_tls && !is_loopback(choice.at.host))
    options.warn("webhooks are listened for at " + choice.at.host + " without TLS",
                 "127.0.0.1 behind a proxy that has a certificate, or 'certificate' and 'key'");
}

webhook_choice choice_of(const bot_config& bot, const cog_config& cog) {
  webhook_choice choice;
  cog_options options{bot, cog};
  read_address(options, choice);
  read_path(options, bot, choice);
  read_secret(options, choice);
  read_certificate(options, choice);
  read_listener(options, choice);
  options.need_application("webhooks are");
  choice.mistakes = options.take();
  return choice;
}

/// Tells secrets apart without telling them.
std::string fingerprint_of(const secret& key) {
  auto text = secret{"creamery webhook "} + key;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.reveal().data(), text.reveal().size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  write_hex(std::span{digest}.first(8), std::back_inserter(hex));
  return hex;
}

/// The paths at which a callback may arrive: as Twitch sends it, and without what a proxy may have taken away.
std::vector<std::string> paths_of(const webhook_choice& choice) {
  std::vector<std::string> paths{choice.path};
  auto prefix = choice.base.find('/', choice.base.find("://") + 3);
  if (prefix != std::string::npos)
    paths.push_back(choice.base.substr(prefix) + choice.path);
  return paths;
}

bool has_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

} // namespace

std::vector<diagnostic> find_webhook_mistakes(const configuration& config) {
  std::vector<diagnostic> found;

  struct claim {
    std::string bot;
    webhook_choice choice;
  };

  std::vector<claim> claims;
  for (const auto& bot : config.bots) {
    const auto* cog = find_cog(bot, eventsub_cog);
    if (cog == nullptr)
      continue;
    cog_options options{bot, *cog};
    auto transport = options.text("transport").value_or("websocket");
    if (transport != "websocket" && transport != "webhook" && transport != "conduit")
      options.mistake("'transport' is '" + transport + "'", "websocket, webhook or conduit");
    for (const auto* name :
         {"port", "EVENTSUB_CALLBACK", "EVENTSUB_SECRET_WORD", "url", "certificate", "key", "listen"})
      if (transport != "webhook" && cog->options.contains(name)) {
        options.warn("'" + std::string{name} + "' is for webhooks, and events come over WebSockets",
                     "transport: webhook with a public 'url', or nothing of the kind");
        break;
      }
    for (auto& one : options.take())
      found.push_back(std::move(one));
    if (transport_of(bot) != event_transport::webhook)
      continue;
    auto choice = choice_of(bot, *cog);
    for (auto& one : choice.mistakes)
      found.push_back(std::move(one));
    auto complain = [&](const std::string& what, const std::string& expected) {
      options.mistake(what, expected);
      for (auto& one : options.take())
        found.push_back(std::move(one));
    };
    const auto own_path = std::string{"an 'EVENTSUB_CALLBACK' of its own"};
    for (const auto& other : claims) {
      if (other.choice.base + other.choice.path == choice.base + choice.path) {
        complain("bot '" + other.bot + "' has the same public address", own_path);
        continue;
      }
      if (other.choice.at.port != choice.at.port)
        continue;
      if (other.choice.at.host != choice.at.host
          || other.choice.certificate.certificate != choice.certificate.certificate
          || other.choice.certificate.key != choice.certificate.key)
        complain("it shares port " + std::to_string(choice.at.port) + " with bot '" + other.bot
                   + "', but not the address or the certificate",
                 "the same 'listen', 'certificate' and 'key' for both, or another port");
      else if (has_common(paths_of(other.choice), paths_of(choice)))
        complain("bot '" + other.bot + "' has the same path at the same port", own_path);
    }
    claims.push_back({bot.name, std::move(choice)});
  }
  return found;
}

result<webhook_plan> plan_webhooks(const configuration& config, token_vault* vault) {
  webhook_plan plan;
  for (const auto& bot : config.bots) {
    if (transport_of(bot) != event_transport::webhook)
      continue;
    auto choice = choice_of(bot, *find_cog(bot, eventsub_cog));
    if (choice.key.empty() && vault != nullptr) {
      auto kept = vault->secret_for("webhook of " + bot.name);
      if (!kept)
        return kept.error();
      choice.key = std::move(*kept);
    } else if (choice.key.empty()) {
      choice.key = secret{oauth::random_state()}; // which lasts as long as the process
    }
    auto port = std::find_if(plan.ports.begin(), plan.ports.end(), [&](const webhook_settings& x) {
      return x.host == choice.at.host && x.port == choice.at.port;
    });
    if (port == plan.ports.end())
      port = plan.ports.insert(plan.ports.end(), {choice.at.host, choice.at.port, choice.certificate, {}});
    for (auto& path : paths_of(choice))
      port->callbacks.push_back({bot.name, std::move(path), choice.key});
    plan.callbacks[bot.name] = {choice.base + choice.path, choice.key, fingerprint_of(choice.key)};
  }
  return plan;
}

} // namespace creamery
