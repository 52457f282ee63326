#include "benchmarks/micro/parser_benchmark.hpp"

#include "messages/chat_message.hpp"
#include "runtime/irc/duplicate_filter.hpp"
#include "runtime/irc/parser.hpp"

namespace creamery::benchmarks {

namespace {

/// Parses every line and gives each result to `use`, which returns a number that depends on it.
template <class Use>
std::function<uint64_t(const capture&)> each_line(Use use) {
  return [use](const capture& data) {
    uint64_t sum = 0;
    for (auto line : data.lines) {
      irc_index index;
      if (parse_irc(line, index) == irc_parse_error::none)
        sum += use(chat_message{line.data(), index});
    }
    return sum;
  };
}

} // namespace

std::vector<line_benchmark> line_benchmarks() {
  return {
    {"parse/envelope", false, each_line([](const chat_message& x) { return x.text().size() + x.channel().size(); })},
    {"parse/three_tags", false, each_line([](const chat_message& x) {
       return x.id().size() + x.tag("display-name").value_or("").size() + static_cast<size_t>(x.is_moderator());
     })},
    {"parse/all_tags", false, each_line([](const chat_message& x) {
       uint64_t sum = 0;
       x.for_each_tag([&](std::string_view key, std::string_view value) { sum += key.size() * 31 + value.size(); });
       return sum;
     })},
    {"parse/identity", false, each_line([](const chat_message& x) {
       auto id = identify(x);
       return id ? id->low : 0;
     })},
  };
}

} // namespace creamery::benchmarks
