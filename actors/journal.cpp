#include "actors/journal.hpp"

#include "actors/exceptions.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/text_file.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// Between two times that it writes, and before the first one: a process may be short-lived.
constexpr auto pause = std::chrono::milliseconds{250};
constexpr auto first_pause = std::chrono::milliseconds{50};

/// With thousands of channels, asking and writing takes a while: the pause is so many times as long, up to a bound.
constexpr auto share_of_time = 19;
constexpr auto longest_pause = std::chrono::seconds{2};

/// How long the bots may take to say how they stand.
constexpr auto patience = std::chrono::seconds{3};

} // namespace

journal_state::journal_state(journal_actor::pointer self, std::filesystem::path folder, bots_actor bots,
                             kept<reading_recorder> recorder)
  : self_(self),
    file_(std::move(folder) / store_files::reading),
    bots_(std::move(bots)),
    log_(make_logger("journal")),
    recorder_(std::move(recorder)) {
}

journal_actor::behavior_type journal_state::make_behavior() {
  end_with_exceptions(self_);
  rest({});
  return {
    [](ready_atom) {},
    [this](drain_atom) -> caf::result<bool> {
      // Nothing is read any more. What the bots say now counts once they have said it twice.
      auto promise = self_->make_response_promise<bool>();
      ask([this, promise]() mutable {
        ask([this, promise]() mutable {
          write();
          promise.deliver(true);
        });
      });
      return promise;
    },
    [this](use_atom, const bots_actor& bots) { bots_ = bots; },
    [this](caf::tick_atom) {
      ask([this, begin = self_->clock().now()] {
        write();
        rest(self_->clock().now() - begin);
      });
    },
  };
}

template <class Then>
void journal_state::ask(Then then) {
  self_->request(bots_, patience, caf::get_atom_v)
    .then(
      [this, then](const std::vector<bot_report>& reports) mutable {
        recorder_->add(reports);
        then();
      },
      // They are being restarted, or stuck: what is written already holds.
      [then](const caf::error&) mutable { then(); });
}

void journal_state::write() {
  auto text = to_text(recorder_->state());
  if (text == written_ || recorder_->state().bots.empty())
    return;
  auto failed = replace_text(file_, text);
  if (failed && !failing_)
    log_->error("{}: after a crash it won't be known what was missed", to_string(*failed));
  else if (!failed && failing_)
    log_->info("{} can be written again", file_.string());
  failing_ = failed.has_value();
  if (!failed)
    written_ = std::move(text);
}

void journal_state::rest(caf::timespan work) {
  const auto long_enough = std::clamp<caf::timespan>(share_of_time * work, pause, longest_pause);
  self_->delayed_send(self_, written_.empty() && !failing_ ? first_pause : long_enough, caf::tick_atom_v);
}

} // namespace creamery
