#pragma once

#include <string>
#include <utility>
#include <variant>

namespace creamery {

/// Why something could not be done: where it was noticed and what was wrong, both for people to read.
struct failure {
  /// The place: a file with line, an endpoint, a step of a protocol.
  std::string place;
  /// What was wrong there, and where it helps, what was expected.
  std::string cause;

  friend bool operator==(const failure&, const failure&) = default;
};

/// "place: cause", in one line.
inline std::string to_string(const failure& x) {
  return x.place.empty() ? x.cause : x.place + ": " + x.cause;
}

/// Either a value or what prevented it. Errors are values here; nothing is thrown.
template <class T, class Error = failure>
class [[nodiscard]] result {
public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) { // NOLINT: implicit on purpose
  }

  result(Error why) : content_(std::in_place_index<1>, std::move(why)) { // NOLINT: implicit on purpose
  }

  explicit operator bool() const noexcept {
    return content_.index() == 0;
  }

  T& operator*() & {
    return std::get<0>(content_);
  }

  const T& operator*() const& {
    return std::get<0>(content_);
  }

  T&& operator*() && {
    return std::get<0>(std::move(content_));
  }

  T* operator->() {
    return &std::get<0>(content_);
  }

  const T* operator->() const {
    return &std::get<0>(content_);
  }

  const Error& error() const {
    return std::get<1>(content_);
  }

private:
  std::variant<T, Error> content_;
};

} // namespace creamery
