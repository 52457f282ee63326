#pragma once

#include "simulator/chat_server.hpp"
#include "simulator/clock.hpp"
#include "simulator/ids.hpp"
#include "simulator/requests.hpp"

#include <string>
#include <vector>

namespace creamery::simulator {

/// The phrases that viewers use if nobody gave them others.
const std::vector<std::string>& default_phrases();

/// An invented login; the same for the same number.
std::string viewer_login(uint64_t number);

/// One raid: people come, chat grows to its peak, ebbs away, people go. Knows no clock and no socket.
class raid_player {
public:
  /// @param seed decides who says what.
  raid_player(raid_request request, uint64_t seed, time_point now);

  /// Whether the request makes sense.
  static result<bool> check(const raid_request& request);

  /// Does what is due, at most `at_most` lines; calls for more are in `next`.
  void play(chat_server& chat, size_t at_most, time_point now);

  /// When there is something to do.
  time_point next(time_point now) const;

  bool is_over() const noexcept {
    return over_;
  }

private:
  void arrive(chat_server& chat, room& where, time_point now);
  void leave(chat_server& chat, room& where, time_point now);
  void say_something(chat_server& chat, room& where, time_point now);

  /// How many lines should have been said by now.
  uint64_t lines_by(time_point now) const;
  time_point end() const;

  raid_request request_;
  dice random_;
  uint64_t crowd_; // where its viewers' numbers begin
  time_point begun_;
  bool arrived_ = false;
  bool over_ = false;
  uint64_t said_ = 0;
};

} // namespace creamery::simulator
