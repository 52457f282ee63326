#include "simulator/fault.hpp"

#include <algorithm>
#include <iterator>

namespace creamery::simulator {

namespace {

template <class T>
struct named {
  T value;
  std::string_view name;
};

constexpr named<fault_kind> kinds[] = {
  {fault_kind::reset, "reset"},
  {fault_kind::finish, "finish"},
  {fault_kind::half_open, "half_open"},
  {fault_kind::slow, "slow"},
  {fault_kind::slice, "slice"},
  {fault_kind::cut, "cut"},
  {fault_kind::garbage, "garbage"},
  {fault_kind::refuse_login, "refuse_login"},
  {fault_kind::reconnect, "reconnect"},
  {fault_kind::ignore_ping, "ignore_ping"},
  {fault_kind::http_status, "http_status"},
  {fault_kind::http_slow, "http_slow"},
  {fault_kind::http_cut, "http_cut"},
  {fault_kind::http_lost, "http_lost"},
};

constexpr named<fault_moment> moments[] = {
  {fault_moment::now, "now"},
  {fault_moment::connect, "connect"},
  {fault_moment::login, "login"},
};

constexpr named<cut_place> cut_places[] = {{cut_place::before, "before"}, {cut_place::middle, "middle"}};

template <class T, size_t N>
std::string_view name_of(const named<T> (&all)[N], T value) {
  auto found = std::find_if(std::begin(all), std::end(all), [&](const auto& x) { return x.value == value; });
  return found == std::end(all) ? std::string_view{"?"} : found->name;
}

template <class T, size_t N>
std::optional<T> value_of(const named<T> (&all)[N], std::string_view name) {
  auto found = std::find_if(std::begin(all), std::end(all), [&](const auto& x) { return x.name == name; });
  return found == std::end(all) ? std::nullopt : std::optional{found->value};
}

} // namespace

std::string_view to_string(fault_kind kind) {
  return name_of(kinds, kind);
}

std::optional<fault_kind> parse_fault_kind(std::string_view name) {
  return value_of(kinds, name);
}

std::string_view to_string(fault_moment moment) {
  return name_of(moments, moment);
}

std::optional<fault_moment> parse_fault_moment(std::string_view name) {
  return value_of(moments, name);
}

std::string_view to_string(cut_place place) {
  return name_of(cut_places, place);
}

std::optional<cut_place> parse_cut_place(std::string_view name) {
  return value_of(cut_places, name);
}

bool is_http(fault_kind kind) {
  using enum fault_kind;
  return kind == http_status || kind == http_slow || kind == http_cut || kind == http_lost;
}

} // namespace creamery::simulator
