#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace creamery::eventsub {

/// A JSON object that is read on demand: each of its members once, while what nobody asks for is passed over, and checked no further than
/// that takes. It uses the thread's only parser, so that there is at most one at a time.
class json_document {
public:
  using object = simdjson::ondemand::object;
  using value = simdjson::ondemand::value;

  explicit json_document(std::string_view text);

  /// Nothing: it is no object.
  std::optional<object> root();

  /// A value as it stands in the text; nothing: it is none.
  std::optional<std::string_view> slice(value found) const;

private:
  std::string_view text_;
  /// The same with room behind it, as simdjson wants it.
  std::string_view padded_;
  simdjson::ondemand::document document_;
  bool is_read_ = false;
};

/// A member of an object; nothing: there is none.
std::optional<json_document::value> find(json_document::object& in, std::string_view name);

/// … if it is an object.
std::optional<json_document::object> find_object(json_document::object& in, std::string_view name);

/// … if it is a text; else empty.
std::string find_text(json_document::object& in, std::string_view name);

} // namespace creamery::eventsub
