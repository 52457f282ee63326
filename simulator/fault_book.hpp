#pragma once

#include "messages/result.hpp"
#include "simulator/fault.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// The faults that wait for their moment, and how often each may still strike.
class fault_book {
public:
  /// Whether `what` makes sense; if it waits for something, it is kept.
  result<bool> add(fault what);

  /// Those that strike a connection at this moment. Each is counted.
  std::vector<fault> take(fault_moment moment, std::string_view login, uint64_t connection);

  /// The fault that refuses this login, if there is one. It is counted.
  std::optional<fault> take_refusal(std::string_view login, uint64_t connection);

  /// The fault that strikes this HTTP request, if there is one. It is counted.
  std::optional<fault> take_http(std::string_view path, std::string_view client, std::string_view login);

  const std::vector<fault>& waiting() const noexcept {
    return waiting_;
  }

  void clear() {
    waiting_.clear();
  }

private:
  template <class Predicate>
  std::vector<fault> take_if(Predicate strikes, size_t at_most);

  std::vector<fault> waiting_;
};

/// Whether `what` waits for something, rather than strike at once.
bool waits(const fault& what);

/// Whether `what` is meant for such a connection.
bool concerns(const fault& what, std::string_view login, uint64_t connection);

} // namespace creamery::simulator
