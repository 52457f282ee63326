#define CAF_SUITE messages.chat_message

#include "messages/chat_message.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

using namespace creamery;
using creamery::test::owned_line;
using creamery::test::privmsg;

namespace {

owned_line with_tags(std::string_view tags, std::string_view text = "hello") {
  return owned_line{privmsg("chan", "ann", text, tags)};
}

/// The emotes as the pieces of text that they cover: "id=piece".
creamery::test::strings pieces(const owned_line& line) {
  creamery::test::strings result;
  auto message = line.message();
  for (const auto& one : message.emotes())
    result.push_back(std::string{one.id} + "=" + std::string{message.text().substr(one.offset, one.size)});
  return result;
}

using creamery::test::strings;

} // namespace

SCENARIO("a sender has a name as they spell it, or their login") {
  CHECK_EQ(with_tags("display-name=Ann").message().display_name(), "Ann");
  CHECK_EQ(with_tags("display-name=Ann\\sLee\\s").message().display_name(), "Ann Lee ");
  CHECK_EQ(with_tags("display-name=\u5B89").message().display_name(), "\u5B89");
  CHECK_EQ(with_tags("display-name=").message().display_name(), "ann");
  CHECK_EQ(with_tags("x=y").message().display_name(), "ann");
  CHECK_EQ(with_tags("x=y").message().user(), "ann");
}

SCENARIO("badges are found by their set") {
  auto line = with_tags("badges=moderator/1,subscriber/12,bits/,odd");
  auto message = line.message();
  CHECK(message.has_badge("moderator"));
  CHECK(message.has_badge("bits"));
  CHECK(message.has_badge("odd"));
  CHECK(!message.has_badge("mod"));
  CHECK(!message.has_badge("12"));
  CHECK(!message.has_badge(""));
  CHECK_EQ(message.badge("subscriber"), "12");
  CHECK_EQ(message.badge("bits"), "");
  CHECK_EQ(message.badge("vip"), "");
  CHECK(message.is_moderator());
  CHECK(message.is_subscriber());
  CHECK(!message.is_broadcaster());
  CHECK(!message.is_vip());
  GIVEN("the other ways to the same rights") {
    CHECK(with_tags("badges=broadcaster/1").message().is_moderator());
    CHECK(with_tags("badges=broadcaster/1").message().is_broadcaster());
    CHECK(with_tags("badges=lead_moderator/1").message().is_moderator());
    CHECK(with_tags("badges=founder/0").message().is_subscriber());
    CHECK(with_tags("badges=vip/1").message().is_vip());
  }
  GIVEN("no badges") {
    CHECK(!with_tags("badges=").message().has_badge("moderator"));
    CHECK(!with_tags("mod=1").message().is_moderator()); // the badges are to be trusted, not the tag
  }
}

SCENARIO("numbers that are missing or aren't any count as nothing") {
  using std::chrono::milliseconds;
  using clock = std::chrono::system_clock;
  CHECK(with_tags("tmi-sent-ts=1767225600123").message().sent_at() == clock::time_point{milliseconds{1767225600123}});
  CHECK(with_tags("tmi-sent-ts=soon").message().sent_at() == clock::time_point{});
  CHECK(with_tags("x=y").message().sent_at() == clock::time_point{});
  CHECK_EQ(with_tags("bits=100").message().bits(), 100);
  CHECK_EQ(with_tags("x=y").message().bits(), 0);
  CHECK(with_tags("first-msg=1").message().is_first_message());
  CHECK(!with_tags("first-msg=0").message().is_first_message());
  CHECK(!with_tags("x=y").message().is_first_message());
}

SCENARIO("a time stamp that nobody can mean does no harm") {
  using clock = std::chrono::system_clock;
  for (auto number : {"9223372036854775807", "-9223372036854775808", "9223372036854775", "9223372036855", "-1"})
    CHECK(with_tags("tmi-sent-ts=" + std::string{number}).message().sent_at() == clock::time_point{});
  CHECK(with_tags("tmi-sent-ts=9223372036854").message().sent_at() > clock::time_point{});
}

SCENARIO("a reply's mention is not part of what was said") {
  const std::string reply = "reply-parent-msg-id=7;reply-parent-user-login=ann;reply-parent-display-name=";
  GIVEN("replies to names of all kinds") {
    CHECK_EQ(with_tags(reply + "Ann", "@Ann !hello").message().text_without_mention(), "!hello");
    CHECK_EQ(with_tags(reply + "\u5B89", "@\u5B89 !hello").message().text_without_mention(), "!hello");
    CHECK_EQ(with_tags(reply + "Ann\\sLee", "@Ann Lee !hello").message().text_without_mention(), "!hello");
    CHECK_EQ(with_tags(reply, "@ann !hello").message().text_without_mention(), "!hello");
    CHECK_EQ(with_tags("reply-parent-msg-id=7", "@ann !hello").message().text_without_mention(), "!hello");
    CHECK_EQ(with_tags(reply + "Ann", "@Ann").message().text_without_mention(), "");
    CHECK_EQ(with_tags(reply + "Ann", "@Ann  two").message().text_without_mention().find("two"), 1u);
  }
  GIVEN("a name that is the beginning of another one") {
    CHECK_EQ(with_tags(reply + "Ann", "@Anna !hello").message().text_without_mention(), "!hello");
  }
  GIVEN("a reply whose mention was removed by hand") {
    CHECK_EQ(with_tags(reply + "Ann", "!hello").message().text_without_mention(), "!hello");
  }
  GIVEN("a message that is no reply") {
    CHECK_EQ(with_tags("x=y", "@Ann !hello").message().text_without_mention(), "@Ann !hello");
    CHECK(!with_tags("x=y").message().is_reply());
  }
  CHECK(with_tags(reply + "Ann").message().is_reply());
  CHECK_EQ(with_tags(reply + "Ann").message().reply_parent_user(), "ann");
}

SCENARIO("emotes are counted in code points and given in bytes") {
  CHECK_EQ(pieces(with_tags("emotes=25:0-4,12-16/1902:6-10", "Kappa Keepo Kappa")),
           (strings{"25=Kappa", "25=Kappa", "1902=Keepo"}));
  CHECK_EQ(pieces(with_tags("emotes=25:2-6", "\u00E9 Kappa")), (strings{"25=Kappa"}));
  CHECK_EQ(pieces(with_tags("emotes=25:2-6", "\U0001F389 Kappa")), (strings{"25=Kappa"}));
  CHECK_EQ(pieces(with_tags("emotes=x:0-0/y:1-1", "\u5B89\U0001F389")), (strings{"x=\u5B89", "y=\U0001F389"}));
  GIVEN("ids that aren't numbers") {
    CHECK_EQ(pieces(with_tags("emotes=300196486_TK:0-1/emotesv2_0a:3-4", "ab cd")),
             (strings{"300196486_TK=ab", "emotesv2_0a=cd"}));
  }
  GIVEN("an ACTION: offsets count without its wrapper") {
    CHECK_EQ(pieces(with_tags("emotes=25:0-4", "\x01"
                                               "ACTION Kappa hi\x01")),
             (strings{"25=Kappa"}));
  }
  GIVEN("the last character of the text") {
    CHECK_EQ(pieces(with_tags("emotes=1:0-4", "Kappa")), (strings{"1=Kappa"}));
    CHECK_EQ(pieces(with_tags("emotes=1:4-4", "Kapp\u00E9")), (strings{"1=\u00E9"}));
  }
  GIVEN("ranges that can't be right") {
    for (std::string_view bad :
         {"1:0-5", "1:5-5", "1:3-2", "1:-", "1:0-", "1:-4", "1:a-b", "1:0", "1", ":", "/", "1:0-4294967296",
          "1:0-18446744073709551615", "1:18446744073709551615-18446744073709551615", "1:0-99999999999999999999",
          "1:-1-3", "1:0 -4", "1:0-4-5"})
      CHECK_EQ(pieces(with_tags("emotes=" + std::string{bad}, "Kappa")), strings{});
    CHECK_EQ(pieces(with_tags("emotes=1:0-0", "")), strings{});
  }
  GIVEN("a good range behind a bad one") {
    CHECK_EQ(pieces(with_tags("emotes=1:7-9,0-1/2:2-2", "abc")), (strings{"1=ab", "2=c"}));
  }
  GIVEN("a text that is no UTF-8") {
    for (auto text : {"\x80\x80\x80", "a\xFF\xFE", "\xC3", "\xE2\x82"})
      for (auto range : {"1:0-0", "1:0-1", "1:0-2", "1:1-2"}) {
        auto line = with_tags(std::string{"emotes="} + range, text);
        for (const auto& one : line.message().emotes())
          CHECK_LE(one.offset + one.size, line.message().text().size());
      }
  }
  GIVEN("no emotes") {
    CHECK_EQ(pieces(with_tags("emotes=", "Kappa")), strings{});
    CHECK_EQ(pieces(with_tags("x=y", "Kappa")), strings{});
  }
}
