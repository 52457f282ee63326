#define CAF_SUITE websocket.frame_decoder

#include "runtime/websocket/frame_decoder.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/websocket/twins.hpp"

#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace creamery;
using creamery::test::agree;
using creamery::test::hear_beast;
using creamery::test::hear_ours;
using creamery::test::heard;

namespace {

constexpr size_t bound = 100'000;

/// A frame as a server writes it, whatever the rules say.
std::string frame_bytes(int first, std::string_view payload) {
  std::string bytes{static_cast<char>(first)};
  const auto size = payload.size();
  auto append = [&](int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8)
      bytes += static_cast<char>(size >> shift);
  };
  if (size < 126) {
    bytes += static_cast<char>(size);
  } else if (size < 65'536) {
    bytes += '\x7E';
    append(2);
  } else {
    bytes += '\x7F';
    append(8);
  }
  return bytes += payload;
}

std::string text(std::string_view payload) {
  return frame_bytes(0x81, payload);
}

/// The first two bytes of a close frame's payload.
std::string code(int value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::optional<frame_fault> fault_of(std::string_view bytes, size_t max_message = bound) {
  frame_decoder decoder{max_message};
  decoder.feed(bytes);
  while (decoder.next()) {
  }
  return decoder.fault();
}

/// Valid streams and, mutated, invalid ones.
class generator {
public:
  explicit generator(unsigned seed) : random_(seed) {
  }

  std::string valid() {
    std::string stream;
    for (auto messages = below(6); messages > 0; --messages) {
      add_controls(stream);
      const int kind = below(8) == 0 ? 2 : 1;
      const auto fragments = below(3) == 0 ? 1 + below(4) : 0;
      const auto payload = random_text();
      size_t begin = 0;
      for (unsigned i = 0; i < fragments; ++i) { // cut anywhere, inside characters too
        const auto end = begin + below(static_cast<unsigned>(payload.size() - begin + 1));
        stream += frame_bytes(i == 0 ? kind : 0, payload.substr(begin, end - begin));
        begin = end;
        add_controls(stream);
      }
      if (fragments > 0 && begin == payload.size())
        stream += frame_bytes(0x80, ""); // complete, whatever the cut was
      else
        stream += frame_bytes(0x80 | (fragments == 0 ? kind : 0), payload.substr(begin));
    }
    if (below(4) == 0)
      stream += frame_bytes(0x88, below(3) == 0 ? "" : code(below(2) == 0 ? 1000 : 4003) + "so long");
    return stream;
  }

  std::string mutated() {
    auto stream = valid();
    for (auto changes = 1 + below(3); changes > 0 && !stream.empty(); --changes) {
      const auto place = below(2) == 0 ? below(static_cast<unsigned>(std::min<size_t>(stream.size(), 16)))
                                       : below(static_cast<unsigned>(stream.size()));
      switch (below(4)) {
        case 0: stream[place] = static_cast<char>(stream[place] ^ 1 << below(8)); break;
        case 1: stream[place] = static_cast<char>(below(256)); break;
        case 2: stream.erase(place, 1 + below(3)); break;
        default: stream.insert(place, 1, static_cast<char>(below(256))); break;
      }
    }
    return stream;
  }

  unsigned below(unsigned limit) {
    return std::uniform_int_distribution<unsigned>{0, limit - 1}(random_);
  }

private:
  std::string random_text() {
    static const std::vector<std::string> pieces{
      "a", "Kappa ", "\r\n", "\u00E9", "\u20AC", "\U0001F600", std::string(40, 'x')};
    static const std::vector<size_t> sizes{0, 1, 10, 125, 126, 127, 300};
    const auto size = below(60) == 0 ? 65'530 + below(12) : sizes[below(static_cast<unsigned>(sizes.size()))];
    std::string payload;
    while (payload.size() < size)
      payload += pieces[below(static_cast<unsigned>(pieces.size()))];
    return payload;
  }

  void add_controls(std::string& stream) {
    while (below(4) == 0)
      stream += frame_bytes(below(2) == 0 ? 0x89 : 0x8A, std::string(below(126), 'p'));
  }

  std::mt19937 random_;
};

} // namespace

SCENARIO("all frames of a read are handed out in place") {
  GIVEN("two messages, a ping and a part of a third message in one read") {
    const auto bytes = text("one\r\n") + frame_bytes(0x89, "hi") + text("two\r\n") + text("three").substr(0, 4);
    frame_decoder decoder{bound};
    decoder.feed(bytes);
    WHEN("they are asked for") {
      const auto first = decoder.next();
      const auto second = decoder.next();
      const auto third = decoder.next();
      THEN("the payloads lie in the read bytes") {
        REQUIRE(first && second && third);
        CHECK(first->kind == opcode::text && first->in_place);
        CHECK_EQ(first->payload, "one\r\n");
        CHECK_EQ(static_cast<const void*>(first->payload.data()), static_cast<const void*>(bytes.data() + 2));
        CHECK(second->kind == opcode::ping);
        CHECK_EQ(second->payload, "hi");
        CHECK_EQ(third->payload, "two\r\n");
      }
      THEN("the unfinished one stays, and its whole size is known") {
        CHECK(!decoder.next());
        CHECK(!decoder.fault());
        CHECK_EQ(decoder.consumed(), bytes.size() - 4);
        CHECK_EQ(decoder.unfinished_frame(), 7u);
      }
    }
  }
}

SCENARIO("fragments are put together, and control frames between them come when they come") {
  GIVEN("a message in three fragments, cut inside a character, with a ping between them") {
    const auto bytes =
      frame_bytes(0x01, "caf\xC3") + frame_bytes(0x89, "?") + frame_bytes(0x00, "\xA9 ") + frame_bytes(0x80, "ok");
    frame_decoder decoder{bound};
    decoder.feed(bytes);
    const auto ping = decoder.next();
    const auto whole = decoder.next();
    THEN("the ping is first, the message whole") {
      REQUIRE(ping && whole);
      CHECK(ping->kind == opcode::ping);
      CHECK(whole->kind == opcode::text);
      CHECK(!whole->in_place);
      CHECK_EQ(whole->payload, "caf\u00E9 ok");
    }
    WHEN("another message follows") {
      const auto more = text("next");
      decoder.feed(more);
      const auto next = decoder.next();
      THEN("it has nothing to do with the one before") {
        REQUIRE(next);
        CHECK_EQ(next->payload, "next");
      }
    }
  }
}

SCENARIO("what breaks the rules is named and has its close code") {
  GIVEN("one stream for each rule") {
    CHECK(fault_of(std::string{"\x81\x81key!x", 7}) == frame_fault::masked);
    CHECK(fault_of(frame_bytes(0xC1, "x")) == frame_fault::reserved_bits);
    CHECK(fault_of(frame_bytes(0x99, "x")) == frame_fault::reserved_bits);
    CHECK(fault_of(frame_bytes(0x83, "x")) == frame_fault::reserved_opcode);
    CHECK(fault_of(frame_bytes(0x8B, "x")) == frame_fault::reserved_opcode);
    CHECK(fault_of(std::string{"\x81\x7E\x00\x7D", 4}) == frame_fault::length_not_minimal);
    CHECK(fault_of(std::string{"\x81\x7F\0\0\0\0\0\0\xFF\xFF", 10}) == frame_fault::length_not_minimal);
    CHECK(fault_of(frame_bytes(0x09, "x")) == frame_fault::control_fragmented);
    CHECK(fault_of(frame_bytes(0x89, std::string(126, 'x'))) == frame_fault::control_too_long);
    CHECK(fault_of(frame_bytes(0x80, "x")) == frame_fault::continuation_of_nothing);
    CHECK(fault_of(frame_bytes(0x01, "x") + text("y")) == frame_fault::continuation_missing);
    CHECK(fault_of(frame_bytes(0x88, "x")) == frame_fault::bad_close_payload);
    CHECK(fault_of(text("\xFF")) == frame_fault::invalid_utf8);
    CHECK(fault_of(frame_bytes(0x88, code(1000) + "\xFF")) == frame_fault::invalid_utf8);
    CHECK(fault_of(frame_bytes(0x01, "\xC3") + frame_bytes(0x80, "")) == frame_fault::invalid_utf8);
    CHECK(fault_of(text("12345"), 4) == frame_fault::message_too_long);
    CHECK(fault_of(frame_bytes(0x01, "123") + frame_bytes(0x80, "45"), 4) == frame_fault::message_too_long);
    CHECK(fault_of(std::string{"\x82\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10}) == frame_fault::message_too_long);
    THEN("close codes tell the server") {
      CHECK_EQ(close_code_for(frame_fault::masked), 1002);
      CHECK_EQ(close_code_for(frame_fault::invalid_utf8), 1007);
      CHECK_EQ(close_code_for(frame_fault::message_too_long), 1009);
    }
  }
  GIVEN("streams at the edge of the rules") {
    CHECK(!fault_of(text("1234"), 4));
    CHECK(!fault_of(frame_bytes(0x02, "\xFF") + frame_bytes(0x80, "")));
    CHECK(!fault_of(frame_bytes(0x89, std::string(125, 'x'))));
    CHECK(!fault_of(frame_bytes(0x88, "")));
  }
  GIVEN("every close code") {
    for (int value = 0; value < 5100; ++value) {
      const bool allowed = (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1013) || value >= 3000;
      CHECK_EQ(!fault_of(frame_bytes(0x88, code(value))), allowed);
    }
  }
}

SCENARIO("text that can't become valid is refused before its frame is whole") {
  GIVEN("the beginning of a long frame with a bad byte in it") {
    frame_decoder decoder{bound};
    const auto bytes = text(std::string(500, 'x') + "\xFF" + std::string(500, 'x'));
    WHEN("the bad byte has not come yet") {
      decoder.feed(std::string_view{bytes}.substr(0, 400));
      CHECK(!decoder.next());
      CHECK(!decoder.fault());
    }
    WHEN("it has") {
      decoder.feed(std::string_view{bytes}.substr(0, 600));
      CHECK(!decoder.next());
      CHECK(decoder.fault() == frame_fault::invalid_utf8);
    }
  }
}

SCENARIO("nothing is handed out after a close frame") {
  GIVEN("a close frame and a message behind it") {
    const auto bytes = frame_bytes(0x88, code(4003) + "connection unused") + text("late");
    frame_decoder decoder{bound};
    decoder.feed(bytes);
    const auto goodbye = decoder.next();
    REQUIRE(goodbye);
    CHECK(goodbye->kind == opcode::close);
    CHECK_EQ(goodbye->close_code, 4003);
    CHECK_EQ(goodbye->payload, "connection unused");
    CHECK(!decoder.next());
    CHECK(!decoder.fault());
  }
}

SCENARIO("a valid stream gives the same messages wherever it is cut, and the same as Beast") {
  GIVEN("streams with every kind of frame") {
    generator make{1};
    for (int round = 0; round < 40; ++round) {
      const auto stream = make.valid();
      const auto beasts = hear_beast(stream, bound);
      CHECK(beasts.end != heard::ending::fault);
      size_t disagreements = 0;
      // Every position when the stream is short; some, with the first bytes always, when it is long.
      const size_t step = stream.size() < 3000 ? 1 : 1 + stream.size() / 300;
      for (size_t cut = 0; cut <= stream.size(); cut += cut < 200 ? 1 : step)
        disagreements += !agree(hear_ours(stream, {cut}, bound), beasts);
      CHECK_EQ(disagreements, 0u);
    }
  }
  GIVEN("a stream that comes byte by byte") {
    generator make{2};
    std::string stream;
    while (stream.size() < 500)
      stream = make.valid();
    stream.resize(std::min<size_t>(stream.size(), 3000));
    std::vector<size_t> cuts(stream.size());
    std::iota(cuts.begin(), cuts.end(), 0u);
    CHECK(agree(hear_ours(stream, cuts, bound), hear_beast(stream, bound)));
  }
}

SCENARIO("our decoder and Beast's refuse the same streams") {
  GIVEN("two thousand mutated streams") {
    generator make{3};
    size_t disagreements = 0;
    size_t refused = 0;
    for (int round = 0; round < 2000; ++round) {
      const auto stream = make.mutated();
      const size_t max_message = round % 3 == 0 ? 300 : bound;
      const auto beasts = hear_beast(stream, max_message);
      refused += beasts.end == heard::ending::fault;
      const auto size = static_cast<unsigned>(stream.size()) + 1;
      for (const auto& cuts :
           {std::vector<size_t>{}, {make.below(size)}, {make.below(size), make.below(size), make.below(size)}})
        disagreements += !agree(hear_ours(stream, cuts, max_message), beasts);
    }
    THEN("they agree, and the test had something to compare") {
      CHECK_EQ(disagreements, 0u);
      CHECK_GT(refused, 500u);
    }
  }
}

SCENARIO("text may not end inside a character, even if its last fragment is empty") {
  GIVEN("such a message, which Beast lets pass") {
    const auto stream = frame_bytes(0x01, "\xC3") + frame_bytes(0x80, "");
    CHECK(hear_ours(stream, {}, bound).end == heard::ending::fault);
    CHECK(hear_beast(stream, bound).end == heard::ending::more);
  }
}
