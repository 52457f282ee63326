#include "simulator/replay_player.hpp"

#include <algorithm>
#include <cmath>

namespace creamery::simulator {

namespace {

/// How often it is looked whether somebody has joined.
constexpr auto patience = std::chrono::milliseconds{10};

/// Between the last line of a round and the first one of the next, at recorded speed.
constexpr duration between_rounds = std::chrono::milliseconds{100};

} // namespace

result<bool> replay_player::check(const replay_request& request) {
  using speed = replay_request::speed_kind;
  // Written so that "not a number" is refused, too.
  if (request.speed == speed::recorded && !(request.factor > 0 && std::isfinite(request.factor)))
    return failure{"replay", "the factor must be above 0"};
  if (request.speed == speed::fixed && !(request.rate > 0 && std::isfinite(request.rate)))
    return failure{"replay", "the rate must be above 0 lines a second"};
  for (const auto& channel : request.channels)
    if (!is_login(channel))
      return failure{"replay: channel '" + channel + "'", "a channel's name has 1 to 25 of a-z, 0-9, _"};
  return true;
}

replay_player::replay_player(uint64_t number, std::shared_ptr<const replay_file> file, replay_request request,
                             size_t high_water)
  : number_(number), file_(std::move(file)), request_(std::move(request)), high_water_(high_water) {
  request_.lines.clear(); // they are in the file by now
  channels_ = request_.channels;
  if (channels_.empty())
    for (size_t i = 0; i < file_->size(); ++i)
      channels_.emplace_back(file_->channel(i));
  std::sort(channels_.begin(), channels_.end());
  channels_.erase(std::unique(channels_.begin(), channels_.end()), channels_.end());
}

void replay_player::begin_if_joined(chat_server& chat, time_point now) {
  next_look_ = now + patience;
  auto has_member = [&](const std::string& channel) {
    auto where = chat.find_room(channel);
    return where && !where->members.empty();
  };
  if (request_.wait_for_join && !std::all_of(channels_.begin(), channels_.end(), has_member))
    return;
  state_ = state::running;
  begun_ = next_look_ = now;
}

void replay_player::play(chat_server& chat, size_t at_most, time_point now) {
  if (state_ == state::waiting)
    begin_if_joined(chat, now);
  blocked_ = false;
  while (state_ == state::running && at_most-- > 0 && due() <= now)
    if (!send_next(chat, now))
      return;
}

std::string_view replay_player::next_channel() const {
  return request_.channels.empty() ? file_->channel(index_)
                                   : std::string_view{request_.channels[played_ % request_.channels.size()]};
}

bool replay_player::is_slow(const room& where) const {
  return std::any_of(where.members.begin(), where.members.end(),
                     [&](const session* x) { return x->hears() && x->link->queued() > high_water_; });
}

bool replay_player::send_next(chat_server& chat, time_point now) {
  auto where = chat.find_room(next_channel());
  if (!where || where->members.empty()) {
    // Nobody is there at all: sending to nobody as fast as possible would be a busy way of doing nothing.
    if (request_.speed == replay_request::speed_kind::fastest && ++skipped_in_a_row_ > file_->size()) {
      next_look_ = now + patience;
      skipped_in_a_row_ = 0;
      return false;
    }
    ++skipped_;
  } else if (request_.wait_for_slow && is_slow(*where)) {
    blocked_ = true;
    return false;
  } else {
    skipped_in_a_row_ = 0;
    auto made = render_next(*where, now);
    constexpr size_t id_size = 36;
    std::string_view id;
    if (made.id != std::string::npos)
      id = std::string_view{text_}.substr(made.id, id_size);
    chat.deliver(*where,
                 {.text = text_,
                  .body = made.body,
                  .kind = file_->kind(index_),
                  .id = id,
                  .sender = nullptr,
                  .drop_above = request_.wait_for_slow ? SIZE_MAX : high_water_},
                 now);
    ++sent_;
  }
  ++played_;
  ended_ = now;
  if (++index_ == file_->size()) {
    index_ = 0;
    if (++round_ == request_.rounds)
      state_ = state::done;
  }
  return true;
}

replay_file::rendered replay_player::render_next(const room& where, time_point now) {
  auto render = [&](time_point when) {
    text_.clear();
    return file_->render(text_, index_, {ids_, played_, where.name(), where.id(), when});
  };
  auto made = render(now);
  if (made.id != std::string::npos)
    return made;
  // Only its time tells a line without id from an equal one before it: faster than recorded, that would be the same.
  constexpr auto tick = std::chrono::milliseconds{1};
  auto [last, is_first] = last_without_id_.try_emplace(text_.substr(made.body), now);
  if (is_first || now >= last->second + tick) {
    last->second = now;
    return made;
  }
  last->second += tick;
  return render(last->second);
}

time_point replay_player::due() const {
  using speed = replay_request::speed_kind;
  if (request_.speed == speed::fastest)
    return next_look_;
  auto microseconds = static_cast<double>(played_) * 1e6 / request_.rate;
  if (request_.speed == speed::recorded) {
    auto round_length = file_->offset(file_->size() - 1) + between_rounds;
    auto recorded = static_cast<double>(round_) * static_cast<double>(round_length.count())
                    + static_cast<double>(file_->offset(index_).count());
    microseconds = recorded / request_.factor;
  }
  return begun_ + duration{static_cast<duration::rep>(microseconds)};
}

time_point replay_player::next() const {
  if (is_over() || blocked_)
    return time_point::max();
  return state_ == state::waiting ? next_look_ : due();
}

void replay_player::stop(time_point now) {
  if (is_over())
    return;
  state_ = state::stopped;
  ended_ = now;
}

replay_status replay_player::status(time_point now) const {
  static constexpr const char* names[] = {"waiting", "running", "done", "stopped"};
  replay_status found;
  found.id = number_;
  found.state = names[static_cast<size_t>(state_)];
  found.lines = file_->size();
  found.round = round_;
  found.sent = sent_;
  found.skipped = skipped_;
  if (begun_ != time_point{})
    found.elapsed = (is_over() ? ended_ : now) - begun_;
  return found;
}

std::optional<parent_line> replay_player::find(std::string_view id) const {
  auto number = ids_.number(id);
  if (!number || *number >= played_)
    return std::nullopt;
  auto found = file_->describe(*number % file_->size());
  found.id = found.thread_id = id;
  return found;
}

} // namespace creamery::simulator
