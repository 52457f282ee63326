#include "config/diagnostic_list.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace creamery {

namespace {

// More than anybody reads; a binary file with the wrong name could give a hundred thousand.
constexpr size_t max_diagnostics = 200;

} // namespace

diagnostic_list::diagnostic_list(redactor secrets) : secrets_(std::move(secrets)) {
}

void diagnostic_list::error(source_place where, std::string_view message, std::string_view expected) {
  add({severity::error, std::move(where), std::string{message}, std::string{expected}});
}

void diagnostic_list::warning(source_place where, std::string_view message, std::string_view expected) {
  add({severity::warning, std::move(where), std::string{message}, std::string{expected}});
}

void diagnostic_list::add(diagnostic x) {
  if (list_.size() == max_diagnostics) {
    ++left_out_;
    return;
  }
  x.message = secrets_.clean(x.message);
  x.expected = secrets_.clean(x.expected);
  // An alias brings the same lines in twice, but they need mending once.
  if (std::find(list_.begin(), list_.end(), x) == list_.end())
    list_.push_back(std::move(x));
}

std::vector<diagnostic> diagnostic_list::take() {
  std::vector<std::string> files;
  for (const auto& x : list_)
    if (std::find(files.begin(), files.end(), x.where.file) == files.end())
      files.push_back(x.where.file);
  auto rank = [&](const diagnostic& x) { return std::find(files.begin(), files.end(), x.where.file) - files.begin(); };
  std::stable_sort(list_.begin(), list_.end(), [&](const diagnostic& a, const diagnostic& b) {
    return std::tuple{rank(a), a.where.line, a.where.column} < std::tuple{rank(b), b.where.line, b.where.column};
  });
  if (left_out_ > 0)
    list_.push_back(
      {severity::error, {list_.back().where.file, 0, 0}, std::to_string(left_out_) + " more mistakes", ""});
  left_out_ = 0;
  return std::exchange(list_, {});
}

} // namespace creamery
