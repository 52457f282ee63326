#include "config/diagnostic.hpp"

namespace creamery {

std::string to_string(const source_place& x) {
  std::string text = x.file;
  if (x.line > 0)
    text += ':' + std::to_string(x.line);
  if (x.line > 0 && x.column > 0)
    text += ':' + std::to_string(x.column);
  return text;
}

std::string_view to_string(severity x) {
  return x == severity::error ? "error" : "warning";
}

std::string to_string(const diagnostic& x) {
  std::string text = to_string(x.where);
  text += ": ";
  text += to_string(x.level);
  text += ": ";
  text += x.message;
  if (!x.expected.empty())
    text += "; expected " + x.expected;
  return text;
}

} // namespace creamery
