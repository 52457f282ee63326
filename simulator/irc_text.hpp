#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// An IRC line, taken apart (twitch-platform §1.5). Views into the line that was parsed.
struct irc_text {
  /// Name and value, still escaped, in the order of the line.
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  /// Without its colon; empty if there is none.
  std::string_view prefix;
  std::string_view verb;
  /// Middles and trailing alike.
  std::vector<std::string_view> params;

  /// A tag's value, still escaped; empty if it is not there.
  std::string_view tag(std::string_view name) const;

  /// A parameter, or an empty text if there are fewer.
  std::string_view param(size_t index) const;
};

/// Takes a line without its line end apart. Nothing if there is no verb in it.
std::optional<irc_text> parse_irc(std::string_view line);

/// A tag's value as it was meant.
std::string unescape_tag(std::string_view value);

/// Appends a tag's value as it is written.
void append_escaped(std::string& out, std::string_view value);

/// Takes complete lines out of a stream of bytes. A line of more than `max_line` bytes is skipped, to the last byte,
/// and counted.
class line_splitter {
public:
  /// What a client may send at most, tags and line end included: far more than Twitch takes (4096 + 512).
  static constexpr size_t max_line = 16 * 1024;

  /// Calls `take(std::string_view)` for each line that `bytes` completes, without its line end; empty ones are left
  /// out.
  template <class F>
  void feed(std::string_view bytes, F&& take) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      auto line = bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      if (keep(line))
        if (auto complete = trimmed(rest_.empty() ? line : std::string_view{rest_ += line}); !complete.empty())
          take(complete);
      skipping_ = false;
      rest_.clear();
    }
    if (keep(bytes))
      rest_ += bytes;
  }

  /// How many lines were too long.
  size_t skipped() const noexcept {
    return skipped_;
  }

private:
  /// Whether the line that `part` belongs to is still short enough.
  bool keep(std::string_view part) {
    if (!skipping_ && rest_.size() + part.size() > max_line) {
      skipping_ = true;
      ++skipped_;
      rest_.clear();
    }
    return !skipping_;
  }

  static std::string_view trimmed(std::string_view line) {
    while (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    return line;
  }

  std::string rest_;
  bool skipping_ = false;
  size_t skipped_ = 0;
};

} // namespace creamery::simulator
