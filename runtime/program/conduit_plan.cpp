#include "runtime/program/conduit_plan.hpp"

#include "runtime/program/cog_options.hpp"
#include "runtime/program/event_plan.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

/// Each is a WebSocket; one of them carries what Twitch sends to thousands of channels.
constexpr uint64_t most_shards = 20;

eventsub::conduit::options read_options(cog_options& options) {
  eventsub::conduit::options read;
  read.adopted = options.text("conduit").value_or("");
  read.shards = options.number("shards", 1, most_shards).value_or(1);
  return read;
}

} // namespace

std::optional<eventsub::conduit::options> plan_conduit(const bot_config& bot) {
  if (transport_of(bot) != event_transport::conduit)
    return std::nullopt;
  cog_options options{bot, *find_cog(bot, eventsub_cog)};
  return read_options(options);
}

std::vector<diagnostic> find_conduit_mistakes(const configuration& config) {
  std::vector<diagnostic> found;
  std::vector<std::string> adopted;
  for (const auto& bot : config.bots) {
    const auto* cog = find_cog(bot, eventsub_cog);
    if (cog == nullptr)
      continue;
    cog_options options{bot, *cog};
    if (transport_of(bot) == event_transport::conduit) {
      options.need_application("conduits are");
      auto wanted = read_options(options).adopted;
      if (std::find(adopted.begin(), adopted.end(), wanted) != adopted.end())
        options.mistake("another bot uses the conduit '" + wanted + "', too", "a conduit of its own, or none here");
      if (!wanted.empty())
        adopted.push_back(std::move(wanted));
    } else {
      for (const auto* name : {"conduit", "shards"})
        if (cog->options.contains(name))
          options.warn("'" + std::string{name} + "' is for conduits", "transport: conduit, or nothing of the kind");
    }
    for (auto& one : options.take())
      found.push_back(std::move(one));
  }
  return found;
}

} // namespace creamery
