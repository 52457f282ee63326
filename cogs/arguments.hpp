#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace creamery {

/// An argument that takes everything up to the end of the line; has to be the last one.
struct rest_of_line {
  std::string text;
};

/// Lower case of the letters A to Z; other characters stay.
inline std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  return lower;
}

/// Removes spaces at both ends, and at the end the invisible characters that chat programs append so that Twitch doesn't
/// refuse a repeated text (U+E0000, U+034F).
inline std::string_view trim_arguments(std::string_view text) noexcept {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  for (bool again = true; again;) {
    again = false;
    for (std::string_view end : {" ", "\xF3\xA0\x80\x80", "\xCD\x8F"}) {
      if (text.ends_with(end)) {
        text.remove_suffix(end.size());
        again = true;
      }
    }
  }
  return text;
}

/// How one type of argument is read. Specialise it for a type of your own:
/// `static constexpr std::string_view placeholder` names it in the usage text, `static bool read(std::string_view& text,
/// T& value)` takes it off the front of `text`, which has no space there, and returns false if it doesn't fit.
template <class T, class Enable = void>
struct argument;

/// Takes one word, or several in double quotes, off the front.
inline std::string_view take_word(std::string_view& text) noexcept {
  auto quoted = text.starts_with('"');
  if (quoted) {
    if (auto end = text.find('"', 1); end != std::string_view::npos) {
      auto word = text.substr(1, end - 1);
      text.remove_prefix(end + 1);
      return word;
    }
  }
  auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

template <class T>
struct argument<T, std::enable_if_t<std::is_arithmetic_v<T> && !std::is_same_v<T, bool>>> {
  static constexpr std::string_view placeholder = "number";

  static bool read(std::string_view& text, T& value) {
    auto word = take_word(text);
    if (word.starts_with('+') && !word.starts_with("+-"))
      word.remove_prefix(1);
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && !word.empty() && end == word.data() + word.size();
  }
};

template <>
struct argument<bool> {
  static constexpr std::string_view placeholder = "on|off";

  static bool read(std::string_view& text, bool& value) {
    auto word = to_lower(take_word(text));
    value = word == "on" || word == "yes" || word == "true" || word == "1";
    return value || word == "off" || word == "no" || word == "false" || word == "0";
  }
};

template <>
struct argument<std::string> {
  static constexpr std::string_view placeholder = "text";

  static bool read(std::string_view& text, std::string& value) {
    auto quoted = text.starts_with('"');
    value = take_word(text);
    return quoted || !value.empty();
  }
};

template <>
struct argument<rest_of_line> {
  static constexpr std::string_view placeholder = "text…";

  static bool read(std::string_view& text, rest_of_line& value) {
    value.text = std::exchange(text, {});
    return !value.text.empty();
  }
};

namespace detail {

template <class T>
struct is_optional : std::false_type {};

template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// The parameters of a function, a lambda or a function object with one call operator.
template <class T>
struct parameters_of : parameters_of<decltype(&T::operator())> {};

template <class R, class... Ts>
struct parameters_of<R (*)(Ts...)> {
  using types = std::tuple<Ts...>;
};

template <class C, class R, class... Ts>
struct parameters_of<R (C::*)(Ts...)> : parameters_of<R (*)(Ts...)> {};

template <class C, class R, class... Ts>
struct parameters_of<R (C::*)(Ts...) const> : parameters_of<R (*)(Ts...)> {};

template <class R, class... Ts>
struct parameters_of<R (*)(Ts...) noexcept> : parameters_of<R (*)(Ts...)> {};

template <class C, class R, class... Ts>
struct parameters_of<R (C::*)(Ts...) noexcept> : parameters_of<R (*)(Ts...)> {};

template <class C, class R, class... Ts>
struct parameters_of<R (C::*)(Ts...) const noexcept> : parameters_of<R (*)(Ts...)> {};

/// The types of a handler's arguments behind the first one, without references.
template <class Tuple>
struct arguments_of;

template <class First, class... Rest>
struct arguments_of<std::tuple<First, Rest...>> {
  using types = std::tuple<std::decay_t<Rest>...>;
};

template <class T>
std::string usage_of() {
  if constexpr (is_optional<T>::value)
    return " [" + std::string{argument<typename T::value_type>::placeholder} + "]";
  else
    return " <" + std::string{argument<T>::placeholder} + ">";
}

template <class T>
bool read_argument(std::string_view& text, T& value) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  if constexpr (is_optional<T>::value) {
    if (text.empty())
      return true;
    return argument<typename T::value_type>::read(text, value.emplace());
  } else {
    return !text.empty() && argument<T>::read(text, value);
  }
}

} // namespace detail

/// Reads the arguments that `handler` takes behind its first parameter from `text` and calls it. A handler without further
/// parameters takes any text. Returns nothing, or, if the text doesn't fit, what has to stand behind the command's name.
template <class Handler, class Call>
std::string call_with_arguments(Handler& handler, Call& call, std::string_view text) {
  using types = typename detail::arguments_of<typename detail::parameters_of<std::decay_t<Handler>>::types>::types;
  return [&]<class... Ts>(std::tuple<Ts...>*) -> std::string {
    std::tuple<Ts...> values;
    if constexpr (sizeof...(Ts) > 0) {
      auto fits = std::apply([&](auto&... value) { return (detail::read_argument(text, value) && ...); }, values);
      while (text.starts_with(' '))
        text.remove_prefix(1);
      if (!fits || !text.empty())
        return (detail::usage_of<Ts>() + ...);
    }
    std::apply([&](auto&... value) { handler(call, std::move(value)...); }, values);
    return {};
  }(static_cast<types*>(nullptr));
}

} // namespace creamery
