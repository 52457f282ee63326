#pragma once

#include <unistd.h>
#include <utility>

namespace creamery {

/// A file descriptor that is closed at the end.
class descriptor {
public:
  /// @param number negative: none.
  explicit descriptor(int number) noexcept : number_(number) {
  }

  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {
  }

  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  int get() const noexcept {
    return number_;
  }

  explicit operator bool() const noexcept {
    return number_ >= 0;
  }

private:
  int number_;
};

} // namespace creamery
