#include "tests/integration/cogs/helix_json.hpp"

#include "cogs/cog.hpp"

#include <fstream>
#include <map>
#include <stdexcept>

namespace helix = creamery::helix;
using nlohmann::json;

/// Makes the calls of Twitch's API that a test asks for: `!ask {"n": 1, "call": "get_users", "logins": ["ann"]}`. What comes of
/// each is one JSON object a line in the file that the option `file` names: its `n` with `value`, or with `kind` and `error`.
/// `timeout_ms` and `as_application` change a call before it is made.
struct helix_probe {
  static constexpr const char* scopes =
    "channel:manage:broadcast channel:manage:polls channel:manage:predictions channel:manage:raids "
    "channel:manage:redemptions clips:edit moderator:manage:announcements moderator:manage:banned_users "
    "moderator:manage:chat_messages moderator:manage:chat_settings moderator:manage:shield_mode "
    "moderator:manage:shoutouts moderator:manage:warnings moderator:read:chatters moderator:read:followers "
    "user:manage:whispers user:write:chat";

  explicit helix_probe(creamery::cog& cog) : owner(cog), out(cog.option<std::string>("file", ""), std::ios::app) {
    if (!out)
      throw std::runtime_error{"the option 'file' must name a file that can be written"};
    add_calls();
    cog.command("ask", [this](creamery::command_call&, creamery::rest_of_line what) {
      auto wanted = json::parse(what.text);
      calls.at(wanted.at("call").get<std::string>())(wanted);
    });
    cog.on_ready([this](std::string_view, const std::vector<std::string>&) { write({{"ready", true}}); });
  }

  void add_calls() {
    using x = const json&;
    calls = {
      {"get_users", [this](x a) { make(a, helix::get_users(texts(a, "ids"), texts(a, "logins"))); }},
      {"get_channels", [this](x a) { make(a, helix::get_channels(texts(a, "ids"))); }},
      {"change_channel",
       [this](x a) {
         make(a, helix::change_channel(text(a, "broadcaster"), text(a, "id"), text(a, "title"), text(a, "game_id")));
       }},
      {"get_streams",
       [this](x a) { make(a, helix::get_streams(texts(a, "ids"), texts(a, "logins"), text(a, "after"))); }},
      {"get_chatters", [this](x a) { make(a, helix::get_chatters(text(a, "id"), text(a, "after"))); }},
      {"send_message",
       [this](x a) {
         make(a, helix::send_message(text(a, "id"), text(a, "sender"), text(a, "text"), text(a, "reply_to")));
       }},
      {"announce",
       [this](x a) { make(a, helix::announce(text(a, "id"), text(a, "text"), a.value("color", "primary"))); }},
      {"shout_out", [this](x a) { make(a, helix::shout_out(text(a, "id"), text(a, "to"))); }},
      {"get_chat_settings", [this](x a) { make(a, helix::get_chat_settings(text(a, "id"))); }},
      {"change_chat_settings",
       [this](x a) { make(a, helix::change_chat_settings(text(a, "id"), settings_change(a))); }},
      {"whisper", [this](x a) { make(a, helix::whisper(text(a, "to"), text(a, "text"))); }},
      {"ban_user",
       [this](x a) {
         make(a, helix::ban_user(text(a, "id"), text(a, "user"), std::chrono::seconds{a.value("seconds", 0)},
                                 text(a, "reason")));
       }},
      {"unban_user", [this](x a) { make(a, helix::unban_user(text(a, "id"), text(a, "user"))); }},
      {"delete_messages", [this](x a) { make(a, helix::delete_messages(text(a, "id"), text(a, "message"))); }},
      {"warn_user", [this](x a) { make(a, helix::warn_user(text(a, "id"), text(a, "user"), text(a, "reason"))); }},
      {"get_shield_mode", [this](x a) { make(a, helix::get_shield_mode(text(a, "id"))); }},
      {"set_shield_mode", [this](x a) { make(a, helix::set_shield_mode(text(a, "id"), a.at("on").get<bool>())); }},
      {"start_raid", [this](x a) { make(a, helix::start_raid(text(a, "broadcaster"), text(a, "id"), text(a, "to"))); }},
      {"cancel_raid", [this](x a) { make(a, helix::cancel_raid(text(a, "broadcaster"), text(a, "id"))); }},
      {"create_poll",
       [this](x a) {
         make(a, helix::create_poll(text(a, "broadcaster"), text(a, "id"), text(a, "title"), texts(a, "choices"),
                                    std::chrono::seconds{a.value("seconds", 60)}));
       }},
      {"get_polls",
       [this](x a) { make(a, helix::get_polls(text(a, "broadcaster"), text(a, "id"), text(a, "after"))); }},
      {"end_poll",
       [this](x a) {
         make(a, helix::end_poll(text(a, "broadcaster"), text(a, "id"), text(a, "poll"), a.value("archive", false)));
       }},
      {"create_prediction",
       [this](x a) {
         make(a, helix::create_prediction(text(a, "broadcaster"), text(a, "id"), text(a, "title"), texts(a, "outcomes"),
                                          std::chrono::seconds{a.value("seconds", 60)}));
       }},
      {"get_predictions",
       [this](x a) { make(a, helix::get_predictions(text(a, "broadcaster"), text(a, "id"), text(a, "after"))); }},
      {"end_prediction",
       [this](x a) {
         make(a, helix::end_prediction(text(a, "broadcaster"), text(a, "id"), text(a, "prediction"), text(a, "status"),
                                       text(a, "winner")));
       }},
      {"get_rewards", [this](x a) { make(a, helix::get_rewards(text(a, "broadcaster"), text(a, "id"))); }},
      {"get_redemptions",
       [this](x a) {
         make(a, helix::get_redemptions(text(a, "broadcaster"), text(a, "id"), text(a, "reward"),
                                        a.value("status", "UNFULFILLED"), text(a, "after")));
       }},
      {"set_redemptions",
       [this](x a) {
         make(a, helix::set_redemptions(text(a, "broadcaster"), text(a, "id"), text(a, "reward"), texts(a, "ids"),
                                        text(a, "status")));
       }},
      {"create_clip", [this](x a) { make(a, helix::create_clip(text(a, "id"))); }},
      {"create_subscription",
       [this](x a) {
         make(a, helix::create_subscription(text(a, "type"), a.value("version", "1"), a.at("condition").dump(),
                                            a.at("transport").dump()));
       }},
      {"get_subscriptions", [this](x a) { make(a, helix::get_subscriptions(text(a, "after"))); }},
      {"delete_subscription", [this](x a) { make(a, helix::delete_subscription(text(a, "subscription"))); }},
      {"get_conduits", [this](x a) { make(a, helix::get_conduits()); }},
      {"create_conduit", [this](x a) { make(a, helix::create_conduit(a.at("shards").get<int64_t>())); }},
      {"resize_conduit",
       [this](x a) { make(a, helix::resize_conduit(text(a, "conduit"), a.at("shards").get<int64_t>())); }},
      {"delete_conduit", [this](x a) { make(a, helix::delete_conduit(text(a, "conduit"))); }},
      {"get_conduit_shards", [this](x a) { make(a, helix::get_conduit_shards(text(a, "conduit"))); }},
      {"generic",
       [this](x a) {
         helix::request what;
         what.method = a.value("method", "GET");
         what.path = text(a, "path");
         const auto query = a.value("query", json::object());
         for (const auto& [name, value] : query.items())
           what.query.emplace_back(name, value.get<std::string>());
         if (a.contains("body"))
           what.body = a["body"].dump();
         if (what.broadcaster = text(a, "broadcaster"); !what.broadcaster.empty())
           what.as = helix::identity::broadcaster;
         make(a, helix::generic(std::move(what)));
       }},
    };
  }

  template <class T>
  void make(const json& wanted, helix::call<T> what) {
    what.what.timeout_ms = wanted.value("timeout_ms", what.what.timeout_ms);
    if (wanted.value("as_application", false))
      what.what.as = helix::identity::application;
    owner.call(std::move(what), [this, n = wanted.at("n")](const helix::outcome<T>& x) {
      if (x)
        write({{"n", n}, {"value", creamery::test::to_json(*x)}});
      else
        write({{"n", n}, {"kind", creamery::test::to_json(x.error().what)}, {"error", to_string(x.error())}});
    });
  }

  static std::string text(const json& from, const char* name) {
    return from.value(name, "");
  }

  static std::vector<std::string> texts(const json& from, const char* name) {
    return from.value(name, std::vector<std::string>{});
  }

  static helix::chat_settings_change settings_change(const json& from) {
    helix::chat_settings_change change;
    auto set = [&]<class T>(const char* name, std::optional<T>& into) {
      if (from.contains(name))
        into = from[name].get<T>();
    };
    set("slow_seconds", change.slow_seconds);
    set("follower_minutes", change.follower_minutes);
    set("subscribers_only", change.subscribers_only);
    set("emotes_only", change.emotes_only);
    set("unique_chat", change.unique_chat);
    return change;
  }

  void write(const json& line) {
    out << line.dump() << '\n' << std::flush;
  }

  creamery::cog& owner;
  std::ofstream out;
  std::map<std::string, std::function<void(const json&)>> calls;
};

CREAMERY_COG(helix_probe)
