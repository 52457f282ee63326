#include "simulator/http_request.hpp"

#include "simulator/people.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    auto high = text[i] == '%' && i + 2 < text.size() ? digit_value(text[i + 1]) : -1;
    auto low = high >= 0 ? digit_value(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

} // namespace

parameters parameters::parse(std::string_view text) {
  parameters made;
  while (!text.empty()) {
    auto part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    auto name = part.substr(0, part.find('='));
    if (!part.empty())
      made.list_.emplace_back(decoded(name), decoded(part.substr(std::min(name.size() + 1, part.size()))));
  }
  return made;
}

bool parameters::has(std::string_view name) const {
  return std::any_of(list_.begin(), list_.end(), [&](const auto& x) { return x.first == name; });
}

std::string_view parameters::get(std::string_view name) const {
  auto found = std::find_if(list_.begin(), list_.end(), [&](const auto& x) { return x.first == name; });
  return found == list_.end() ? std::string_view{} : found->second;
}

std::vector<std::string> parameters::all(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : list_)
    if (key == name)
      found.push_back(value);
  return found;
}

void parameters::append(parameters more) {
  for (auto& one : more.list_)
    list_.push_back(std::move(one));
}

std::string url_encoded(std::string_view text) {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || std::string_view{"-._~"}.find(static_cast<char>(c)) != std::string_view::npos)
      out += static_cast<char>(c);
    else
      out.append({'%', hex[c >> 4], hex[c & 15]});
  }
  return out;
}

parameters http_request::fields() const {
  auto all = query;
  if (content_type.starts_with("application/x-www-form-urlencoded"))
    all.append(parameters::parse(body));
  return all;
}

std::string_view token_of(const http_request& request) {
  std::string_view field = request.authorization;
  auto scheme = lower(field.substr(0, field.find(' ')));
  if (scheme != "bearer" && scheme != "oauth")
    return {};
  field.remove_prefix(std::min(scheme.size() + 1, field.size()));
  return field;
}

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 422: return "Unprocessable Entity";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

} // namespace creamery::simulator
