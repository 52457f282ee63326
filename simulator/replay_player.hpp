#pragma once

#include "simulator/chat_server.hpp"
#include "simulator/clock.hpp"
#include "simulator/ids.hpp"
#include "simulator/replay_file.hpp"
#include "simulator/requests.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace creamery::simulator {

/// One replay: which line is due when, and what it looks like this time. Knows no clock and no socket.
class replay_player {
public:
  /// @param number names it. @param high_water a client with more bytes than this waiting is slow.
  replay_player(uint64_t number, std::shared_ptr<const replay_file> file, replay_request request, size_t high_water);

  /// Whether the request makes sense.
  static result<bool> check(const replay_request& request);

  /// Sends what is due, at most `at_most` lines. Stops early where it has to wait for somebody.
  void play(chat_server& chat, size_t at_most, time_point now);

  /// When to call `play` again. The past: at once, it has more to send. The far future: when a slow client has taken
  /// something (`waits_for_client`), or never.
  time_point next() const;

  bool waits_for_client() const noexcept {
    return blocked_;
  }

  bool is_over() const noexcept {
    return state_ == state::done || state_ == state::stopped;
  }

  void stop(time_point now);

  replay_status status(time_point now) const;

  /// The line with this id, if it is one of this replay's.
  std::optional<parent_line> find(std::string_view id) const;

private:
  enum class state { waiting, running, done, stopped };

  void begin_if_joined(chat_server& chat, time_point now);
  bool send_next(chat_server& chat, time_point now);

  /// Puts the next line into `text_`.
  replay_file::rendered render_next(const room& where, time_point now);
  std::string_view next_channel() const;
  bool is_slow(const room& where) const;

  /// When the next line is due.
  time_point due() const;

  uint64_t number_;
  std::shared_ptr<const replay_file> file_;
  replay_request request_;
  size_t high_water_;
  id_source ids_{random_seed()};
  std::vector<std::string> channels_; // that the lines go to, each once
  state state_ = state::waiting;
  bool blocked_ = false;
  time_point begun_{};
  time_point ended_{};
  time_point next_look_{};
  uint64_t round_ = 0;
  size_t index_ = 0;
  uint64_t played_ = 0;
  uint64_t sent_ = 0;
  uint64_t skipped_ = 0;
  uint64_t skipped_in_a_row_ = 0;
  std::string text_;
  /// When a line without id was last said, by its text: as many as the file has, in each channel.
  std::unordered_map<std::string, time_point> last_without_id_;
};

} // namespace creamery::simulator
