#pragma once

#include "messages/chat_batch.hpp"
#include "messages/chat_message.hpp"
#include "runtime/irc/parser.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::test {

using strings = std::vector<std::string>;

/// A parsed line together with the memory that it lies in. Ends the program when the line doesn't parse: tests of bad lines call
/// the parser themselves.
class owned_line {
public:
  explicit owned_line(std::string text) : text_(std::move(text)) {
    if (auto error = parse_irc(text_, index_); error != irc_parse_error::none) {
      std::fprintf(stderr, "no line: '%s'\n", text_.c_str());
      std::abort();
    }
  }

  irc_line view() const noexcept {
    return {text_.data(), index_};
  }

  chat_message message() const noexcept {
    return chat_message{view()};
  }

  const irc_index& index() const noexcept {
    return index_;
  }

private:
  std::string text_;
  irc_index index_;
};

/// Lines one behind the other in one piece of memory, as a connection would send them on.
inline chat_batch batch_of(const strings& lines) {
  chat_batch batch;
  std::string bytes;
  for (const auto& line : lines) {
    auto index = owned_line{line}.index();
    index.begin = static_cast<uint32_t>(bytes.size());
    batch.lines.push_back(index);
    bytes += line + "\r\n";
  }
  batch.memory = slab::copy_of(bytes);
  return batch;
}

/// A message of `user` in `channel`, with more tags in front.
inline std::string privmsg(std::string_view channel, std::string_view user, std::string_view text,
                           std::string_view tags = "x=y") {
  std::string who{user};
  std::string line = "@";
  line.append(tags).append(" :").append(who + "!" + who + "@" + who + ".tmi.twitch.tv PRIVMSG #");
  return line.append(channel).append(" :").append(text);
}

/// The lines of a cog's batch as they stand.
inline strings raw_lines(const cog_batch::content& content) {
  strings result;
  for (const auto& line : content.lines)
    result.emplace_back(irc_line{content.memory->data(), line.index}.raw());
  return result;
}

} // namespace creamery::test
