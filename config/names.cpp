#include "config/names.hpp"

#include "config/ascii.hpp"

#include <algorithm>

namespace creamery {

namespace {

template <class Predicate>
bool consists_of(std::string_view text, size_t max_size, Predicate allowed) {
  return !text.empty() && text.size() <= max_size && std::all_of(text.begin(), text.end(), allowed);
}

bool is_lower_case_word(char c) {
  return c == '_' || (is_alphanumeric(c) && c == to_lower(c));
}

constexpr size_t max_login_size = 25;
constexpr size_t max_name_size = 64;
constexpr size_t max_credential_size = 4096;

} // namespace

bool is_login_name(std::string_view text) {
  return consists_of(text, max_login_size, is_lower_case_word);
}

bool is_bot_name(std::string_view text) {
  return consists_of(text, max_name_size, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_cog_name(std::string_view text) {
  return consists_of(text, max_name_size, is_lower_case_word);
}

bool is_credential(std::string_view text) {
  return consists_of(text, max_credential_size, [](char c) { return c > ' ' && c < 0x7F; });
}

} // namespace creamery
