#define CAF_SUITE irc.parser

#include "runtime/irc/parser.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/irc/slow_parser.hpp"
#include "tests/unit/lines.hpp"

#include <random>

using namespace creamery;
using creamery::test::difference;
using creamery::test::owned_line;
using creamery::test::strings;

namespace {

irc_parse_error error_of(std::string_view line) {
  irc_index index;
  return parse_irc(line, index);
}

strings params_of(const irc_line& line) {
  strings result;
  for (size_t i = 0; i < line.param_count(); ++i)
    result.emplace_back(line.param(i).value());
  return result;
}

} // namespace

SCENARIO("a chat line gives all of its parts") {
  GIVEN("an ordinary message") {
    owned_line line{"@badges=moderator/1;id=7 :ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hello there"};
    auto view = line.view();
    THEN("each part is where it belongs") {
      CHECK_EQ(view.tags(), "badges=moderator/1;id=7");
      CHECK_EQ(view.prefix(), "ann!ann@ann.tmi.twitch.tv");
      CHECK_EQ(view.nick(), "ann");
      CHECK_EQ(view.command(), "PRIVMSG");
      CHECK(view.verb() == irc_verb::privmsg);
      CHECK_EQ(view.channel(), "chan");
      CHECK_EQ(view.text(), "hello there");
      CHECK(view.has_text());
      CHECK(!view.action());
      CHECK_EQ(params_of(view), (strings{"#chan", "hello there"}));
      CHECK_EQ(line.index().begin, 0u);
      CHECK(is_valid(line.index(), view.raw().size()));
      CHECK(!is_valid(line.index(), view.raw().size() - 1));
    }
  }
}

SCENARIO("every verb of Twitch's is known, in upper case only") {
  for (std::string_view word : {"CAP",        "CLEARCHAT", "CLEARMSG",   "GLOBALUSERSTATE",
                                "HOSTTARGET", "JOIN",      "MODE",       "NOTICE",
                                "PART",       "PING",      "PONG",       "PRIVMSG",
                                "RECONNECT",  "ROOMSTATE", "USERNOTICE", "USERSTATE",
                                "WHISPER",    "001",       "353",        "366",
                                "421",        "999"}) {
    std::string name{word};
    MESSAGE("the verb " << name);
    owned_line line{":tmi.twitch.tv " + name + " #chan :x"};
    CHECK(line.view().verb() == creamery::test::slow_verb(name));
    CHECK(line.view().verb() != irc_verb::other);
    // One letter more, one less, or another one, and it is nobody's verb.
    CHECK(owned_line{name + "X"}.view().verb() == irc_verb::other);
    CHECK(owned_line{"X" + name}.view().verb() == irc_verb::other);
    CHECK(owned_line{name.substr(0, name.size() - 1) + "x"}.view().verb() == irc_verb::other);
    CHECK(owned_line{name.substr(1)}.view().verb() == irc_verb::other);
  }
  CHECK(owned_line{"privmsg #chan :x"}.view().verb() == irc_verb::other);
  CHECK(owned_line{"12 x"}.view().verb() == irc_verb::other);
  CHECK(owned_line{"1234 x"}.view().verb() == irc_verb::other);
  CHECK(owned_line{"1a3 x"}.view().verb() == irc_verb::other);
  CHECK(owned_line{"1/3 x"}.view().verb() == irc_verb::other);
  CHECK(owned_line{"1:3 x"}.view().verb() == irc_verb::other);
}

SCENARIO("what is no line is refused with the reason, and the index is empty then") {
  GIVEN("an index that holds something") {
    irc_index index;
    index.size = 77;
    WHEN("lines without content come") {
      for (std::string_view line : {"", " ", "      "}) {
        CHECK(parse_irc(line, index) == irc_parse_error::empty);
        CHECK(index == irc_index{});
        index.size = 77;
      }
    }
    WHEN("lines end before their command") {
      for (std::string_view line : {"@", "@a=b", "@a=b ", ":", ": ", ":tmi.twitch.tv", ":tmi.twitch.tv  ", "@a :b",
                                    "@a :b   ", "@ :", " :x", "@a=b     "}) {
        CHECK(parse_irc(line, index) == irc_parse_error::no_command);
        CHECK(index == irc_index{});
        index.size = 77;
      }
    }
  }
  GIVEN("the names of the errors") {
    CHECK_EQ(to_string(irc_parse_error::none), "none");
    CHECK_EQ(to_string(irc_parse_error::empty), "empty line");
    CHECK_EQ(to_string(irc_parse_error::too_long), "line of more than 65,535 bytes");
    CHECK_EQ(to_string(irc_parse_error::no_command), "line without a command");
  }
}

SCENARIO("65,535 bytes are the longest line") {
  GIVEN("lines whose parts end at the limit") {
    const size_t limit = irc_index::max_line;
    CHECK_EQ(limit, 65'535u);
    std::string begin = "@a=b :x!x@x PRIVMSG #c :";
    auto text = begin + std::string(limit - begin.size(), 't');
    CHECK_EQ(difference(owned_line{text}.view(), text), "");
    CHECK_EQ(owned_line{text}.view().text().size(), limit - begin.size());
    CHECK(error_of(text + "t") == irc_parse_error::too_long);
    auto tags = "@" + std::string(limit - 6, 't') + " PING";
    CHECK_EQ(difference(owned_line{tags}.view(), tags), "");
    CHECK(error_of(tags + " ") == irc_parse_error::too_long);
    auto command = std::string(limit, 'C');
    CHECK_EQ(difference(owned_line{command}.view(), command), "");
    auto channel = "JOIN #" + std::string(limit - 6, 'c');
    CHECK_EQ(difference(owned_line{channel}.view(), channel), "");
    auto action = "PRIVMSG #c :\x01"
                  "ACTION ";
    auto filled = action + std::string(limit - std::string{action}.size() - 1, 'a') + "\x01";
    CHECK_EQ(difference(owned_line{filled}.view(), filled), "");
    auto spaces = "PING" + std::string(limit - 4, ' ');
    CHECK_EQ(difference(owned_line{spaces}.view(), spaces), "");
    CHECK(error_of(std::string(limit, ' ')) == irc_parse_error::empty);
    CHECK(error_of(std::string(limit + 1, ' ')) == irc_parse_error::too_long);
  }
}

SCENARIO("a /me is taken out of its wrapper, closed or not") {
  GIVEN("both forms") {
    CHECK_EQ(owned_line{"PRIVMSG #c :\x01"
                        "ACTION does a thing\x01"}
               .view()
               .text(),
             "does a thing");
    CHECK(owned_line{"PRIVMSG #c :\x01"
                     "ACTION does a thing\x01"}
            .view()
            .action());
    CHECK_EQ(owned_line{"PRIVMSG #c :\x01"
                        "ACTION does a thing"}
               .view()
               .text(),
             "does a thing");
    CHECK(owned_line{"PRIVMSG #c :\x01"
                     "ACTION does a thing"}
            .view()
            .action());
  }
  GIVEN("one that says nothing") {
    for (std::string text : {"\x01"
                             "ACTION \x01",
                             "\x01"
                             "ACTION "}) {
      owned_line line{"PRIVMSG #c :" + text};
      CHECK(line.view().action());
      CHECK(line.view().has_text());
      CHECK_EQ(line.view().text(), "");
      CHECK(is_valid(line.index(), line.view().raw().size()));
    }
  }
  GIVEN("what only looks like one") {
    for (std::string text : {"\x01"
                             "ACTION\x01",
                             "\x01"
                             "action x\x01",
                             "ACTION x\x01",
                             "x\x01"
                             "ACTION y\x01",
                             "\x01VERSION\x01"}) {
      owned_line line{"PRIVMSG #c :" + text};
      CHECK(!line.view().action());
      CHECK_EQ(line.view().text(), text);
    }
    CHECK(!owned_line{"NOTICE #c :\x01"
                      "ACTION x\x01"}
             .view()
             .action());
  }
}

SCENARIO("the text is the last parameter, with its colon or without") {
  GIVEN("the two forms of a CLEARCHAT") {
    owned_line with{"@ban-duration=600 :tmi.twitch.tv CLEARCHAT #chan :bad_user"};
    owned_line without{"@ban-duration=600 :tmi.twitch.tv CLEARCHAT #chan bad_user"};
    THEN("they say the same") {
      CHECK_EQ(with.view().text(), "bad_user");
      CHECK_EQ(without.view().text(), "bad_user");
      CHECK_EQ(without.view().channel(), "chan");
      CHECK(without.view().has_text());
    }
  }
  GIVEN("no text at all") {
    owned_line line{":tmi.twitch.tv CLEARCHAT #chan"};
    CHECK(!line.view().has_text());
    CHECK_EQ(line.view().text(), "");
    CHECK_EQ(line.view().channel(), "chan");
  }
  GIVEN("an empty text") {
    owned_line line{":tmi.twitch.tv CLEARCHAT #chan :"};
    CHECK(line.view().has_text());
    CHECK_EQ(line.view().text(), "");
  }
}

SCENARIO("a text that begins with '#' stays a text") {
  GIVEN("messages about numbers") {
    for (std::string text : {"#1 fan", "#1", "#", "##", "#chan"}) {
      CHECK_EQ(owned_line{"PRIVMSG #chan :" + text}.view().text(), text);
      CHECK_EQ(owned_line{"PRIVMSG #chan :" + text}.view().channel(), "chan");
    }
    CHECK_EQ(owned_line{"PRIVMSG #chan #1"}.view().text(), "#1");
    CHECK_EQ(owned_line{"PRIVMSG #chan #1"}.view().channel(), "chan");
  }
  GIVEN("lines that belong to no channel") {
    owned_line whisper{":ann!ann@ann.tmi.twitch.tv WHISPER mybot :#1 fan"};
    CHECK_EQ(whisper.view().text(), "#1 fan");
    CHECK_EQ(whisper.view().channel(), "");
    owned_line notice{":tmi.twitch.tv NOTICE * :#oops"};
    CHECK_EQ(notice.view().text(), "#oops");
    CHECK_EQ(notice.view().channel(), "");
  }
  GIVEN("a channel in a trailing parameter of its own") {
    owned_line join{":src JOIN :#chan"};
    CHECK_EQ(join.view().channel(), "chan");
    CHECK(!join.view().has_text());
  }
  GIVEN("a list of names, where the channel is the third parameter") {
    owned_line names{":mybot.tmi.twitch.tv 353 mybot = #chan :mybot viewer1 viewer2"};
    CHECK_EQ(names.view().channel(), "chan");
    CHECK_EQ(names.view().text(), "mybot viewer1 viewer2");
    CHECK_EQ(params_of(names.view()), (strings{"mybot", "=", "#chan", "mybot viewer1 viewer2"}));
  }
  GIVEN("a lonely '#'") {
    owned_line line{"JOIN #"};
    CHECK_EQ(line.view().channel(), "");
    CHECK_EQ(line.view().text(), "#");
  }
}

SCENARIO("the parser agrees with its slow twin on whatever can be made from the grammar's characters") {
  GIVEN("random lines out of the characters that mean something") {
    constexpr std::string_view alphabet = "@;=:\\ !#\x01,a1\r\xC3\xA9P";
    const strings words{"PRIVMSG",
                        "\x01"
                        "ACTION ",
                        "#chan",
                        " :",
                        "@a=b;c",
                        ":x!x@x ",
                        "PING",
                        "001",
                        "  ",
                        "a=",
                        "\\s"};
    size_t differences = 0;
    size_t good = 0;
    for (uint64_t seed = 1; seed <= 200'000; ++seed) {
      std::minstd_rand random{static_cast<uint32_t>(seed)};
      random.discard(3);
      std::string text;
      for (auto parts = random() % 12; parts > 0; --parts) {
        if (random() % 3 == 0)
          text += words[random() % words.size()];
        else
          text += alphabet[random() % alphabet.size()];
      }
      irc_index index;
      auto error = parse_irc(text, index);
      auto twins = creamery::test::slow_parse(text).error;
      std::string what = to_string(error) != twins ? "error" : "";
      if (error == irc_parse_error::none) {
        ++good;
        what = difference(irc_line{text.data(), index}, text);
        if (what.empty() && !is_valid(index, text.size()))
          what = "is_valid";
      }
      if (!what.empty() && ++differences < 5)
        CAF_CHECK_EQUAL("seed " + std::to_string(seed) + ", '" + text + "': " + what, "");
    }
    CHECK_EQ(differences, 0u);
    CHECK_GT(good, 100'000u); // else it would be a test of refusals only
  }
}
