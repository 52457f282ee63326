#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace creamery {

/// The answer to a question that outlives the actor who asked it: when that one fails, its successor gets the answer. Any thread
/// may use it.
template <class T>
class kept_answer {
public:
  /// Here is the answer.
  void arrive(T answer) {
    std::function<void()> tell;
    {
      std::lock_guard guard{mutex_};
      answer_ = std::move(answer);
      tell = tell_;
    }
    if (tell)
      tell();
  }

  /// Calls `tell` when the answer arrives, or now if it is here already; takes the place of whoever was to be told before.
  void notify(std::function<void()> tell) {
    auto is_here = false;
    {
      std::lock_guard guard{mutex_};
      is_here = answer_.has_value();
      tell_ = tell;
    }
    if (is_here)
      tell();
  }

  /// The answer, if it has arrived and was not taken yet.
  std::optional<T> take() {
    std::lock_guard guard{mutex_};
    return std::exchange(answer_, std::nullopt);
  }

private:
  std::mutex mutex_;
  std::optional<T> answer_;
  std::function<void()> tell_;
};

} // namespace creamery
