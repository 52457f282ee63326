#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery {

/// A token, password or key. It can't be printed, compared by how long a comparison takes, or found in freed memory:
/// there is no `operator<<` and no conversion, and whoever really needs the text has to ask for it with `reveal()`,
/// which is easy to search for.
class secret {
public:
  secret() = default;

  explicit secret(std::string_view text) : text_(text.begin(), text.end()) {
  }

  /// A secret out of a text that shall not stay anywhere else: it is wiped.
  static secret taken_from(std::string& text) {
    secret result{text};
    overwrite(text.data(), text.size());
    text.clear();
    return result;
  }

  secret(const secret&) = default;

  secret(secret&& other) noexcept : text_(std::move(other.text_)) {
    other.text_.clear();
  }

  secret& operator=(const secret& other) {
    secret copy{other};
    text_.swap(copy.text_); // `copy` now holds the old text, and wipes it
    return *this;
  }

  secret& operator=(secret&& other) noexcept {
    text_.swap(other.text_);
    other.wipe();
    return *this;
  }

  ~secret() {
    wipe();
  }

  /// The text itself, valid as long as this object is neither changed nor destroyed. Not for logs, not for messages.
  std::string_view reveal() const noexcept {
    return {text_.data(), text_.size()};
  }

  /// True if there is none.
  bool empty() const noexcept {
    return text_.empty();
  }

  /// Compares in a time that depends on the lengths only, never on where two texts begin to differ.
  friend bool operator==(const secret& a, const secret& b) noexcept {
    if (a.text_.size() != b.text_.size())
      return false;
    unsigned char difference = 0;
    for (size_t i = 0; i < a.text_.size(); ++i)
      difference = static_cast<unsigned char>(difference | (a.text_[i] ^ b.text_[i]));
    return difference == 0;
  }

  /// Both texts, one behind the other.
  friend secret operator+(const secret& a, const secret& b) {
    secret both;
    both.text_.reserve(a.text_.size() + b.text_.size()); // so that no half stays behind in memory that was given back
    both.text_.insert(both.text_.end(), a.text_.begin(), a.text_.end());
    both.text_.insert(both.text_.end(), b.text_.begin(), b.text_.end());
    return both;
  }

  /// Shows `***` to people (logs, JSON) and hands the text to machines, since another node needs the real one.
  template <class Inspector>
  friend bool inspect(Inspector& f, secret& x) {
    if constexpr (Inspector::is_loading) {
      secret_text text;
      if (!f.apply(text.value))
        return false;
      x = secret{text.value};
      return true;
    } else {
      secret_text text;
      text.value = f.has_human_readable_format() ? std::string_view{"***"} : x.reveal();
      return f.apply(text.value);
    }
  }

private:
  /// Overwrites memory in a way that the compiler may not leave out although nobody reads it any more.
  static void overwrite(char* first, size_t size) noexcept {
    for (volatile char* p = first; size > 0; --size)
      *p++ = 0;
  }

  /// A copy on its way through an inspector, which wants a string.
  struct secret_text {
    std::string value;

    ~secret_text() {
      overwrite(value.data(), value.size());
    }
  };

  void wipe() noexcept {
    overwrite(text_.data(), text_.size());
    text_.clear();
  }

  std::vector<char> text_; // not a std::string, whose short texts would stay behind in moved-from objects
};

} // namespace creamery
