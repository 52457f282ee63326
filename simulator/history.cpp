#include "simulator/history.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace creamery::simulator {

namespace {

constexpr size_t write_size = 256 * 1024;

void append_number(std::string& out, int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

/// The length of the valid UTF-8 character at the beginning of `text`; 0 if there is none.
size_t character_size(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto follows = [&](size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80)
    return 1;
  if (byte(0) >= 0xC2 && byte(0) < 0xE0)
    return follows(1) ? 2 : 0;
  if (byte(0) >= 0xE0 && byte(0) < 0xF0) {
    if (!follows(1) || !follows(2) || (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) >= 0xA0))
      return 0;
    return 3;
  }
  if (byte(0) >= 0xF0 && byte(0) < 0xF5) {
    if (!follows(1) || !follows(2) || !follows(3) || (byte(0) == 0xF0 && byte(1) < 0x90)
        || (byte(0) == 0xF4 && byte(1) >= 0x90))
      return 0;
    return 4;
  }
  return 0;
}

/// As the inside of a JSON string. What is no UTF-8 becomes U+FFFD: a checker must always be able to read the history.
void append_json(std::string& out, std::string_view value) {
  auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
  };
  while (!value.empty()) {
    auto plain = static_cast<size_t>(std::find_if_not(value.begin(), value.end(), is_plain) - value.begin());
    out += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty())
      return;
    auto c = static_cast<unsigned char>(value[0]);
    auto size = character_size(value);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += value[0];
    } else if (c < 0x20) {
      constexpr char hex[] = "0123456789abcdef";
      out.append("\\u00").append(1, hex[c >> 4]).append(1, hex[c & 15]);
    } else if (size == 0) {
      out += "\\ufffd";
      size = 1;
    } else {
      out += value.substr(0, size);
    }
    value.remove_prefix(size);
  }
}

} // namespace

void json_line::name(std::string_view name) {
  if (text_->size() > 1)
    *text_ += ',';
  text_->append("\"").append(name).append("\":");
}

json_line& json_line::number(std::string_view name, int64_t value) {
  this->name(name);
  append_number(*text_, value);
  return *this;
}

json_line& json_line::text(std::string_view name, std::string_view value) {
  this->name(name);
  *text_ += '"';
  append_json(*text_, value);
  *text_ += '"';
  return *this;
}

json_line& json_line::flag(std::string_view name, bool value) {
  this->name(name);
  *text_ += value ? "true" : "false";
  return *this;
}

json_line& json_line::begin_list(std::string_view name) {
  this->name(name);
  *text_ += '[';
  first_element_ = true;
  return *this;
}

json_line& json_line::element(uint64_t value) {
  if (!std::exchange(first_element_, false))
    *text_ += ',';
  append_number(*text_, static_cast<int64_t>(value));
  return *this;
}

json_line& json_line::end_list() {
  *text_ += ']';
  return *this;
}

history::history(size_t limit) : limit_(limit) {
}

history::~history() {
  flush();
}

result<bool> history::write_to(const std::string& file) {
  file_.reset(std::fopen(file.c_str(), "wb"));
  if (!file_)
    return failure{file, std::string{"can't be written: "} + std::strerror(errno)};
  std::setbuf(file_.get(), nullptr); // buffered here
  buffer_.reserve(write_size + write_size / 4);
  return true;
}

std::string history::begin() {
  if (kept_.size() < limit_ || kept_.empty())
    return {};
  auto recycled = std::move(kept_.front());
  kept_.pop_front();
  return recycled;
}

void history::store(std::string line, std::string_view event) {
  if (observer_ && event != "line")
    observer_(line);
  if (file_) {
    buffer_.append(line).append("\n");
    if (buffer_.size() >= write_size)
      flush();
  }
  if (limit_ > 0)
    kept_.push_back(std::move(line));
}

std::vector<std::string> history::lines(uint64_t from, size_t limit) const {
  auto oldest = next_ - kept_.size();
  auto skip = from > oldest ? std::min<uint64_t>(from - oldest, kept_.size()) : 0;
  auto count = std::min<uint64_t>(limit, kept_.size() - skip);
  auto begin = kept_.begin() + static_cast<std::ptrdiff_t>(skip);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

void history::flush() {
  if (!file_ || buffer_.empty())
    return;
  auto written = std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get());
  if (written != buffer_.size() && !std::exchange(write_failed_, true))
    std::fprintf(stderr, "simulator: the history file can't be written any more: %s\n", std::strerror(errno));
  buffer_.clear();
}

} // namespace creamery::simulator
