#include "simulator/raid_player.hpp"

#include <algorithm>
#include <cmath>

namespace creamery::simulator {

namespace {

/// Of so many raiders, the others see JOIN and PART.
constexpr unsigned announced = 900;

constexpr auto step = std::chrono::milliseconds{1};

constexpr std::string_view first_words[] = {"cozy",  "salty", "turbo", "sleepy", "mighty", "tiny",  "lucky", "sneaky",
                                            "fuzzy", "retro", "pixel", "cosmic", "creamy", "silly", "brave", "quiet"};
constexpr std::string_view second_words[] = {"otter",  "badger", "wizard", "waffle", "goblin", "panda",
                                             "kraken", "noodle", "falcon", "pickle", "robot",  "muffin",
                                             "ferret", "tiger",  "yeti",   "koala"};

double seconds(duration x) {
  return std::chrono::duration<double>{x}.count();
}

} // namespace

const std::vector<std::string>& default_phrases() {
  static const std::vector<std::string> phrases{
    "hello everyone HeyGuys",
    "LUL",
    "Kappa",
    "that was close PogChamp",
    "what is this game?",
    "no way",
    "KEKW",
    "first time here, hi :)",
    "clip it!",
    "gg",
    "LUL LUL LUL",
    "how long have you been live?",
    "I can't believe that worked",
    "grüße aus köln",
    "日本から見てます",
    "🎉🎉🎉",
    "can you turn the music up a bit?",
    "BibleThump",
    "W",
    "same",
    "that's not how any of this works, but I respect it",
    "Kreygasm the colours",
  };
  return phrases;
}

std::string viewer_login(uint64_t number) {
  dice random{number};
  std::string login{first_words[random.below(std::size(first_words))]};
  login += '_';
  login += second_words[random.below(std::size(second_words))];
  return login + std::to_string(number % 1'000'000);
}

raid_player::raid_player(raid_request request, uint64_t seed, time_point now)
  : request_(std::move(request)), random_(seed), crowd_(random_.below(100'000)), begun_(now) {
  if (request_.phrases.empty())
    request_.phrases = default_phrases();
}

result<bool> raid_player::check(const raid_request& request) {
  if (!is_login(request.from))
    return failure{"raid: from '" + request.from + "'", "a login has 1 to 25 of a-z, 0-9, _"};
  if (request.viewers == 0)
    return failure{"raid", "needs viewers"};
  if (!(request.peak >= 0 && std::isfinite(request.peak)))
    return failure{"raid", "the peak can't be below 0 lines a second"};
  if (request.ramp.count() < 0 || request.lasts.count() < 0)
    return failure{"raid", "a time can't be negative"};
  for (const auto* texts : {&request.phrases, &request.commands})
    for (const auto& text : *texts)
      if (text.empty() || text.find_first_of("\r\n") != std::string::npos)
        return failure{"raid", "each phrase and command must be one line that isn't empty"};
  return true;
}

time_point raid_player::end() const {
  return begun_ + request_.ramp + request_.lasts + request_.ramp;
}

uint64_t raid_player::lines_by(time_point now) const {
  auto passed = seconds(std::min(now, end()) - begun_);
  auto ramp = seconds(request_.ramp);
  auto lasts = seconds(request_.lasts);
  // The area under the trapezoid so far.
  auto rising = std::min(passed, ramp);
  auto level = std::clamp(passed - ramp, 0.0, lasts);
  auto left = std::clamp(ramp + lasts + ramp - passed, 0.0, ramp);
  auto area = level;
  if (ramp > 0) {
    area += rising * rising / (2 * ramp);
    if (passed > ramp + lasts)
      area += ramp / 2 - left * left / (2 * ramp);
  }
  return static_cast<uint64_t>(area * request_.peak);
}

void raid_player::play(chat_server& chat, size_t at_most, time_point now) {
  auto where = chat.get_room(request_.channel);
  if (over_ || !where) {
    over_ = true;
    return;
  }
  if (!std::exchange(arrived_, true))
    arrive(chat, *where, now);
  auto wanted = lines_by(now);
  for (; said_ < wanted && at_most > 0; --at_most)
    say_something(chat, *where, now);
  if (now >= end() && said_ >= wanted) {
    leave(chat, *where, now);
    over_ = true;
  }
}

time_point raid_player::next(time_point now) const {
  if (over_)
    return time_point::max();
  return !arrived_ || said_ < lines_by(now) ? now : std::min(now + step, std::max(now, end()));
}

void raid_player::arrive(chat_server& chat, room& where, time_point now) {
  for (unsigned i = 0; i < std::min(request_.viewers, announced); ++i)
    chat.enter(where, viewer_login(crowd_ + i), now);
  auto from = make_person(request_.from);
  (void)chat.notice(
    {.channel = where.name(),
     .login = request_.from,
     .kind = "raid",
     .system_message = std::to_string(request_.viewers) + " raiders from " + from.display_name + " have joined!",
     .text = {},
     .params = {{"displayName", from.display_name},
                {"login", from.login},
                {"viewerCount", std::to_string(request_.viewers)},
                {"profileImageURL", "https://static-cdn.jtvnw.net/jtv_user_pictures/example-%s.png"}}},
    now);
}

void raid_player::leave(chat_server& chat, room& where, time_point now) {
  for (unsigned i = 0; i < std::min(request_.viewers, announced); ++i)
    chat.leave(where, viewer_login(crowd_ + i), now);
}

void raid_player::say_something(chat_server& chat, room& where, time_point now) {
  ++said_;
  auto who = make_person(viewer_login(crowd_ + random_.below(request_.viewers)));
  say_request what;
  auto is_command = !request_.commands.empty() && request_.command_every > 0 && said_ % request_.command_every == 0;
  const auto& texts = is_command ? request_.commands : request_.phrases;
  what.text = texts[random_.below(texts.size())];
  chat.speak(where, who, where.role_of(who.login), what, now);
}

} // namespace creamery::simulator
