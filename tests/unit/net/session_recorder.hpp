#pragma once

#include "runtime/net/net_session.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace creamery::test {

/// What the listener of a session has heard, to be looked at from the test's thread.
struct session_record {
  int opened = 0;
  std::vector<line_batch> batches;
  std::vector<std::string> lines;
  std::vector<net_error> closed;
  /// The listener was destroyed.
  bool gone = false;
};

/// Keeps what is heard until the test asks.
class session_recorder {
public:
  /// A listener that writes to this recorder; may outlive it.
  std::unique_ptr<net_listener> listener() {
    return std::make_unique<recording_listener>(shared_);
  }

  /// Waits until `condition` holds, at most ten seconds. Returns false if it never did.
  bool wait(const std::function<bool(const session_record&)>& condition) {
    std::unique_lock guard{shared_->mutex};
    return shared_->changed.wait_for(guard, std::chrono::seconds{10}, [&] { return condition(shared_->record); });
  }

  bool wait_until_open() {
    return wait([](const session_record& x) { return x.opened > 0; });
  }

  bool wait_for_lines(size_t count) {
    return wait([count](const session_record& x) { return x.lines.size() >= count; });
  }

  /// The error it ended with; one that says so if it never did.
  net_error wait_until_closed() {
    if (!wait([](const session_record& x) { return !x.closed.empty(); })) {
      net_error none;
      none.text = "on_closed was never called";
      return none;
    }
    return get().closed.front();
  }

  session_record get() {
    std::lock_guard guard{shared_->mutex};
    return shared_->record;
  }

private:
  struct shared_record {
    std::mutex mutex;
    std::condition_variable changed;
    session_record record;
  };

  class recording_listener : public net_listener {
  public:
    explicit recording_listener(std::shared_ptr<shared_record> shared) : shared_(std::move(shared)) {
    }

    ~recording_listener() override {
      change([](session_record& x) { x.gone = true; });
    }

    void on_open() override {
      change([](session_record& x) { ++x.opened; });
    }

    void on_lines(line_batch batch) override {
      change([&](session_record& x) {
        for (size_t i = 0; i < batch.lines.size(); ++i)
          x.lines.emplace_back(batch.line(i));
        x.batches.push_back(std::move(batch));
      });
    }

    void on_closed(net_error why) override {
      change([&](session_record& x) { x.closed.push_back(std::move(why)); });
    }

  private:
    template <class Function>
    void change(Function function) {
      std::lock_guard guard{shared_->mutex};
      function(shared_->record);
      shared_->changed.notify_all();
    }

    std::shared_ptr<shared_record> shared_;
  };

  std::shared_ptr<shared_record> shared_ = std::make_shared<shared_record>();
};

/// Waits until something holds that nobody tells about, at most ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace creamery::test
