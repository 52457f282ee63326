#pragma once

#include "simulator/chat_server.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator::test {

/// A client without socket: what it would read is kept.
class fake_client : public client_link {
public:
  void send(std::string_view line, bool) override {
    lines.emplace_back(line);
  }

  void finish() override {
    finished = true;
  }

  void strike(const fault& what) override {
    struck.push_back(what.kind);
  }

  size_t queued() const override {
    return waiting;
  }

  /// Whether one of the lines since the last `forget` has this in it.
  bool saw(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(), [&](const auto& x) { return x.find(text) != std::string::npos; });
  }

  /// The last line with this in it, or nothing.
  std::string last(std::string_view text) const {
    auto found =
      std::find_if(lines.rbegin(), lines.rend(), [&](const auto& x) { return x.find(text) != std::string::npos; });
    return found == lines.rend() ? std::string{} : *found;
  }

  void forget() {
    lines.clear();
  }

  std::vector<std::string> lines;
  std::vector<fault_kind> struck;
  size_t waiting = 0;
  bool finished = false;
  session* talk = nullptr;
};

/// A Twitch chat whose clock is moved by hand.
struct chat_fixture {
  options setup;
  history log{1000};
  chat_server chat{setup, log};
  time_point now{std::chrono::hours{400'000}};
  std::deque<fake_client> clients;

  fake_client& connect() {
    auto& made = clients.emplace_back();
    made.talk = &chat.open(made, "irc", now);
    return made;
  }

  void type(fake_client& who, std::string_view line) {
    chat.receive(*who.talk, line, now);
  }

  /// Somebody who has logged in with everything, and forgotten the welcome.
  fake_client& enter(const std::string& login) {
    auto& made = connect();
    type(made, "CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership");
    type(made, "PASS oauth:sim-" + login);
    type(made, "NICK " + login);
    made.forget();
    return made;
  }

  /// The same, in a channel.
  fake_client& enter(const std::string& login, const std::string& channel) {
    auto& made = enter(login);
    type(made, "JOIN #" + channel);
    made.forget();
    return made;
  }

  void wait(duration time) {
    now += time;
    chat.tick(now);
  }

  /// The verdict that the history has on the last message.
  std::string verdict_on_last(const std::string& event = "message") {
    auto all = log.lines(0, SIZE_MAX);
    for (auto line = all.rbegin(); line != all.rend(); ++line) {
      if (line->find("\"event\":\"" + event + "\"") == std::string::npos)
        continue;
      std::string_view key = "\"verdict\":\"";
      auto begin = line->find(key);
      return begin == std::string::npos
               ? std::string{}
               : line->substr(begin + key.size(), line->find('"', begin + key.size()) - begin - key.size());
    }
    return {};
  }

  void make(const std::string& channel, const std::string& login, const std::string& role) {
    room_request request;
    request.channel = channel;
    request.roles[login] = role;
    (void)chat.apply(request, now);
  }
};

} // namespace creamery::simulator::test
