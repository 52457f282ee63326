#include "simulator/chat_server.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr size_t max_rooms = 100'000;

/// Larger channels don't list names and don't announce who comes and goes.
constexpr size_t many_people = 1000;

/// So many bytes of names go into one 353.
constexpr size_t names_in_line = 400;

/// Calls `f(channel)` for each name of `#a,#b`, without its `#`; a name without one comes out empty.
template <class F>
void for_each_channel(std::string_view list, F&& f) {
  while (!list.empty()) {
    auto end = std::min(list.find(','), list.size());
    auto name = list.substr(0, end);
    f(name.starts_with('#') ? name.substr(1) : std::string_view{});
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

} // namespace

room* chat_server::get_room(std::string_view name) {
  if (auto known = find_room(name))
    return known;
  if (!is_login(name) || rooms_.size() >= max_rooms)
    return nullptr;
  auto made = rooms_.emplace(std::string{name}, std::make_unique<room>(name)).first->second.get();
  made->belongs_to(who_is(name));
  return made;
}

room* chat_server::find_room(std::string_view name) {
  return const_cast<room*>(std::as_const(*this).find_room(name));
}

const room* chat_server::find_room(std::string_view name) const {
  auto place = rooms_.find(name);
  return place == rooms_.end() ? nullptr : place->second.get();
}

void chat_server::join(session& from, const irc_text& line, time_point now) {
  for_each_channel(line.param(0), [&](std::string_view channel) {
    auto outcome = join_one(from, channel, now);
    ++(outcome == verdict::joined ? counters_.joins : counters_.joins_refused);
    log_.add("join", now, [&](json_line& x) {
      x.number("connection", static_cast<int64_t>(from.id))
        .text("login", from.login)
        .text("channel", channel)
        .text("verdict", to_string(outcome));
    });
    notify(from, channel, outcome == verdict::ratelimited ? notice_text{} : notice_for(outcome, channel));
  });
}

verdict chat_server::join_one(session& from, std::string_view channel, time_point now) {
  auto& limits = from.who ? from.who->limits : *from.own_limits;
  if (!limits.join(from.who && from.who->verified, now)) {
    ++counters_.join_violations;
    return verdict::ratelimited;
  }
  if (!is_login(channel))
    return verdict::bad_name; // Twitch says nothing; capital letters count as such, too
  auto where = get_room(channel);
  if (!where)
    return verdict::missing;
  auto role = where->role_of(from.login);
  if (where->settings.silent)
    return verdict::silent;
  if (where->settings.missing)
    return verdict::missing;
  if (where->settings.suspended)
    return verdict::suspended;
  if (role.banned_until == time_point::max())
    return verdict::banned;
  if (std::find(from.joined.begin(), from.joined.end(), where) != from.joined.end())
    return verdict::joined; // again: Twitch doesn't mind, and says nothing
  if (from.who && at_channel_limit(*from.who, *where))
    return verdict::too_many_channels;
  where->members.push_back(&from);
  from.joined.push_back(where);
  if (from.who)
    ++from.who->joined[where->name()];
  if (++where->present[from.login] == 1)
    announce(*where, true, from.login, now);
  send(from, ":" + user_prefix(from.login) + " JOIN #" + where->name());
  if (from.capabilities.membership)
    list_names(from, *where);
  if (from.capabilities.commands) {
    send(from, roomstate_line(*where));
    if (from.who)
      send(from, userstate_line(from.who->who, role, channel, {}, {}));
  }
  return verdict::joined;
}

bool chat_server::at_channel_limit(const account& who, const room& next) {
  auto is_free = [&](std::string_view channel) {
    auto where = find_room(channel);
    if (!where)
      return false;
    auto role = where->role_of(who.who.login);
    return role.broadcaster || role.moderator;
  };
  if (!setup_.limits.enforced || is_free(next.name()) || who.joined.contains(next.name()))
    return false;
  auto counted = std::count_if(who.joined.begin(), who.joined.end(), [&](const auto& x) { return !is_free(x.first); });
  return static_cast<size_t>(counted) >= setup_.limits.channels;
}

void chat_server::list_names(session& to, const room& where) {
  auto head = ":" + to.login + ".tmi.twitch.tv ";
  auto names = to.login;
  auto flush = [&] { send(to, head + "353 " + to.login + " = #" + where.name() + " :" + std::exchange(names, {})); };
  if (where.present.size() <= many_people) {
    for (const auto& [name, connections] : where.present) {
      if (name == to.login)
        continue;
      if (names.size() + name.size() >= names_in_line)
        flush();
      names.append(names.empty() ? "" : " ").append(name);
    }
  }
  flush();
  send(to, head + "366 " + to.login + " #" + where.name() + " :End of /NAMES list");
}

void chat_server::part(session& from, const irc_text& line, time_point now) {
  for_each_channel(line.param(0), [&](std::string_view channel) {
    auto where = find_room(channel);
    if (!where || std::find(from.joined.begin(), from.joined.end(), where) == from.joined.end())
      return;
    leave_room(from, *where, now);
    ++counters_.parts;
    send(from, ":" + user_prefix(from.login) + " PART #" + where->name());
    log_.add("part", now, [&](json_line& x) {
      x.number("connection", static_cast<int64_t>(from.id)).text("login", from.login).text("channel", channel);
    });
  });
}

void chat_server::leave_room(session& from, room& where, time_point now) {
  std::erase(from.joined, &where);
  std::erase(where.members, &from);
  if (from.who)
    if (auto count = from.who->joined.find(where.name()); count != from.who->joined.end() && --count->second == 0)
      from.who->joined.erase(count);
  leave(where, from.login, now);
}

void chat_server::enter(room& where, std::string_view login, time_point now) {
  if (where.present.size() > many_people)
    return;
  if (where.present.try_emplace(std::string{login}, 1).second)
    announce(where, true, login, now);
}

void chat_server::leave(room& where, std::string_view login, time_point now) {
  auto count = where.present.find(login);
  if (count == where.present.end() || --count->second > 0)
    return;
  where.present.erase(count);
  announce(where, false, login, now);
}

void chat_server::announce(room& where, bool joined, std::string_view login, time_point now) {
  if (where.members.empty() || where.unannounced.size() >= many_people)
    return;
  if (where.unannounced.empty())
    where.announcement_due = now + setup_.membership_delay;
  where.unannounced.emplace_back(joined, login);
}

void chat_server::flush_announcements(room& where) {
  where.announcement_due = time_point::max();
  auto news = std::exchange(where.unannounced, {});
  if (where.present.size() > many_people)
    return;
  for (const auto& [joined, login] : news) {
    auto line = ":" + user_prefix(login) + (joined ? " JOIN #" : " PART #") + where.name();
    for (auto* member : where.members)
      if (member->capabilities.membership && member->login != login)
        send(*member, line);
  }
}

} // namespace creamery::simulator
