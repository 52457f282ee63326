// The line parser against its slow twin: the same bytes have to give the same parts, or the same error. The index is then treated
// like one from another machine, and everything that reads it is called.

#include "messages/chat_message.hpp"
#include "runtime/irc/duplicate_filter.hpp"
#include "runtime/irc/parser.hpp"
#include "tests/unit/irc/slow_parser.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

void demand(bool ok, const char* what) {
  if (!ok) {
    std::fprintf(stderr, "the parser and its twin disagree: %s\n", what);
    std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery;
  const std::string text{reinterpret_cast<const char*>(data), size};
  // Memory of exactly this size, so that reading one byte too far is found.
  const auto memory = std::make_unique<char[]>(size);
  if (size > 0)
    std::memcpy(memory.get(), data, size);

  irc_index index;
  const auto error = parse_irc({memory.get(), size}, index);
  demand(to_string(error) == test::slow_parse(text).error, "error");
  if (error != irc_parse_error::none) {
    demand(index == irc_index{}, "the index of a bad line");
    return 0;
  }
  demand(is_valid(index, size), "is_valid");
  const irc_line line{memory.get(), index};
  if (const auto what = test::difference(line, text); !what.empty())
    demand(false, what.c_str());

  const chat_message message{line};
  demand(message.user() == line.nick(), "user");
  demand(!message.display_name().empty() || message.user().empty(), "display_name");
  demand(message.badge("subscriber").empty() || message.has_badge("subscriber"), "badge");
  demand(line.text().ends_with(message.text_without_mention()), "text_without_mention");
  for (const auto& one : message.emotes())
    demand(one.size > 0 && one.offset + one.size <= message.text().size(), "emotes");
  message.sent_at();
  message.bits();
  message.is_moderator();
  message.is_reply();
  demand(identify(line) == identify(line), "identify");
  identify_source(line);
  return 0;
}
