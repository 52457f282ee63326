#define CAF_SUITE cogs.arguments

#include "cogs/arguments.hpp"
#include "tests/unit/fixture.hpp"

#include <functional>
#include <limits>

using namespace creamery;

namespace {

/// Stands for a command's call; the arguments are all that matters here.
struct call {
  int calls = 0;
};

/// What has to stand behind the command's name, or nothing when the arguments fit.
template <class Handler>
std::string problem(std::string_view text, Handler handler) {
  call made;
  auto result = call_with_arguments(handler, made, trim_arguments(text));
  // Either the handler ran or the caller is told how; never both, never neither.
  CHECK_EQ(made.calls, result.empty() ? 1 : 0);
  return result;
}

template <class T>
std::optional<T> read(std::string_view text) {
  std::optional<T> result;
  problem(text, [&](call& x, T value) {
    ++x.calls;
    result = value;
  });
  return result;
}

void count(call& x) {
  ++x.calls;
}

struct colour {
  std::string name;
};

} // namespace

namespace creamery {

template <>
struct argument<colour> {
  static constexpr std::string_view placeholder = "colour";

  static bool read(std::string_view& text, colour& value) {
    value.name = take_word(text);
    return value.name == "red" || value.name == "blue";
  }
};

} // namespace creamery

SCENARIO("numbers are whole words that fit their type") {
  CHECK(read<int>("42") == 42);
  CHECK(read<int>("-42") == -42);
  CHECK(read<int>("+42") == 42);
  CHECK(read<int>("007") == 7);
  CHECK(read<int>("\"42\"") == 42);
  CHECK(read<int64_t>("9223372036854775807") == std::numeric_limits<int64_t>::max());
  CHECK(read<uint8_t>("255") == 255);
  CHECK(read<double>("1.5") == 1.5);
  CHECK(read<double>("-1e3") == -1000.0);
  GIVEN("what isn't any") {
    for (auto text : {"", "x", "4x", "4.5", "0x10", "1 2", "--1", "+", "-", "+-1", "-+1", "++1", "\"\"", "\"4 2\"",
                      "2147483648", "1,000"})
      CHECK(!read<int>(text));
    CHECK(!read<uint8_t>("256"));
    CHECK(!read<unsigned>("-1"));
    CHECK(!read<int64_t>("9223372036854775808"));
    CHECK(!read<double>("1.5.5"));
    CHECK(!read<double>("1e999"));
  }
}

SCENARIO("switches have several spellings") {
  for (auto text : {"on", "ON", "yes", "True", "1", "\"on\""})
    CHECK(read<bool>(text) == true);
  for (auto text : {"off", "Off", "no", "false", "0"})
    CHECK(read<bool>(text) == false);
  for (auto text : {"", "maybe", "2", "onn"})
    CHECK(!read<bool>(text));
}

SCENARIO("a text is one word, or several in quotes") {
  CHECK(read<std::string>("word") == "word");
  CHECK(read<std::string>("\"two words\"") == "two words");
  CHECK(read<std::string>("\"\"") == "");
  CHECK(read<std::string>("\"open") == "\"open");
  CHECK(read<std::string>("in\"side") == "in\"side");
  CHECK(read<std::string>("\u00E9\U0001F389") == "\u00E9\U0001F389");
  CHECK(!read<std::string>("two words"));
  CHECK(!read<std::string>("\"open and more"));
  CHECK(!read<std::string>(""));
  GIVEN("several arguments") {
    std::string a;
    std::string b;
    auto two = [&](call& x, const std::string& first, std::string second) {
      ++x.calls;
      a = first;
      b = second;
    };
    CHECK_EQ(problem("\"x y\"   z", two), "");
    CHECK_EQ(a, "x y");
    CHECK_EQ(b, "z");
    CHECK_EQ(problem("x \"y z\"", two), "");
    CHECK_EQ(b, "y z");
    CHECK_EQ(problem("\"x\"\"y\"", two), "");
    CHECK_EQ(a + b, "xy");
    CHECK_EQ(problem("x", two), " <text> <text>");
    CHECK_EQ(problem("x y z", two), " <text> <text>");
  }
}

SCENARIO("the rest of the line is taken as it is") {
  auto rest_after_number = [](std::string_view text) {
    std::string rest = "(none)";
    problem(text, [&](call& x, int, rest_of_line value) {
      ++x.calls;
      rest = value.text;
    });
    return rest;
  };
  CHECK_EQ(rest_after_number("5 hello  \"you\" two"), "hello  \"you\" two");
  CHECK_EQ(rest_after_number("5    x"), "x");
  CHECK_EQ(rest_after_number("5"), "(none)");
  CHECK_EQ(rest_after_number("5   "), "(none)");
}

SCENARIO("optional arguments may be missing, but not wrong") {
  std::optional<int> number = 9;
  std::optional<rest_of_line> rest;
  auto handler = [&](call& x, std::string, std::optional<int> n, std::optional<rest_of_line> r) {
    ++x.calls;
    number = n;
    rest = std::move(r);
  };
  const std::string usage = " <text> [number] [text…]";
  CHECK_EQ(problem("a", handler), "");
  CHECK(!number);
  CHECK(!rest);
  CHECK_EQ(problem("a 5", handler), "");
  CHECK(number == 5);
  CHECK(!rest);
  CHECK_EQ(problem("a 5 and more", handler), "");
  CHECK_EQ(rest->text, "and more");
  CHECK_EQ(problem("a b", handler), usage);
  CHECK_EQ(problem("", handler), usage);
}

SCENARIO("a command without arguments takes whatever follows it") {
  CHECK_EQ(problem("", count), "");
  CHECK_EQ(problem("any thing \"at all", count), "");
}

SCENARIO("the usage names each argument by its type") {
  CHECK_EQ(problem("", [](call&, int, double, bool, std::string, rest_of_line) {}),
           " <number> <number> <on|off> <text> <text…>");
  CHECK_EQ(problem("x", [](call&, std::optional<bool>) {}), " [on|off]");
  CHECK_EQ(problem("green", [](call&, colour) {}), " <colour>");
}

SCENARIO("a type of one's own can be an argument") {
  std::string got;
  CHECK_EQ(problem("red",
                   [&](call& x, const colour& value) {
                     ++x.calls;
                     got = value.name;
                   }),
           "");
  CHECK_EQ(got, "red");
}

SCENARIO("handlers of every shape are understood") {
  int sum = 0;
  CHECK_EQ(problem("1", [sum](call& x, int n) mutable { x.calls += (sum += n) > 0; }), "");
  CHECK_EQ(problem("2", [&](call& x, int n) noexcept { x.calls += (sum += n) > 0; }), "");
  CHECK_EQ(problem(
             "3", +[](call& x, int) { ++x.calls; }),
           "");
  CHECK_EQ(problem(
             "5", +[](call& x, int) noexcept { ++x.calls; }),
           "");
  CHECK_EQ(problem("6", [](call& x, int) mutable noexcept { ++x.calls; }), "");
  CHECK_EQ(problem("4", std::function<void(call&, const int&)>{[](call& x, const int&) { ++x.calls; }}), "");
}

SCENARIO("what chat programs append invisibly is not part of the arguments") {
  CHECK_EQ(trim_arguments(""), "");
  CHECK_EQ(trim_arguments("   "), "");
  CHECK_EQ(trim_arguments("  a b  "), "a b");
  CHECK_EQ(trim_arguments("a \U000E0000"), "a");
  CHECK_EQ(trim_arguments("a\U000E0000"), "a");
  CHECK_EQ(trim_arguments("a \u034F \U000E0000  \U000E0000"), "a");
  CHECK_EQ(trim_arguments(" \U000E0000"), "");
  CHECK_EQ(trim_arguments("\U000E0000"), "");
  CHECK_EQ(trim_arguments("\U000E0000 a"), "\U000E0000 a"); // only at the end
  CHECK_EQ(trim_arguments("\u00E9"), "\u00E9");
  CHECK(read<int>("42 \U000E0000") == 42);
  CHECK(read<std::string>("\"two words\" \U000E0000") == "two words");
}

SCENARIO("only A to Z have a lower case here") {
  CHECK_EQ(to_lower("HeLLo-09_Z[@"), "hello-09_z[@");
  CHECK_EQ(to_lower("\u00C9"), "\u00C9");
}
