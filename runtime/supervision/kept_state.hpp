#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace creamery {

/// A state that outlives the actor which works on it, lent to one actor at a time. Given back when this is destroyed.
template <class T>
class kept {
public:
  /// A state that nobody keeps: it ends with this.
  template <class... Ts>
  static kept make(Ts&&... arguments) {
    return kept{std::make_shared<T>(std::forward<Ts>(arguments)...), std::make_shared<std::atomic<bool>>(true)};
  }

  kept(std::shared_ptr<T> state, std::shared_ptr<std::atomic<bool>> lent)
    : state_(std::move(state)), lent_(std::move(lent)) {
  }

  kept(kept&&) noexcept = default;
  kept& operator=(kept&&) = delete;

  ~kept() {
    if (lent_)
      lent_->store(false, std::memory_order_release);
  }

  T* operator->() const noexcept {
    return state_.get();
  }

  T& operator*() const noexcept {
    return *state_;
  }

private:
  std::shared_ptr<T> state_;
  std::shared_ptr<std::atomic<bool>> lent_;
};

/// What must not be lost when an actor fails, by the actors' paths: like the tables of Erlang that have an heir. An actor that is
/// killed, or fails, leaves it to its successor. When a supervisor gives up, what is below it is forgotten: whatever is wrong
/// may be in there. Any thread may use it.
class kept_states {
public:
  /// Lends the state at `path`, made with `make` if there is none. Nothing: the predecessor still has it, since it
  /// hasn't quite ended. `make` must not come back here.
  template <class T>
  std::optional<kept<T>> take(const std::string& path, const std::function<std::shared_ptr<T>()>& make) {
    std::lock_guard guard{mutex_};
    auto& one = find_or_make<T>(path, make);
    if (*one.type != typeid(T) || one.lent->exchange(true, std::memory_order_acquire))
      return std::nullopt;
    return kept<T>{std::static_pointer_cast<T>(one.state), one.lent};
  }

  /// The state at `path`, made with `make` if there is none, for those that look after their own safety.
  template <class T>
  std::shared_ptr<T> share(const std::string& path, const std::function<std::shared_ptr<T>()>& make) {
    std::lock_guard guard{mutex_};
    auto& one = find_or_make<T>(path, make);
    return *one.type == typeid(T) ? std::static_pointer_cast<T>(one.state) : nullptr;
  }

  /// Forgets the state at `path` and those below it. Whoever has one keeps it until the end.
  void forget(std::string_view path) {
    std::lock_guard guard{mutex_};
    std::erase_if(entries_, [path](const auto& x) {
      const auto& [key, one] = x;
      return key == path || (key.size() > path.size() && key.starts_with(path) && key[path.size()] == '/');
    });
  }

private:
  struct entry {
    std::shared_ptr<void> state;
    const std::type_info* type = nullptr;
    std::shared_ptr<std::atomic<bool>> lent = std::make_shared<std::atomic<bool>>(false);
  };

  template <class T>
  entry& find_or_make(const std::string& path, const std::function<std::shared_ptr<T>()>& make) {
    auto& one = entries_[path];
    if (!one.state) {
      one.state = make();
      one.type = &typeid(T);
    }
    return one;
  }

  std::mutex mutex_;
  std::map<std::string, entry, std::less<>> entries_;
};

} // namespace creamery
