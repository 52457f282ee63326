#include "messages/eventsub/events.hpp"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include <tuple>

namespace creamery::eventsub {

namespace {

using json = nlohmann::json;

/// As it is called in errors.
const char* kind_of(simdjson::dom::element x) {
  using type = simdjson::dom::element_type;
  switch (x.type()) {
    case type::ARRAY: return "array";
    case type::OBJECT: return "object";
    case type::STRING: return "string";
    case type::BOOL: return "boolean";
    case type::NULL_VALUE: return "null";
    default: return "number";
  }
}

/// Reads the members of one object. Stops at the first one that is of the wrong kind.
class reader {
public:
  explicit reader(simdjson::dom::object object) : object_(object) {
  }

  template <class T>
  void operator()(std::string_view name, T& value, const char* other_name = nullptr) {
    if (!problem_.empty())
      return;
    auto found = object_.at_key(name);
    if (found.error() != simdjson::SUCCESS && other_name != nullptr)
      found = object_.at_key(other_name);
    if (element one; found.get(one) == simdjson::SUCCESS && !one.is_null())
      read(name, one, value);
  }

  void person(const std::string& prefix, eventsub::person& who, const char* other_prefix = nullptr) {
    auto has_first = other_prefix == nullptr || object_.at_key(prefix + "_id").error() == simdjson::SUCCESS;
    const auto used = has_first ? prefix : std::string{other_prefix};
    (*this)(used + "_id", who.id);
    (*this)(used + "_login", who.login);
    (*this)(used + "_name", who.name);
  }

  void person(const std::string& prefix, std::optional<eventsub::person>& who, const char* other_prefix = nullptr) {
    eventsub::person found;
    person(prefix, found, other_prefix);
    if (found != eventsub::person{})
      who = std::move(found);
  }

  /// Empty: everything fitted.
  const std::string& problem() const noexcept {
    return problem_;
  }

private:
  using element = simdjson::dom::element;

  void read(std::string_view name, element from, std::string& to) {
    if (std::string_view text; from.get(text) == simdjson::SUCCESS)
      to = text;
    else
      expected(name, "a string", from);
  }

  void read(std::string_view name, element from, int64_t& to) {
    if (from.is_uint64() && from.get(to) != simdjson::SUCCESS)
      problem_ = std::string{name} + ": a number that is too large";
    else if (from.get(to) != simdjson::SUCCESS)
      expected(name, "a whole number", from);
  }

  void read(std::string_view name, element from, bool& to) {
    if (from.get(to) != simdjson::SUCCESS)
      expected(name, "true or false", from);
  }

  template <class T>
  void read(std::string_view name, element from, std::optional<T>& to) {
    read(name, from, to.emplace());
  }

  template <class T>
  void read(std::string_view name, element from, std::vector<T>& to) {
    simdjson::dom::array all;
    if (from.get(all) != simdjson::SUCCESS)
      return expected(name, "a list", from);
    to.clear();
    to.reserve(all.size());
    for (auto one : all) {
      if (!problem_.empty())
        return;
      const auto place = "[" + std::to_string(to.size()) + "]";
      read(place, one, to.emplace_back());
      if (!problem_.empty())
        problem_.insert(0, name);
    }
  }

  template <class T>
  void read(std::string_view name, element from, T& to) {
    simdjson::dom::object object;
    if (from.get(object) != simdjson::SUCCESS)
      return expected(name, "an object", from);
    reader inner{object};
    T::members(inner, to);
    if (!inner.problem_.empty())
      problem_ = std::string{name} + "." + inner.problem_;
  }

  void expected(std::string_view name, const char* what, element found) {
    problem_ = std::string{name} + ": expected " + what + ", found " + kind_of(found);
  }

  simdjson::dom::object object_;
  std::string problem_;
};

simdjson::dom::parser& parser_of_this_thread() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

/// Writes the members of one object.
class writer {
public:
  template <class T>
  void operator()(const char* name, const T& value, const char* = nullptr) {
    object_[name] = written(value);
  }

  void person(const std::string& prefix, const eventsub::person& who, const char* = nullptr) {
    object_[prefix + "_id"] = who.id;
    object_[prefix + "_login"] = who.login;
    object_[prefix + "_name"] = who.name;
  }

  void person(const std::string& prefix, const std::optional<eventsub::person>& who, const char* = nullptr) {
    if (who)
      return person(prefix, *who);
    for (const auto* part : {"_id", "_login", "_name"})
      object_[prefix + part] = nullptr;
  }

  json take() {
    return std::move(object_);
  }

private:
  static json written(const std::string& value) {
    return value;
  }

  static json written(int64_t value) {
    return value;
  }

  static json written(bool value) {
    return value;
  }

  template <class T>
  static json written(const std::optional<T>& value) {
    return value ? written(*value) : json{};
  }

  template <class T>
  static json written(const std::vector<T>& values) {
    auto list = json::array();
    for (const auto& value : values)
      list.push_back(written(value));
    return list;
  }

  template <class T>
  static json written(const T& value) {
    writer inner;
    T::members(inner, value);
    return inner.take();
  }

  json object_ = json::object();
};

} // namespace

template <class T>
result<T> decode(std::string_view text) {
  auto& parser = parser_of_this_thread();
  auto place = std::string{T::type} + " " + std::string{T::version};
  simdjson::dom::element whole;
  if (text.empty() || parser.parse(text.data(), text.size()).get(whole) != simdjson::SUCCESS)
    return failure{place, "not JSON"};
  simdjson::dom::object object;
  if (whole.get(object) != simdjson::SUCCESS)
    return failure{place, "expected an object"};
  reader from{object};
  T event;
  T::members(from, event);
  if (!from.problem().empty())
    return failure{place, from.problem()};
  return event;
}

template <class T>
std::string encode(const T& event) {
  writer to;
  T::members(to, event);
  // Text that isn't UTF-8 can't come out of JSON, but out of a cog.
  return to.take().dump(-1, ' ', false, json::error_handler_t::replace);
}

namespace {

/// Whoever names all of them has the compiler make all of them.
template <class... Ts>
auto all_functions(type_list<Ts...>) {
  return std::tuple{&decode<Ts>..., &encode<Ts>...};
}

[[gnu::used]] const auto functions_of_all_events = all_functions(event_types{});

} // namespace

} // namespace creamery::eventsub
