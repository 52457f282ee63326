#include "benchmarks/burst/chat_lines.hpp"

#include <charconv>

namespace creamery::benchmarks {

chat_lines::chat_lines(const capture& data) {
  for (auto line : data.lines) {
    const auto id = line.find(";id=");
    const auto verb = line.find(" PRIVMSG #");
    if (line.front() != '@' || id == std::string_view::npos || verb == std::string_view::npos || verb < id)
      continue;
    const auto id_begin = id + 4;
    const auto id_end = line.find_first_of("; ", id_begin);
    const auto channel = verb + 10;
    const auto channel_end = line.find(' ', channel);
    if (id_end == std::string_view::npos || channel_end == std::string_view::npos)
      continue;
    // What begins with the bots' prefix would be a command that nobody counts on.
    if (line.substr(channel_end).starts_with(" :!"))
      continue;
    messages_.push_back({std::string{line.substr(0, id_begin)}, std::string{line.substr(id_end, channel - id_end)},
                         std::string{line.substr(channel_end)}});
  }
}

void chat_lines::append_id() {
  // A UUID, so that it is treated like Twitch's; the last digits count.
  constexpr std::string_view digits = "0123456789abcdef";
  char id[] = "5a6b7c8d-1e2f-4a3b-8c9d-000000000000";
  auto rest = ++last_id_;
  for (auto* p = id + 35; rest != 0; --p, rest >>= 4)
    *p = digits[rest & 15];
  line_.append(id, 36);
}

std::string_view chat_lines::message(std::string_view channel) {
  const auto& parts = messages_[next_];
  next_ = next_ + 1 == messages_.size() ? 0 : next_ + 1;
  line_ = parts.before_id;
  append_id();
  return line_.append(parts.before_channel).append(channel).append(parts.behind_channel);
}

std::string_view chat_lines::command(std::string_view channel, std::string_view text, uint64_t number) {
  char digits[20];
  const std::string_view who{digits, std::to_chars(digits, digits + 20, number).ptr};
  line_ = "@badge-info=;badges=;client-nonce=;color=#1E90FF;display-name=Viewer";
  line_.append(who).append(";emotes=;first-msg=0;flags=;id=");
  append_id();
  line_.append(";mod=0;returning-chatter=0;room-id=11148817;subscriber=0;tmi-sent-ts=1767225600123;turbo=0;user-id=");
  line_.append(who).append(";user-type= :viewer").append(who).append("!viewer").append(who).append("@viewer");
  return line_.append(who).append(".tmi.twitch.tv PRIVMSG #").append(channel).append(" :").append(text);
}

std::string_view chat_lines::join(std::string_view channel, uint64_t number) {
  const auto who = "raider" + std::to_string(number);
  line_ = ":" + who + "!" + who + "@" + who + ".tmi.twitch.tv JOIN #";
  return line_.append(channel);
}

std::string_view chat_lines::raid(std::string_view channel, size_t viewers) {
  const auto count = std::to_string(viewers);
  line_ = "@badge-info=;badges=partner/1;color=#FF7F50;display-name=BigStreamer;emotes=;flags=;id=";
  append_id();
  line_ += ";login=bigstreamer;mod=0;msg-id=raid;msg-param-displayName=BigStreamer;msg-param-login=bigstreamer;"
           "msg-param-profileImageURL=;msg-param-viewerCount=";
  line_ +=
    count + ";room-id=11148817;subscriber=0;system-msg=" + count
    + "\\sraiders\\sfrom\\sBigStreamer\\shave\\sjoined!;tmi-sent-ts=1767225600123;user-id=22484632;user-type=;vip=0 "
      ":tmi.twitch.tv USERNOTICE #";
  return line_.append(channel);
}

} // namespace creamery::benchmarks
