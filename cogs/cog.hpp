#pragma once

/// What the author of a cog includes, and all they have to know. A whole cog with one command:
///
///     #include "cogs/cog.hpp"
///
///     struct horse_service {
///       explicit horse_service(creamery::cog& cog) {
///         cog.command("horse", [](creamery::command_call& call) { call.say(std::string{call.user()} + ".horse"); });
///       }
///     };
///
///     CREAMERY_COG(horse_service)
///
/// Saved as `cogs/horse_service.cpp` it is built as a module of that name, and every bot whose configuration names it has
/// one of its own: the object is made when the bot starts. Its functions are called one at a time, so they need no locks.
/// One that throws is reported with the line that caused it, and the object is made anew; the other cogs go on.
///
/// A cog has a thread of its own, so it may wait for whatever it likes: only its own lines wait with it. One that never waits
/// can say so and shares the threads of the actors instead, which makes it quicker and cheaper:
///
///     struct horse_service {
///       static constexpr bool cooperative = true;

#include "cogs/arguments.hpp"
#include "cogs/storage.hpp"
#include "messages/chat_message.hpp"
#include "messages/eventsub/event.hpp"
#include "messages/helix/calls.hpp"
#include "messages/pubsub/replacement.hpp"
#include "messages/say.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace creamery {

class command_call;

/// Something that a cog wants to say, with what is rarely needed.
struct say_options {
  /// The id of the message that it answers; empty: it is no reply.
  std::string reply_to = {};
  /// Whether it is sent again when the connection died before Twitch confirmed it.
  delivery_promise promise = delivery_promise::at_most_once;
  /// Not sent any more when it had to wait longer than this.
  std::chrono::milliseconds max_age = std::chrono::minutes{1};
  /// It is said although the process may die meanwhile: it is written down together with what the handler stores, and with the event's
  /// being done, and forgotten when it is known what became of it. Waits for a day at least, and is sent again when the
  /// connection, or the process, died before Twitch confirmed it. Throws when there is no storage.
  bool durable = false;
};

/// What the runtime does for a cog. Not for cog authors: they use `cog` and `command_call`.
class cog_host : public storage_host {
public:
  virtual void say(std::string_view channel, std::string_view text, const say_options& options) = 0;

  /// Makes a call of Twitch's API; `then` is called once, as the handlers are.
  virtual void call(helix::request what, std::function<void(const helix::answer&)> then) = 0;

protected:
  ~cog_host() = default;
};

/// The runtime's side of one cog: its constructor gets it, registers with it what it wants to hear of, and may keep the
/// reference as long as it lives.
class cog {
public:
  using command_handler = std::function<void(command_call&)>;
  using chat_handler = std::function<void(const chat_message&)>;
  using line_handler = std::function<void(const irc_line&)>;
  using event_handler = std::function<void(const eventsub::event&)>;
  using pubsub_handler = std::function<void(const pubsub_message&)>;

  /// What happens when the bot is logged in: its own login name and the channels it is in.
  using ready_handler = std::function<void(std::string_view login, const std::vector<std::string>& channels)>;

  cog(cog_host& host, std::string name, std::string bot, std::string prefix, nlohmann::json options,
      std::shared_ptr<spdlog::logger> log)
    : host_(host),
      name_(std::move(name)),
      bot_(std::move(bot)),
      prefix_(std::move(prefix)),
      options_(std::move(options)),
      log_(std::move(log)) {
  }

  cog(const cog&) = delete;
  cog& operator=(const cog&) = delete;

  // -- to be used in the constructor -------------------------------------------------------------------------------------

  /// Calls `handler(command_call&, arguments…)` when somebody writes prefix and name. The arguments' types are taken from the
  /// handler: `int`, `int64_t`, `double`, `bool`, `std::string` (one word, or several in double quotes), `rest_of_line`,
  /// and `std::optional` of these for the last ones. When they don't fit, the caller is told how to use the command.
  /// @param name one word; upper and lower case don't differ.
  template <class Handler>
  void command(std::string_view name, Handler handler);

  /// The same under several names.
  template <class Handler>
  void command(std::initializer_list<std::string_view> names, Handler handler) {
    for (auto name : names)
      command(name, handler);
  }

  /// Calls `handler` with each chat message in the bot's channels, commands included.
  void on_chat(chat_handler handler) {
    on(irc_verb::privmsg, [handler = std::move(handler)](const irc_line& line) { handler(chat_message{line}); });
  }

  /// Calls `handler` with each event that the bot is subscribed to (EventSub), of whatever type. Which those are, bots.yaml says,
  /// and each cog for itself: `static constexpr const char* events = "channel.raid channel.follow";`. An event is handled once, also
  /// when the process is killed: see `cog_storage`.
  void on_event(event_handler handler) {
    event_handlers_.push_back(std::move(handler));
  }

  /// Calls `handler(const T&, const eventsub::event&)` with each event of one type.
  /// @tparam T one of `eventsub::event_types`.
  template <class T, class Handler>
  void on_event(Handler handler) {
    on_event([this, handler = std::move(handler)](const eventsub::event& event) mutable {
      if (!event.is<T>())
        return;
      if (auto content = event.as<T>())
        handler(*content, event);
      else
        log_->error("the event {} can't be read: {}", event.message_id, to_string(content.error()));
    });
  }

  /// Calls `handler` with what Twitch's PubSub would have said, which has been shut down: made of events that the bot is subscribed
  /// to. What they don't tell is null, and named in `missing`.
  void on_pubsub(pubsub_handler handler) {
    on_event([handler = std::move(handler)](const eventsub::event& event) {
      for (const auto& message : pubsub::from_event(event))
        handler(message);
    });
  }

  /// Calls `handler` with each subscription, gift, raid, announcement and the like that chat shows (USERNOTICE); `kind` is
  /// Twitch's `msg-id`, or what it wraps in a shared chat (twitch-platform 1.7).
  void on_notice(std::function<void(std::string_view kind, const chat_message&)> handler) {
    on(irc_verb::usernotice, [handler = std::move(handler)](const irc_line& line) {
      auto kind = line.tag("msg-id").value_or("");
      if (kind == "sharedchatnotice")
        kind = line.tag("source-msg-id").value_or(kind);
      handler(kind, chat_message{line});
    });
  }

  /// Calls `handler` with each line of one kind, for what has no function of its own here.
  void on(irc_verb verb, line_handler handler) {
    line_handlers_.emplace_back(verb, std::move(handler));
  }

  /// Calls `handler` once the bot is logged in and has tried to join its channels.
  void on_ready(ready_handler handler) {
    ready_handlers_.push_back(std::move(handler));
  }

  // -- to be used at any time --------------------------------------------------------------------------------------------

  /// The cog's own name.
  const std::string& name() const noexcept {
    return name_;
  }

  /// The name of its bot in bots.yaml.
  const std::string& bot() const noexcept {
    return bot_;
  }

  /// What the bot's commands begin with.
  const std::string& prefix() const noexcept {
    return prefix_;
  }

  /// What stands under the cog's name in bots.yaml: a JSON object, perhaps empty.
  const nlohmann::json& options() const noexcept {
    return options_;
  }

  /// One of its options.
  /// @throws nlohmann::json::exception when it is there but of another type; that ends the cog with a clear message.
  template <class T>
  T option(std::string_view key, T otherwise) const {
    auto found = options_.find(key);
    return found == options_.end() ? otherwise : found->template get<T>();
  }

  /// Writes to the service's log under the names of bot and cog.
  spdlog::logger& log() const noexcept {
    return *log_;
  }

  /// Says something in a channel of the bot (without '#'). Line breaks are removed, what is too long is split, `/me ` in
  /// front makes it an action; Twitch's limits are kept by waiting.
  void say(std::string_view channel, std::string_view text, const say_options& options = {}) {
    host_.say(channel, text, options);
  }

  /// Makes a call of Twitch's API, one of `creamery::helix`, as the bot or as a channel's broadcaster. Doesn't wait:
  /// `then(const helix::outcome<T>&)` is called when the outcome is there, one at a time with the cog's other handlers. A call may
  /// get lost when a part of the bot is restarted; that is an outcome as well.
  ///
  ///     cog.call(creamery::helix::get_users({}, {"ann"}), [](const auto& users) {
  ///       if (users && !users->empty()) …
  ///     });
  template <class T, class Then>
  void call(helix::call<T> what, Then then) {
    host_.call(std::move(what.what),
               [read = what.read, then = std::move(then)](const helix::answer& x) { then(read(x)); });
  }

  /// What the cog keeps for a channel, or, without one, for the bot as a whole.
  cog_storage storage(std::string channel = {}) {
    return {host_, std::move(channel)};
  }

  // -- for the runtime ---------------------------------------------------------------------------------------------------

  /// A command as it was registered.
  struct registered_command {
    std::string name;
    command_handler handler;
  };

  const std::vector<registered_command>& commands() const noexcept {
    return commands_;
  }

  const std::vector<std::pair<irc_verb, line_handler>>& line_handlers() const noexcept {
    return line_handlers_;
  }

  const std::vector<event_handler>& event_handlers() const noexcept {
    return event_handlers_;
  }

  const std::vector<ready_handler>& ready_handlers() const noexcept {
    return ready_handlers_;
  }

private:
  cog_host& host_;
  std::string name_;
  std::string bot_;
  std::string prefix_;
  nlohmann::json options_;
  std::shared_ptr<spdlog::logger> log_;
  std::vector<registered_command> commands_;
  std::vector<std::pair<irc_verb, line_handler>> line_handlers_;
  std::vector<event_handler> event_handlers_;
  std::vector<ready_handler> ready_handlers_;
};

/// One call of a command: the message that it came with, and the means to answer.
class command_call : public chat_message {
public:
  command_call(cog& owner, const chat_message& message, std::string_view name, std::string_view arguments)
    : chat_message(message), owner_(owner), name_(name), arguments_(trim_arguments(arguments)) {
  }

  /// The command's name as it was registered.
  std::string_view name() const noexcept {
    return name_;
  }

  /// What stands behind the command's name, without spaces around it.
  std::string_view arguments() const noexcept {
    return arguments_;
  }

  /// Says something in the channel that the command came from.
  void say(std::string_view text) {
    owner_.say(channel(), text);
  }

  /// The same, shown by Twitch as an answer to the caller's message.
  void reply(std::string_view text) {
    owner_.say(channel(), text, {.reply_to = std::string{id()}});
  }

private:
  cog& owner_;
  std::string_view name_;
  std::string_view arguments_;
};

template <class Handler>
void cog::command(std::string_view name, Handler handler) {
  auto lower = to_lower(name);
  commands_.push_back({lower, [usage = prefix_ + lower, handler = std::move(handler)](command_call& call) mutable {
                         if (auto problem = call_with_arguments(handler, call, call.arguments()); !problem.empty())
                           call.reply("usage: " + usage + problem);
                       }});
}

} // namespace creamery

#include "cogs/module.hpp"
