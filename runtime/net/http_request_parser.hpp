#pragma once

#include "runtime/net/http_server.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Reads a request as far as an `http_request` goes. Beast takes it apart; but its own parser keeps every header, each in a node of a
/// tree, of which we look at a handful.
class http_request_parser final : public boost::beast::http::basic_parser<true> {
public:
  /// @param names of further headers that are looked at; they outlive this. @param request is filled in; its memory is used again.
  http_request_parser(const std::vector<std::string>& names, http_request& request) : names_(names), request_(request) {
    request_.method.clear();
    request_.target.clear();
    request_.host.clear();
    request_.authorization.clear();
    request_.has_origin = false;
    request_.headers.resize(names_.size());
    for (auto& one : request_.headers)
      one.clear();
    if (request_.body.capacity() > kept_body)
      request_.body = {};
    request_.body.clear();
  }

  /// 10 for HTTP/1.0, 11 for HTTP/1.1.
  int version() const noexcept {
    return version_;
  }

private:
  /// So much memory is kept for the next body.
  static constexpr size_t kept_body = 16 * 1024;
  /// So much may be had for the mere promise of one.
  static constexpr std::uint64_t trusted_length = 4 * 1024;

  using error_code = boost::beast::error_code;
  using text = boost::beast::string_view;

  static std::string_view view_of(text x) noexcept {
    return {x.data(), x.size()};
  }

  void on_request_impl(boost::beast::http::verb, text method, text target, int version, error_code&) override {
    version_ = version;
    request_.method = view_of(method);
    request_.target = view_of(target);
  }

  void on_response_impl(int, text, int, error_code&) override {
  }

  void on_field_impl(boost::beast::http::field name, text as_written, text value, error_code&) override {
    using field = boost::beast::http::field;
    // Of a header that is there twice, the first one counts.
    auto set = [&](std::string& to) {
      if (to.empty())
        to = view_of(value);
    };
    if (name == field::host)
      set(request_.host);
    else if (name == field::authorization)
      set(request_.authorization);
    else if (name == field::origin)
      request_.has_origin = true;
    for (size_t i = 0; i < names_.size(); ++i)
      if (boost::beast::iequals(as_written, text{names_[i].data(), names_[i].size()}))
        set(request_.headers[i]);
  }

  void on_header_impl(error_code&) override {
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length)
      request_.body.reserve(static_cast<size_t>(std::min<std::uint64_t>(*length, trusted_length)));
  }

  size_t on_body_impl(text part, error_code&) override {
    request_.body.append(part.data(), part.size());
    return part.size();
  }

  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {
  }

  size_t on_chunk_body_impl(std::uint64_t, text part, error_code&) override {
    return part.size();
  }

  void on_finish_impl(error_code&) override {
  }

  const std::vector<std::string>& names_;
  http_request& request_;
  int version_ = 11;
};

} // namespace creamery
