#pragma once

#include "cogs/cog.hpp"

#include <fstream>
#include <stdexcept>

namespace creamery::test {

/// Writes down each line that a cog handles, for the checker: one JSON object a line, in the file that the cog's option `file`
/// names. `n` counts from 1 in each instance, so that a restart can be seen.
class recorder {
public:
  /// Begins to record the chat lines of `cog`, in the order in which they are handled.
  explicit recorder(cog& owner) : out_(owner.option<std::string>("file", ""), std::ios::app) {
    if (!out_)
      throw std::runtime_error{"the option 'file' must name a file that can be written"};
    for (auto verb : {irc_verb::privmsg, irc_verb::usernotice, irc_verb::clearchat, irc_verb::clearmsg})
      owner.on(verb, [this](const irc_line& line) { record(line); });
  }

private:
  void record(const irc_line& line) {
    nlohmann::json entry{
      {"n", ++count_}, {"kind", line.command()}, {"id", line.tag("id").value_or("")}, {"channel", line.channel()}};
    // Flushed each time: what is in the file was handled, whatever happens to the process next.
    out_ << entry.dump() << '\n' << std::flush;
  }

  std::ofstream out_;
  uint64_t count_ = 0;
};

} // namespace creamery::test
