#pragma once

#include "actors/interfaces.hpp"
#include "runtime/store/reading_state.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <filesystem>
#include <memory>
#include <string>

namespace creamery {

/// Writes down, again and again, what must be known after the process has died: how far the bots have read and handled their
/// chat. Has a thread of its own, since disks may be slow.
class journal_state {
public:
  static inline const char* name = "creamery.journal";

  /// @param folder where it writes; it must be there.
  journal_state(journal_actor::pointer self, std::filesystem::path folder, bots_actor bots,
                kept<reading_recorder> recorder);

  journal_actor::behavior_type make_behavior();

private:
  /// Asks the bots; `then` is called with their answer, or without one.
  template <class Then>
  void ask(Then then);
  void write();
  void rest(caf::timespan work);

  journal_actor::pointer self_;
  std::filesystem::path file_;
  bots_actor bots_;
  std::shared_ptr<spdlog::logger> log_;
  kept<reading_recorder> recorder_;
  /// What was written last.
  std::string written_;
  bool failing_ = false;
};

using journal = caf::stateful_actor<journal_state, journal_actor::base>;

} // namespace creamery
