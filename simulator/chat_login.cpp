#include "simulator/chat_server.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

bool* find_capability(capability_set& all, std::string_view name) {
  if (name == "twitch.tv/tags")
    return &all.tags;
  if (name == "twitch.tv/commands")
    return &all.commands;
  if (name == "twitch.tv/membership")
    return &all.membership;
  return nullptr;
}

/// The words of `CAP REQ`: in one trailing parameter, or, from a careless client, in several.
std::vector<std::string_view> words_from(const irc_text& line, size_t first) {
  std::vector<std::string_view> words;
  for (auto i = first; i < line.params.size(); ++i) {
    auto rest = line.params[i];
    while (!rest.empty()) {
      auto end = std::min(rest.find(' '), rest.size());
      if (end > 0)
        words.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return words;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (auto word : words)
    text.append(text.empty() ? "" : " ").append(word);
  return text;
}

} // namespace

void chat_server::request_capabilities(session& from, const irc_text& line) {
  auto command = line.param(0);
  if (command == "LS") {
    send(from, ":tmi.twitch.tv CAP * LS :twitch.tv/commands twitch.tv/membership twitch.tv/tags");
  } else if (command == "LIST") {
    std::string list;
    for (auto name : {"twitch.tv/commands", "twitch.tv/membership", "twitch.tv/tags"})
      if (*find_capability(from.capabilities, name))
        list.append(list.empty() ? "" : " ").append(name);
    send(from, ":tmi.twitch.tv CAP * LIST :" + list);
  } else if (command == "REQ") {
    auto words = words_from(line, 1);
    // All or nothing, as IRCv3 has it.
    auto known =
      std::all_of(words.begin(), words.end(), [&](auto word) { return find_capability(from.capabilities, word); });
    if (known)
      for (auto word : words)
        *find_capability(from.capabilities, word) = true;
    send(from, (known ? ":tmi.twitch.tv CAP * ACK :" : ":tmi.twitch.tv CAP * NAK :") + joined(words));
  }
  // END needs no answer: Twitch doesn't hold the welcome back for it.
}

void chat_server::log_in(session& from, time_point now) {
  if (from.nick.empty() || (from.pass.empty() && !is_anonymous(lower(from.nick))))
    return; // the other half is still to come
  auto login = lower(from.nick);
  if (auto refusal = faults_.take_refusal(login, from.id)) {
    ++counters_.faults;
    refuse_login(from, refusal->text.empty() ? refusal_text(login_outcome::kind::bad_token) : refusal->text, "fault",
                 now);
    return;
  }
  auto outcome = accounts_.log_in(from.pass, from.nick, now);
  using kind = login_outcome::kind;
  if (outcome.verdict == kind::too_many)
    ++counters_.login_violations;
  if (outcome.verdict != kind::accepted && outcome.verdict != kind::anonymous) {
    refuse_login(from, refusal_text(outcome.verdict), outcome.verdict == kind::too_many ? "ratelimited" : "judged",
                 now);
    return;
  }
  from.login = login;
  from.who = outcome.who;
  from.may_write = outcome.may_write;
  if (!from.who)
    from.own_limits = std::make_unique<account_limits>(setup_.limits);
  from.token = from.who ? from.pass.substr(from.pass.find(':') + 1) : std::string{};
  welcome(from, now);
}

void chat_server::refuse_login(session& from, std::string_view text, std::string_view reason, time_point now) {
  ++counters_.logins_refused;
  log_.add("login_refused", now, [&](json_line& x) {
    x.number("connection", static_cast<int64_t>(from.id))
      .text("login", lower(from.nick))
      .text("text", text)
      .text("reason", reason);
  });
  send(from, ":tmi.twitch.tv NOTICE * :" + std::string{text});
  dismiss(from);
}

void chat_server::welcome(session& whom, time_point now) {
  ++counters_.logins;
  whom.ping_due = now + setup_.ping_period;
  log_.add("login", now, [&](json_line& x) {
    x.number("connection", static_cast<int64_t>(whom.id))
      .text("login", whom.login)
      .text("transport", whom.transport)
      .flag("anonymous", !whom.who);
  });
  auto numeric = [&](std::string_view number, std::string_view text) {
    send(whom, ":tmi.twitch.tv " + std::string{number} + " " + whom.login + " :" + std::string{text});
  };
  numeric("001", "Welcome, GLHF!");
  numeric("002", "Your host is tmi.twitch.tv");
  numeric("003", "This server is rather new");
  numeric("004", "-");
  numeric("375", "-");
  numeric("372", "You are in a maze of twisty passages, all alike.");
  numeric("376", ">");
  if (whom.who && whom.capabilities.commands)
    send(whom, globaluserstate_line(whom.who->who));
  for (const auto& what : faults_.take(fault_moment::login, whom.login, whom.id))
    strike(whom, what, now);
}

} // namespace creamery::simulator
