#pragma once

#include "benchmarks/micro/capture.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::benchmarks {

/// Chat lines as people have really said them, into other channels and under fresh ids, so that no two are the same line.
class chat_lines {
public:
  /// Takes the messages of a capture.
  explicit chat_lines(const capture& data);

  bool empty() const noexcept {
    return messages_.empty();
  }

  /// The next message into a channel; valid until the next call.
  std::string_view message(std::string_view channel);

  /// A command, said by `Viewer<number>`, whom the reply has to name; valid until the next call.
  std::string_view command(std::string_view channel, std::string_view text, uint64_t number);

  /// Somebody comes in; valid until the next call.
  std::string_view join(std::string_view channel, uint64_t number);

  /// A raid arrives; valid until the next call.
  std::string_view raid(std::string_view channel, size_t viewers);

private:
  /// What stands before the id, between the id and the channel, and behind the channel.
  struct message_parts {
    std::string before_id;
    std::string before_channel;
    std::string behind_channel;
  };

  void append_id();

  std::vector<message_parts> messages_;
  size_t next_ = 0;
  uint64_t last_id_ = 0;
  std::string line_;
};

} // namespace creamery::benchmarks
