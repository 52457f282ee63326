// The parser on what Twitch really sent: other people's recordings, and the cases that other people's parsers are tested with.
#define CAF_SUITE irc.real_traffic

#include "runtime/irc/parser.hpp"
#include "runtime/net/line_splitter.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/irc/slow_parser.hpp"
#include "tests/unit/lines.hpp"
#include "tests/unit/test_data.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

using namespace creamery;
using creamery::test::difference;
using creamery::test::owned_line;
using creamery::test::read_test_data;
using creamery::test::strings;

namespace {

const strings recordings{"chat-burst.irc", "chat-newyear.irc", "chat-modern-tags.irc"};

std::optional<std::string> data_or_skip(const std::string& name) {
  auto data = read_test_data(name);
  if (!data)
    std::cout << "SKIPPED: there is no " << name << " in CREAMERY_TEST_DATA or ../shared/data" << std::endl;
  return data;
}

/// Lines the obvious way.
strings slow_lines(const std::string& bytes) {
  strings lines;
  for (auto line : creamery::test::slow_split(bytes, '\n')) {
    while (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (!line.empty())
      lines.push_back(line);
  }
  return lines;
}

/// What the splitter makes of bytes that arrive in parts, as a socket's reader feeds it.
strings split_in_parts(const std::vector<std::string_view>& parts) {
  line_splitter splitter{irc_index::max_line};
  std::string memory;
  size_t begin = 0;
  std::vector<line_span> spans;
  for (auto part : parts) {
    memory += part;
    begin += splitter.split(std::string_view{memory}.substr(begin), begin, spans);
  }
  strings lines;
  for (auto span : spans)
    lines.push_back(memory.substr(span.offset, span.size));
  return lines;
}

/// One code point after the other, each as its bytes.
strings code_points(std::string_view text) {
  strings result;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !result.empty())
      result.back() += c;
    else
      result.emplace_back(1, c);
  }
  return result;
}

/// "id@offset+size" for each emote, the obvious way.
strings slow_emotes(const owned_line& line) {
  strings result;
  auto text = code_points(line.view().text());
  auto tag = line.view().tag_text("emotes");
  if (tag.empty())
    return result;
  for (const auto& one : creamery::test::slow_split(tag, '/')) {
    auto id_and_ranges = creamery::test::slow_split(one, ':');
    for (const auto& range : creamery::test::slow_split(id_and_ranges.at(1), ',')) {
      auto first = std::stoul(range.substr(0, range.find('-')));
      auto last = std::stoul(range.substr(range.find('-') + 1));
      if (last >= text.size())
        continue;
      size_t offset = 0;
      size_t size = 0;
      for (size_t i = 0; i <= last; ++i)
        (i < first ? offset : size) += text[i].size();
      result.push_back(id_and_ranges[0] + "@" + std::to_string(offset) + "+" + std::to_string(size));
    }
  }
  return result;
}

} // namespace

SCENARIO("the parser agrees with its slow twin on every recorded line") {
  for (const auto& name : recordings) {
    auto data = data_or_skip(name);
    if (!data)
      continue;
    MESSAGE("the recording " << name);
    auto lines = slow_lines(*data);
    CHECK_EQ(lines.size(), name == "chat-burst.irc" ? 4'000u : name == "chat-newyear.irc" ? 2'000u : 400u);
    size_t channels = 0;
    size_t texts = 0;
    strings differences;
    for (const auto& text : lines) {
      owned_line line{text};
      if (auto what = difference(line.view(), text); !what.empty())
        differences.push_back(what + ": " + text);
      channels += !line.view().channel().empty();
      texts += line.view().has_text();
    }
    CHECK_EQ(differences, strings{});
    CHECK_EQ(channels, lines.size());
    CHECK_GT(texts, lines.size() * 9 / 10);
  }
}

SCENARIO("emotes of recorded lines lie where their code points lie") {
  for (const auto& name : recordings) {
    auto data = data_or_skip(name);
    if (!data)
      continue;
    size_t found = 0;
    strings differences;
    for (const auto& text : slow_lines(*data)) {
      owned_line line{text};
      strings ours;
      for (const auto& one : line.message().emotes())
        ours.push_back(std::string{one.id} + "@" + std::to_string(one.offset) + "+" + std::to_string(one.size));
      if (ours != slow_emotes(line))
        differences.push_back(text);
      found += ours.size();
    }
    CHECK_EQ(differences, strings{});
    MESSAGE(found << " emotes in " << name);
    CHECK_GT(found, 10u);
  }
}

SCENARIO("recorded lines are the same wherever the stream is cut") {
  for (const auto& name : recordings) {
    auto data = data_or_skip(name);
    if (!data)
      continue;
    GIVEN("a recording, with the line ends that Twitch sends") {
      std::string wire;
      for (const auto& line : slow_lines(*data))
        wire += line + "\r\n";
      std::string_view bytes{wire};
      WHEN("it arrives in reads of odd sizes") {
        const auto expected = slow_lines(wire);
        for (size_t size : {1, 2, 3, 7, 64, 1'000, 65'536}) {
          std::vector<std::string_view> parts;
          for (size_t at = 0; at < bytes.size(); at += size)
            parts.push_back(bytes.substr(at, size));
          // `split` appends to one memory; a cut at each single byte of the largest file is checked on its first part.
          CHECK(split_in_parts(parts) == expected);
        }
      }
      WHEN("each line with its neighbours is cut in two at every byte") {
        size_t cuts = 0;
        size_t wrong = 0;
        size_t previous = 0; // where the line before begins
        for (size_t begin = 0; begin < bytes.size();) {
          auto end = bytes.find('\n', begin) + 1;
          auto next_end = end < bytes.size() ? bytes.find('\n', end) + 1 : end;
          auto around = bytes.substr(previous, next_end - previous);
          const auto expected = slow_lines(std::string{around});
          for (auto cut = begin - previous; cut <= end - previous; ++cut) {
            ++cuts;
            auto lines = split_in_parts({around.substr(0, cut), around.substr(cut)});
            wrong += lines != expected;
          }
          previous = begin;
          begin = end;
        }
        THEN("the lines are always the same") {
          CHECK_GE(cuts, bytes.size());
          CHECK_EQ(wrong, 0u);
        }
      }
      WHEN("a cut line is parsed in the memory that it was put together in") {
        line_splitter splitter{irc_index::max_line};
        std::vector<line_span> spans;
        auto half = bytes.size() / 2;
        auto begin = splitter.split(bytes.substr(0, half), 0, spans);
        splitter.split(bytes.substr(begin), begin, spans);
        size_t wrong = 0;
        for (auto span : spans) {
          std::string text{bytes.substr(span.offset, span.size)};
          irc_index index;
          wrong += parse_irc(text, index) != irc_parse_error::none;
          index.begin = span.offset;
          wrong += !is_valid(index, bytes.size());
          wrong += !difference(irc_line{bytes.data(), index}, text).empty();
        }
        CHECK_EQ(wrong, 0u);
      }
    }
  }
}

SCENARIO("the cases of other people's parsers have the results that the facts ask for") {
  auto data = data_or_skip("irc-parser-cases.json");
  if (!data)
    return;

  /// Where we keep to twitch-platform 1.5 and to IRCv3, and their expectations don't.
  struct deviation {
    std::string reason;
    strings params;
    std::map<std::string, std::string> tags;
  };

  const std::string spaces = "several spaces count as one, and spaces at the end are no parameter";
  const std::string line_feed = "\\n is a line feed, which they drop";
  const std::map<std::string, deviation> deviations{
    {":src AWAY ", {spaces, {}, {}}},
    {":gravel.mozilla.org 432  #momo :Erroneous Nickname: Illegal characters",
     {spaces, {"#momo", "Erroneous Nickname: Illegal characters"}, {}}},
    {":gravel.mozilla.org MODE #tckk +n ", {spaces, {"#tckk", "+n"}, {}}},
    {":services.esper.net MODE #foo-bar +o foobar  ", {spaces, {"#foo-bar", "+o", "foobar"}, {}}},
    {"@a=b\\\\and\\nk;c=72\\s45;d=gh\\:764 foo",
     {line_feed, {}, {{"a", "b\\and\nk"}, {"c", "72 45"}, {"d", "gh;764"}}}},
    {"@foo=\\\\\\\\\\:\\\\s\\s\\r\\n COMMAND",
     {"\\r and \\n are CR and LF, and a space at the end stays; they trim", {}, {{"foo", "\\\\;\\s \r\n"}}}},
    {"@tag1=value\\\\ntest COMMAND",
     {"\\\\ is a backslash, and the n behind it a letter; they take the two for an escape again",
      {},
      {{"tag1", "value\\ntest"}}}},
    {"@tag1=value\\1 COMMAND",
     {"before any other character a backslash is dropped, which they keep", {}, {{"tag1", "value1"}}}},
  };

  std::set<std::string> used;
  size_t checked = 0;
  const auto cases = nlohmann::json::parse(*data);
  for (const auto& test : cases.at("tests")) {
    const auto input = test.at("Input").get<std::string>();
    const auto& expected = test.at("Expected");
    MESSAGE("the case " << input);
    owned_line line{input};
    auto view = line.view();
    ++checked;
    CHECK_EQ(difference(view, input), "");
    CHECK_EQ(view.command(), expected.at("command").get<std::string>());

    auto source = expected.value("source", nlohmann::json::object());
    auto prefix = source.value("nickname", "");
    if (auto user = source.value("username", ""); !user.empty())
      prefix += "!" + user;
    prefix += (prefix.empty() ? "" : "@") + source.value("host", "");
    CHECK_EQ(view.prefix(), prefix);

    strings params = expected.value("params", strings{});
    std::map<std::string, std::string> tags;
    auto expected_tags = expected.value("tags", nlohmann::json::object());
    for (const auto& [key, value] : expected_tags.items())
      tags[key] = value.is_null() ? "" : value.get<std::string>(); // no value and an empty one are the same
    auto deviates = deviations.find(input);
    strings our_params;
    for (size_t i = 0; i < view.param_count(); ++i)
      our_params.emplace_back(view.param(i).value());
    std::map<std::string, std::string> our_tags;
    view.for_each_tag([&](std::string_view key, std::string_view) { our_tags[std::string{key}] = view.tag_text(key); });
    if (deviates != deviations.end()) {
      MESSAGE("we deviate: " << deviates->second.reason);
      used.insert(input);
      // A deviation that has become none has to be taken off the list.
      CHECK(params != deviates->second.params || tags != deviates->second.tags);
      CHECK_EQ(our_params, deviates->second.params);
      CHECK(our_tags == deviates->second.tags);
    } else {
      CHECK_EQ(our_params, params);
      CHECK(our_tags == tags);
    }
  }
  CHECK_EQ(checked, 32u);
  CHECK_EQ(used.size(), deviations.size());
}
