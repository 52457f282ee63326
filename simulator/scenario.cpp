#include "simulator/scenario.hpp"

#include "simulator/field_reader.hpp"
#include "simulator/people.hpp"
#include "simulator/raid_player.hpp"
#include "simulator/request_json.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace creamery::simulator {

namespace {

using nlohmann::json;

/// A scenario is read like the control API's requests, so YAML becomes JSON first.
json to_json(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      auto object = json::object();
      for (const auto& entry : node)
        object[entry.first.as<std::string>()] = to_json(entry.second);
      return object;
    }
    case YAML::NodeType::Sequence: {
      auto list = json::array();
      for (const auto& entry : node)
        list.push_back(to_json(entry));
      return list;
    }
    case YAML::NodeType::Scalar: {
      // Quoted texts are texts, whatever they look like.
      if (node.Tag() == "!")
        return node.Scalar();
      if (bool flag; YAML::convert<bool>::decode(node, flag))
        return flag;
      if (uint64_t number; YAML::convert<uint64_t>::decode(node, number))
        return number;
      if (int64_t number; YAML::convert<int64_t>::decode(node, number))
        return number;
      if (double number; YAML::convert<double>::decode(node, number))
        return number;
      return node.Scalar();
    }
    default: return nullptr;
  }
}

std::string place_of(const std::string& origin, const YAML::Node& node) {
  return origin + ":" + std::to_string(node.Mark().line + 1);
}

result<channel_script> read_channel(const std::string& name, const json& from, const std::string& place) {
  channel_script made;
  made.channel = name;
  json settings = json::object();
  json commands = json::array();
  // "chan: {}" may be written as "chan:".
  auto whole = from.is_null() ? json::object() : from;
  field_reader reader{whole, place + ": channel " + name};
  reader.get("viewers", made.viewers)
    .get("chatter", made.chatter)
    .get("phrases", made.phrases)
    .get("moderators", made.moderators);
  reader.get("vips", made.vips).get("settings", settings).get("commands", commands).get("subs", made.subs);
  reader.get("resubs", made.resubs).get("gifts", made.gifts).get("cheers", made.cheers);
  reader.get("announcements", made.announcements).get("timeouts", made.timeouts).get("deletions", made.deletions);
  if (name != "*" && !is_login(name))
    reader.mistake("channel", "has a name that isn't 1 to 25 of a-z, 0-9, _");
  if (made.viewers == 0)
    reader.mistake("viewers", "must be at least 1");
  if (!(made.chatter >= 0 && made.chatter <= 1e6))
    reader.mistake("chatter", "must be between 0 and 1000000 lines a second");
  for (const auto& login : made.moderators)
    if (!is_login(login))
      reader.mistake("moderators", "names '" + login + "', which is no login");
  for (const auto& login : made.vips)
    if (!is_login(login))
      reader.mistake("vips", "names '" + login + "', which is no login");
  if (!commands.is_array())
    reader.mistake("commands", "must be a list of {text, every}");
  else
    for (const auto& command : commands) {
      auto& added = made.commands.emplace_back();
      field_reader fields{command, place + ": channel " + name + ": commands"};
      fields.need("text", added.text).need("every", added.every);
      if (auto read = fields.finish(); !read)
        return read.error();
      if (added.text.empty() || added.every == duration{})
        reader.mistake("commands", "need a text and a time between two of them");
    }
  if (settings.is_object())
    settings["channel"] = name;
  auto room = read_room(settings, place + ": channel " + name + ": settings");
  if (!room)
    return room.error();
  made.settings = std::move(*room);
  if (auto read = reader.finish(); !read)
    return read.error();
  return made;
}

/// `{at: 20s, raid: {…}}`
result<scenario_event> read_event(const json& from, const std::string& place) {
  scenario_event made;
  std::string deed;
  json what;
  field_reader reader{from, place};
  reader.need("at", made.at);
  auto deeds = 0;
  for (auto name : {"raid", "room", "notice", "clear", "say", "event", "fault", "clear_faults"}) {
    json found;
    reader.get(name, found);
    if (!found.is_null()) {
      deed = name;
      what = std::move(found);
      ++deeds;
    }
  }
  if (auto read = reader.finish(); !read)
    return read.error();
  if (deeds != 1)
    return failure{place, "needs one of raid, room, notice, clear, say, event, fault, clear_faults"};
  auto keep = [&](auto read) -> result<scenario_event> {
    if (!read)
      return read.error();
    made.what = std::move(*read);
    return made;
  };
  if (deed == "raid") {
    auto read = read_raid(what, place);
    if (read)
      if (auto checked = raid_player::check(*read); !checked)
        return failure{place, to_string(checked.error())};
    return keep(std::move(read));
  }
  if (deed == "room")
    return keep(read_room(what, place));
  if (deed == "notice")
    return keep(read_notice(what, place));
  if (deed == "clear")
    return keep(read_clear(what, place));
  if (deed == "say")
    return keep(read_say(what, place));
  if (deed == "event") {
    auto read = read_trigger(what, place);
    if (read)
      read->sample = true;
    return keep(std::move(read));
  }
  if (deed == "fault") {
    auto read = read_fault(what, place);
    if (!read)
      return read.error();
    made.what = scenario_event::trouble{std::move(*read)};
    return made;
  }
  made.what = scenario_event::calm{};
  return made;
}

/// May throw YAML::Exception.
result<scenario> read_scenario(const YAML::Node& root, const std::string& origin) {
  scenario made;
  if (!root.IsMap())
    return failure{origin, "must be a map with channels and a timeline"};
  std::vector<std::string> phrases;
  json channels;
  json timeline;
  auto whole = to_json(root);
  field_reader reader{whole, origin};
  reader.get("seed", made.seed)
    .get("repeat", made.repeat)
    .get("phrases", phrases)
    .get("channels", channels)
    .get("timeline", timeline);
  if (auto read = reader.finish(); !read)
    return read.error();
  if (!channels.is_null() && !channels.is_object())
    return failure{place_of(origin, root["channels"]), "channels must be a map from names to what goes on there"};
  if (!timeline.is_null() && !timeline.is_array())
    return failure{place_of(origin, root["timeline"]), "timeline must be a list"};
  if (channels.is_object())
    for (const auto& entry : root["channels"]) {
      auto script = read_channel(entry.first.as<std::string>(), to_json(entry.second), place_of(origin, entry.first));
      if (!script)
        return script.error();
      if (script->phrases.empty())
        script->phrases = phrases;
      made.channels.push_back(std::move(*script));
    }
  if (timeline.is_array())
    for (const auto& entry : root["timeline"]) {
      auto event = read_event(to_json(entry), place_of(origin, entry));
      if (!event)
        return event.error();
      made.timeline.push_back(std::move(*event));
    }
  std::stable_sort(made.timeline.begin(), made.timeline.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return made;
}

} // namespace

result<scenario> parse_scenario(const std::string& text, const std::string& origin) {
  try {
    return read_scenario(YAML::Load(text), origin);
  } catch (const YAML::Exception& why) {
    return failure{origin + ":" + std::to_string(why.mark.line + 1), why.msg};
  }
}

result<scenario> load_scenario(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    return failure{file, std::string{"can't be read: "} + std::strerror(errno)};
  return parse_scenario(text.str(), file);
}

} // namespace creamery::simulator
