#include "runtime/net/http_call.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>

namespace creamery {

namespace {

using boost::beast::iequals;

constexpr auto user_agent = "creamery";

/// What the client itself says, or what would change where the request ends or who has sent it.
constexpr std::array<std::string_view, 9> reserved_fields{
  "Authorization", "Connection", "Content-Length",    "Content-Type", "Expect",
  "Host",          "TE",         "Transfer-Encoding", "User-Agent",
};

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// RFC 9110 §5.5: no control characters but the tabulator.
bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });
}

/// Whatever else a URL could hold has to be encoded (RFC 9112 §3.2.1).
bool is_target(std::string_view text) {
  return text.starts_with('/')
         && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

/// A method that has a body by its nature says so when there is none (RFC 9110 §8.6).
bool says_its_length(const http_call& call) {
  return !call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
}

} // namespace

std::optional<std::string_view> http_answer::header(std::string_view name) const {
  for (const auto& x : headers)
    if (iequals(x.name, name))
      return x.value;
  return std::nullopt;
}

std::optional<std::string> mistake_in(const http_call& call) {
  if (!is_token(call.method))
    return "the method is no single word";
  if (!is_target(call.target))
    return "the target doesn't begin with a slash, or holds characters that have to be encoded";
  for (const auto& x : call.headers) {
    if (!is_token(x.name))
      return "the name of a header is no single word";
    if (std::any_of(reserved_fields.begin(), reserved_fields.end(),
                    [&](std::string_view name) { return iequals(name, x.name); }))
      return "the header " + x.name + " is not for the caller to set";
    if (!is_field_value(x.value))
      return "the header " + x.name + " holds control characters";
  }
  if (!is_field_value(call.content_type))
    return "the content type holds control characters";
  if (!is_field_value(call.authorization.reveal()))
    return "the authorization holds control characters";
  return std::nullopt;
}

std::string request_head(const http_url& base, const http_call& call) {
  auto head = call.method + " " + base.path + call.target + " HTTP/1.1\r\n";
  auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  add("Host", host_field(base));
  add("User-Agent", user_agent);
  for (const auto& x : call.headers)
    add(x.name, x.value);
  if (!call.content_type.empty())
    add("Content-Type", call.content_type);
  if (says_its_length(call))
    add("Content-Length", std::to_string(call.body.reveal().size()));
  return head;
}

bool may_repeat(const http_call& call) noexcept {
  return call.method == "GET" || call.method == "HEAD" || call.method == "PUT" || call.method == "DELETE";
}

} // namespace creamery
