#include "config/redactor.hpp"

#include "config/ascii.hpp"
#include "config/token_text.hpp"

#include <algorithm>
#include <array>

namespace creamery {

namespace {

// Shorter ones are no credentials, and hiding them would cripple ordinary words.
constexpr size_t min_secret_size = 6;

constexpr std::string_view mask = "***";

/// True for variables that hold credentials by their name: `AUTH_TOKEN`, `MY_BOT_CLIENT_SECRET`, `CREAMERY_KEY`, …
bool names_a_secret(std::string_view name) {
  constexpr std::array<std::string_view, 4> words{"TOKEN", "SECRET", "KEY", "PASSWORD"};
  return std::any_of(words.begin(), words.end(), [&](auto word) { return name.find(word) != std::string_view::npos; });
}

/// Which characters of a text have to be hidden. All rules look at the text as it was: what one of them finds may be a
/// part of what another one does.
class hidden_characters {
public:
  explicit hidden_characters(std::string_view text) : text_(text), hidden_(text.size()) {
  }

  void hide(std::string_view what) {
    for (auto i = text_.find(what); i != std::string_view::npos; i = text_.find(what, i + 1))
      hide(i, i + what.size());
  }

  /// What follows an `oauth:`, known or not.
  void hide_oauth_tokens() {
    for (auto i = text_.find(oauth_prefix); i != std::string_view::npos; i = text_.find(oauth_prefix, i + 1)) {
      auto first = i + oauth_prefix.size();
      hide(first, end_of_word(first));
    }
  }

  /// Words that have the form of Twitch's tokens and secrets: thirty letters and digits, both of them.
  void hide_token_like_words() {
    constexpr size_t token_size = 30;
    for (size_t first = 0; first < text_.size(); ++first) {
      auto last = end_of_word(first);
      auto word = text_.substr(first, last - first);
      auto digits = static_cast<size_t>(std::count_if(word.begin(), word.end(), is_digit));
      if (word.size() >= token_size && digits > 0 && digits < word.size())
        hide(first, last);
      first = last;
    }
  }

  /// The text with a mask for each hidden part.
  std::string result() const {
    std::string result;
    for (size_t i = 0; i < text_.size(); ++i) {
      if (!hidden_[i])
        result += text_[i];
      else if (i == 0 || !hidden_[i - 1])
        result += mask;
    }
    return result;
  }

private:
  size_t end_of_word(size_t first) const {
    while (first < text_.size() && is_alphanumeric(text_[first]))
      ++first;
    return first;
  }

  void hide(size_t first, size_t last) {
    std::fill(hidden_.begin() + static_cast<ptrdiff_t>(first), hidden_.begin() + static_cast<ptrdiff_t>(last), true);
  }

  std::string_view text_;
  std::vector<bool> hidden_;
};

} // namespace

redactor::redactor(const environment& env) {
  for (const auto& [name, variable] : env) {
    auto text = without_oauth_prefix(variable.value.reveal());
    if (names_a_secret(name) && text.size() >= min_secret_size)
      secrets_.emplace_back(text);
  }
}

std::string redactor::clean(std::string_view text) const {
  hidden_characters hidden{text};
  for (const auto& x : secrets_)
    hidden.hide(x.reveal());
  hidden.hide_oauth_tokens();
  hidden.hide_token_like_words();
  auto result = hidden.result();
  // What can't be seen could still change what a terminal shows.
  std::replace_if(
    result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return result;
}

} // namespace creamery
