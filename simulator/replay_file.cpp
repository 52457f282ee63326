#include "simulator/replay_file.hpp"

#include "simulator/people.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace creamery::simulator {

namespace {

/// Everything is in memory, and pieces are counted with 32 bits.
constexpr size_t max_text = size_t{1} << 31;

std::string_view nick_of(std::string_view prefix) {
  return prefix.substr(0, prefix.find('!'));
}

} // namespace

result<replay_file> replay_file::load(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return failure{file, std::string{"can't be read: "} + std::strerror(errno)};
  std::vector<std::string> lines;
  size_t total = 0;
  for (std::string line; std::getline(in, line); lines.push_back(std::move(line)))
    if ((total += line.size()) > max_text)
      return failure{file, "is larger than 2 GiB, which is too large for a replay"};
  return parse(lines, file);
}

result<replay_file> replay_file::parse(const std::vector<std::string>& lines, const std::string& origin) {
  replay_file made;
  size_t total = 0;
  for (std::string_view line : lines) {
    while (line.ends_with('\r') || line.ends_with('\n'))
      line.remove_suffix(1);
    if ((total += line.size()) > max_text)
      return failure{origin, "is larger than 2 GiB, which is too large for a replay"};
    made.add(line);
  }
  made.line_of_id_.clear();
  if (made.lines_.empty())
    return failure{origin, "has no chat line in it (PRIVMSG, USERNOTICE, CLEARCHAT, CLEARMSG)"};
  return made;
}

void replay_file::add(std::string_view text) {
  auto parsed = parse_irc(text);
  if (!parsed)
    return;
  auto kind = std::find(std::begin(kinds), std::end(kinds), parsed->verb) - std::begin(kinds);
  auto channel = parsed->param(0);
  if (kind == std::ssize(kinds) || !channel.starts_with('#')
      || text.find_first_of(std::string_view{"\r\n\0", 3}) != text.npos)
    return;
  line added;
  added.channel = lower(channel.substr(1));
  if (!is_login(added.channel))
    return;
  added.kind = static_cast<uint8_t>(kind);
  if (auto time = parsed->tag("tmi-sent-ts"); !time.empty()) {
    int64_t value = 0;
    std::from_chars(time.data(), time.data() + time.size(), value);
    if (first_time_ < 0)
      first_time_ = value;
    added.offset = std::chrono::milliseconds{std::max<int64_t>(0, value - first_time_)};
  }
  if (!lines_.empty())
    added.offset = std::max(added.offset, lines_.back().offset);
  if (auto id = parsed->tag("id"); !id.empty())
    line_of_id_.emplace(id, lines_.size());
  added.first_piece = pieces_.size();
  auto tags_end = text.starts_with('@') ? text.find(' ') : 0;
  add_tags(*parsed, parsed->verb == "PRIVMSG" || parsed->verb == "USERNOTICE");
  auto body = text.substr(text.find_first_not_of(' ', tags_end));
  added.body_piece = pieces_.size();
  auto name = static_cast<size_t>(channel.data() + 1 - body.data());
  add_piece(body.substr(0, name), slot::channel);
  add_piece(body.substr(name + channel.size() - 1), slot::none);
  added.last_piece = pieces_.size();
  lines_.push_back(std::move(added));
}

void replay_file::add_tags(const irc_text& parsed, bool wants_id) {
  std::string literal{"@"};
  auto add_slot = [&](std::string_view name, slot what, size_t other = 0) {
    literal.append(name).append("=");
    add_piece(literal, what, other);
    literal.clear();
  };
  bool has_id = false;
  bool has_time = false;
  bool is_first = true;
  for (const auto& [name, value] : parsed.tags) {
    if (!std::exchange(is_first, false))
      literal += ';';
    auto other = line_of_id_.end();
    if (name == "target-msg-id" || name == "reply-parent-msg-id" || name == "reply-thread-parent-msg-id")
      other = line_of_id_.find(std::string{value});
    if (name == "id" && !has_id) {
      add_slot(name, slot::id);
      has_id = true;
    } else if (name == "tmi-sent-ts" && !has_time) {
      add_slot(name, slot::time);
      has_time = true;
    } else if (name == "room-id" && !value.empty()) {
      add_slot(name, slot::room_id);
    } else if (other != line_of_id_.end()) {
      add_slot(name, slot::other_id, other->second);
    } else {
      literal.append(name).append("=").append(value);
    }
  }
  // A line from a client that didn't ask for tags gets the two that a checker needs.
  if (wants_id && !has_id) {
    if (!std::exchange(is_first, false))
      literal += ';';
    add_slot("id", slot::id);
  }
  if (!has_time) {
    if (!is_first)
      literal += ';';
    add_slot("tmi-sent-ts", slot::time);
  }
  add_piece(literal + " ", slot::none);
}

void replay_file::add_piece(std::string_view text, slot then, size_t other) {
  pieces_.push_back(
    {static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(text.size()), then, static_cast<uint32_t>(other)});
  text_ += text;
}

replay_file::rendered replay_file::render(std::string& out, size_t index, const renewal& fresh) const {
  const auto& what = lines_[index];
  auto begin = out.size();
  rendered made;
  for (auto i = what.first_piece; i < what.last_piece; ++i) {
    if (i == what.body_piece)
      made.body = out.size() - begin;
    const auto& part = pieces_[i];
    out.append(text_, part.begin, part.size);
    switch (part.then) {
      case slot::none: break;
      case slot::id:
        made.id = out.size() - begin;
        fresh.ids.append(out, fresh.number);
        break;
      case slot::other_id: fresh.ids.append(out, fresh.number - index + part.other); break;
      case slot::time: {
        char digits[24];
        out.append(digits, std::to_chars(std::begin(digits), std::end(digits), unix_milliseconds(fresh.when)).ptr);
        break;
      }
      case slot::room_id: out += fresh.room_id; break;
      case slot::channel: out += fresh.channel; break;
    }
  }
  return made;
}

parent_line replay_file::describe(size_t index) const {
  // Put together without anything new in it, the line still has everything else.
  static const id_source no_ids{0};
  std::string text;
  render(text, index, {no_ids, index, lines_[index].channel, "0", {}});
  auto parsed = parse_irc(text);
  parent_line found;
  if (!parsed)
    return found;
  found.login = parsed->tag("login").empty() ? nick_of(parsed->prefix) : parsed->tag("login");
  found.display_name = unescape_tag(parsed->tag("display-name"));
  found.user_id = parsed->tag("user-id");
  found.text = parsed->param(1);
  found.thread_login = found.login;
  found.thread_display_name = found.display_name;
  found.thread_user_id = found.user_id;
  return found;
}

} // namespace creamery::simulator
