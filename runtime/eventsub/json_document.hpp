#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace creamery::eventsub {

/// A JSON object that is read on demand: each of its members once, while what nobody asks for is passed over. In what is no JSON, nothing is
/// found. It uses the thread's only parser, so that there is at most one at a time.
class json_document {
public:
  using object = simdjson::ondemand::object;
  using value = simdjson::ondemand::value;

  explicit json_document(std::string_view text);

  /// Nothing: it is no object.
  std::optional<object> root();

  /// A member of an object; nothing: there is none.
  std::optional<value> find(object& in, std::string_view name);

  /// … if it is an object.
  std::optional<object> find_object(object& in, std::string_view name);

  /// … if it is a text; else empty.
  std::string find_text(object& in, std::string_view name);

  /// … if it is a number.
  std::optional<double> find_number(object& in, std::string_view name);

  /// … as it stands in the text; empty: there is none.
  std::string_view find_slice(object& in, std::string_view name);

  /// It is no JSON.
  bool is_broken() const noexcept {
    return is_broken_;
  }

private:
  /// Whether that was a success. What is missing, or of another kind, is no mistake of the text's; after any other error, simdjson mustn't be
  /// asked for anything more.
  bool is_well(simdjson::error_code code);

  std::string_view text_;
  /// The same with room behind it, as simdjson wants it.
  std::string_view padded_;
  simdjson::ondemand::document document_;
  bool is_broken_ = false;
};

} // namespace creamery::eventsub
