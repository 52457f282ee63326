#include "simulator/scenario_player.hpp"

#include "simulator/raid_player.hpp"

#include <algorithm>
#include <cmath>

namespace creamery::simulator {

namespace {

/// How often it is looked for channels that somebody has joined meanwhile.
constexpr auto look_period = std::chrono::milliseconds{100};

/// Of a channel's viewers, so many are in its list of names.
constexpr unsigned listed_viewers = 500;

constexpr size_t deletable_lines = 20;

const channel_script* find_script(const scenario& plot, std::string_view channel) {
  auto found =
    std::find_if(plot.channels.begin(), plot.channels.end(), [&](const auto& x) { return x.channel == channel; });
  return found == plot.channels.end() ? nullptr : &*found;
}

} // namespace

scenario_player::scenario_player(scenario plot, time_point now) : plot_(std::move(plot)), begun_(now) {
}

std::vector<raid_request> scenario_player::play(chat_server& chat, size_t at_most, time_point now) {
  std::vector<raid_request> raids;
  if (now >= next_look_) {
    open_joined_channels(chat, now);
    next_look_ = now + look_period;
  }
  for (auto& at : stages_) {
    auto left = at_most;
    for (auto& what : at.occasions) {
      for (; what.due <= now && left > 0; --left) {
        happen(chat, at, what, now);
        what.due += until_next(at, what);
      }
      if (left == 0)
        what.due = std::max(what.due, now); // more than can be done: the rest is let go
    }
  }
  play_timeline(chat, raids, now);
  return raids;
}

time_point scenario_player::next() const {
  auto first = next_look_;
  for (const auto& at : stages_)
    for (const auto& what : at.occasions)
      first = std::min(first, what.due);
  if (next_event_ < plot_.timeline.size())
    first = std::min(first, begun_ + plot_.timeline[next_event_].at);
  return first; // the timeline's repetition is found at the next look
}

void scenario_player::open_joined_channels(chat_server& chat, time_point now) {
  for (const auto& script : plot_.channels)
    if (script.channel != "*" && !known_.contains(script.channel))
      open_stage(chat, script, now);
  auto fallback = find_script(plot_, "*");
  if (!fallback)
    return;
  // Opened afterwards: opening looks rooms up.
  std::vector<std::string> joined;
  for (const auto& [name, where] : chat.rooms())
    if (!where->members.empty() && !known_.contains(name))
      joined.push_back(name);
  for (auto& name : joined) {
    auto script = *fallback;
    script.channel = std::move(name);
    open_stage(chat, std::move(script), now);
  }
}

void scenario_player::open_stage(chat_server& chat, channel_script script, time_point now) {
  known_.insert(script.channel);
  auto where = chat.get_room(script.channel);
  if (!where)
    return;
  auto settings = script.settings;
  settings.channel = script.channel;
  for (const auto& login : script.moderators)
    settings.roles[login] = "moderator";
  (void)chat.apply(settings, now); // checked when the scenario was read
  room_request vips;
  vips.channel = script.channel;
  for (const auto& login : script.vips)
    vips.roles[login] = "vip";
  (void)chat.apply(vips, now); // apart, for who is both
  auto& at = stages_.emplace_back();
  at.random = dice{plot_.seed ^ spread(script.channel)};
  at.crowd = at.random.below(1'000'000'000);
  using kind = occasion::kind;
  auto add = [&](kind what, duration every, bool random, const std::string& text) {
    if (every > duration{})
      at.occasions.push_back({what, every, random, text, {}});
  };
  if (script.chatter > 0)
    add(kind::chatter, duration{static_cast<duration::rep>(1e6 / script.chatter) + 1}, true, {});
  for (const auto& command : script.commands)
    add(kind::command, command.every, false, command.text);
  add(kind::sub, script.subs, true, {});
  add(kind::resub, script.resubs, true, {});
  add(kind::gift, script.gifts, true, {});
  add(kind::cheer, script.cheers, true, {});
  add(kind::announcement, script.announcements, true, {});
  add(kind::timeout, script.timeouts, true, {});
  add(kind::deletion, script.deletions, true, {});
  if (script.phrases.empty())
    script.phrases = default_phrases();
  for (unsigned i = 0; i < std::min(script.viewers, listed_viewers); ++i)
    chat.enter(*where, viewer_login(at.crowd + i), now);
  at.script = std::move(script);
  for (auto& what : at.occasions)
    what.due = now + until_next(at, what);
}

duration scenario_player::until_next(stage& at, const occasion& what) {
  if (!what.random)
    return what.every;
  // Exponential gaps: what many people do independently of each other.
  auto gap = -std::log(1.0 - at.random.fraction()) * static_cast<double>(what.every.count());
  return duration{static_cast<duration::rep>(gap) + 1};
}

std::string scenario_player::somebody(stage& at) const {
  return viewer_login(at.crowd + at.random.below(at.script.viewers));
}

void scenario_player::happen(chat_server& chat, stage& at, const occasion& what, time_point now) {
  auto where = chat.find_room(at.script.channel);
  if (!where)
    return;
  using kind = occasion::kind;
  const auto& name = where->name();
  auto who = somebody(at);
  const auto& phrases = at.script.phrases;
  auto say = [&](std::string text, unsigned bits = 0) {
    say_request line;
    line.text = std::move(text);
    line.bits = bits;
    at.recent_ids.push_back(chat.speak(*where, make_person(who), where->role_of(who), line, now));
    if (at.recent_ids.size() > deletable_lines)
      at.recent_ids.pop_front();
  };
  auto notice = [&](std::string what_kind, std::string system_message, std::map<std::string, std::string> params,
                    std::string text = {}) {
    notice_request line;
    line.channel = name;
    line.login = who;
    line.kind = std::move(what_kind);
    line.system_message = std::move(system_message);
    line.params = std::move(params);
    line.text = std::move(text);
    (void)chat.notice(line, now);
  };
  switch (what.what) {
    case kind::chatter: say(phrases[at.random.below(phrases.size())]); break;
    case kind::command: say(what.text); break;
    case kind::sub:
      where->change_role(who).subscriber = true;
      notice("sub", make_person(who).display_name + " subscribed at Tier 1.",
             {{"cumulative-months", "1"},
              {"months", "0"},
              {"should-share-streak", "0"},
              {"sub-plan", "1000"},
              {"sub-plan-name", "Channel Subscription (" + name + ")"},
              {"was-gifted", "false"}});
      break;
    case kind::resub: {
      auto months = std::to_string(2 + at.random.below(40));
      where->change_role(who).subscriber = true;
      notice("resub",
             make_person(who).display_name + " subscribed at Tier 1. They've subscribed for " + months + " months!",
             {{"cumulative-months", months},
              {"months", "0"},
              {"should-share-streak", "1"},
              {"streak-months", months},
              {"sub-plan", "1000"},
              {"sub-plan-name", "Channel Subscription (" + name + ")"},
              {"was-gifted", "false"}},
             phrases[at.random.below(phrases.size())]);
      break;
    }
    case kind::gift: give_subscriptions(chat, at, who, now); break;
    case kind::cheer: {
      auto bits = static_cast<unsigned>(1 + at.random.below(20)) * 50;
      say("Cheer" + std::to_string(bits) + " " + phrases[at.random.below(phrases.size())], bits);
      break;
    }
    case kind::announcement:
      who = name;
      notice("announcement", "", {{"color", "PRIMARY"}}, "Remember to drink some water!");
      break;
    case kind::timeout: {
      clear_request deed;
      deed.channel = name;
      deed.login = who;
      deed.ban = std::chrono::seconds{600};
      (void)chat.clear(deed, now);
      break;
    }
    case kind::deletion:
      if (!at.recent_ids.empty()) {
        clear_request deed;
        deed.channel = name;
        deed.message_id = at.recent_ids[at.random.below(at.recent_ids.size())];
        (void)chat.clear(deed, now);
      }
      break;
  }
}

void scenario_player::give_subscriptions(chat_server& chat, stage& at, const std::string& giver, time_point now) {
  auto count = 1 + at.random.below(5);
  auto origin = std::to_string(at.random.next());
  auto from = make_person(giver);
  notice_request gift;
  gift.channel = at.script.channel;
  gift.login = giver;
  gift.kind = "submysterygift";
  gift.system_message = from.display_name + " is gifting " + std::to_string(count) + " Tier 1 Subs to the community!";
  gift.params = {{"mass-gift-count", std::to_string(count)},
                 {"sender-count", std::to_string(count)},
                 {"sub-plan", "1000"},
                 {"origin-id", origin},
                 {"community-gift-id", origin}};
  (void)chat.notice(gift, now);
  gift.kind = "subgift";
  for (size_t i = 0; i < count; ++i) {
    auto to = make_person(somebody(at));
    gift.system_message = from.display_name + " gifted a Tier 1 sub to " + to.display_name + "!";
    gift.params = {{"months", "1"},
                   {"gift-months", "1"},
                   {"recipient-id", to.user_id},
                   {"recipient-user-name", to.login},
                   {"recipient-display-name", to.display_name},
                   {"sender-count", "0"},
                   {"sub-plan", "1000"},
                   {"sub-plan-name", "Channel Subscription (" + at.script.channel + ")"},
                   {"origin-id", origin},
                   {"community-gift-id", origin}};
    (void)chat.notice(gift, now);
  }
}

std::string scenario_player::somewhere(const std::string& channel) const {
  return channel != "*" || stages_.empty() ? channel : stages_.front().script.channel;
}

void scenario_player::play_timeline(chat_server& chat, std::vector<raid_request>& raids, time_point now) {
  for (; next_event_ < plot_.timeline.size() && begun_ + plot_.timeline[next_event_].at <= now; ++next_event_) {
    auto play = [&](auto request) {
      using type = decltype(request);
      if constexpr (std::is_same_v<type, scenario_event::trouble>) {
        (void)chat.cause(request.what, now);
      } else if constexpr (std::is_same_v<type, scenario_event::calm>) {
        chat.clear_faults(now);
      } else {
        if (!request.channel.empty())
          request.channel = somewhere(request.channel);
        if (request.channel == "*")
          return; // nobody is anywhere
        if constexpr (std::is_same_v<type, trigger_request>)
          events_.push_back(std::move(request));
        else if constexpr (std::is_same_v<type, raid_request>)
          raids.push_back(std::move(request));
        else if constexpr (std::is_same_v<type, room_request>)
          (void)chat.apply(request, now);
        else if constexpr (std::is_same_v<type, notice_request>)
          (void)chat.notice(request, now);
        else if constexpr (std::is_same_v<type, clear_request>)
          (void)chat.clear(request, now);
        else
          (void)chat.say(request, now);
      }
    };
    std::visit(play, plot_.timeline[next_event_].what);
  }
  if (next_event_ == plot_.timeline.size() && plot_.repeat > duration{} && now >= begun_ + plot_.repeat) {
    begun_ += plot_.repeat;
    next_event_ = 0;
  }
}

} // namespace creamery::simulator
