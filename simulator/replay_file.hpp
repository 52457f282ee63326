#pragma once

#include "messages/result.hpp"
#include "simulator/clock.hpp"
#include "simulator/ids.hpp"
#include "simulator/irc_text.hpp"
#include "simulator/message_memory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace creamery::simulator {

/// Recorded chat lines, taken apart once so that they can be sent again with other ids, times and channels by merely
/// putting pieces together.
class replay_file {
public:
  /// Reads `file`: one IRC line in each line. Lines that aren't chat are left out.
  static result<replay_file> load(const std::string& file);

  /// The same for lines that are there already. @param origin for messages.
  static result<replay_file> parse(const std::vector<std::string>& lines, const std::string& origin);

  size_t size() const noexcept {
    return lines_.size();
  }

  /// Where the line was said, without `#`.
  std::string_view channel(size_t index) const {
    return lines_[index].channel;
  }

  /// "PRIVMSG", "USERNOTICE", "CLEARCHAT" or "CLEARMSG".
  std::string_view kind(size_t index) const {
    return kinds[lines_[index].kind];
  }

  /// When the line was sent, counted from the first one; never less than for the line before.
  duration offset(size_t index) const {
    return lines_[index].offset;
  }

  /// What a line gets that is new on each round.
  struct renewal {
    const id_source& ids;
    /// The number of this line's id. That of another line of this round has the same distance as their indexes.
    uint64_t number;
    std::string_view channel;
    std::string_view room_id;
    time_point when;
  };

  /// A line in the making.
  struct rendered {
    /// Position of its text without tags.
    size_t body = 0;
    /// Position of its id; npos: it has none.
    size_t id = std::string::npos;
  };

  /// Appends a line.
  rendered render(std::string& out, size_t index, const renewal& fresh) const;

  /// What a reply to the line would say of it; its ids are left empty.
  parent_line describe(size_t index) const;

private:
  enum class slot : uint8_t { none, id, other_id, time, room_id, channel };

  /// Text, then something new.
  struct piece {
    uint32_t begin;
    uint32_t size;
    slot then;
    uint32_t other = 0; // index of the line whose id it is
  };

  struct line {
    std::string channel;
    duration offset{};
    size_t first_piece = 0;
    size_t last_piece = 0; // one past
    size_t body_piece = 0; // where the line begins without tags
    uint8_t kind = 0;
  };

  static constexpr std::string_view kinds[] = {"PRIVMSG", "USERNOTICE", "CLEARCHAT", "CLEARMSG"};

  void add(std::string_view text);
  void add_piece(std::string_view text, slot then, size_t other = 0);
  void add_tags(const irc_text& parsed, bool wants_id);

  std::string text_;
  std::vector<piece> pieces_;
  std::vector<line> lines_;
  std::unordered_map<std::string, size_t> line_of_id_; // while it is read
  int64_t first_time_ = -1;
};

} // namespace creamery::simulator
