#include "messages/eventsub/events.hpp"

#include <nlohmann/json.hpp>

#include <tuple>

namespace creamery::eventsub {

namespace {

using json = nlohmann::json;

/// Reads the members of one object. Stops at the first one that is of the wrong kind.
class reader {
public:
  explicit reader(const json& object) : object_(object) {
  }

  template <class T>
  void operator()(const char* name, T& value, const char* other_name = nullptr) {
    if (!problem_.empty())
      return;
    auto found = object_.find(name);
    if (found == object_.end() && other_name != nullptr)
      found = object_.find(other_name);
    if (found != object_.end() && !found->is_null())
      read(name, *found, value);
  }

  void person(const std::string& prefix, eventsub::person& who, const char* other_prefix = nullptr) {
    const auto& used = other_prefix != nullptr && !object_.contains(prefix + "_id") ? other_prefix : prefix;
    (*this)((used + "_id").c_str(), who.id);
    (*this)((used + "_login").c_str(), who.login);
    (*this)((used + "_name").c_str(), who.name);
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
  void read(const std::string& name, const json& from, std::string& to) {
    if (const auto* text = from.get_ptr<const std::string*>())
      to = *text;
    else
      expected(name, "a string", from);
  }

  void read(const std::string& name, const json& from, int64_t& to) {
    if (from.is_number_unsigned() && from.get<uint64_t>() > INT64_MAX)
      problem_ = name + ": a number that is too large";
    else if (from.is_number_integer())
      to = from.get<int64_t>();
    else
      expected(name, "a whole number", from);
  }

  void read(const std::string& name, const json& from, bool& to) {
    if (from.is_boolean())
      to = from.get<bool>();
    else
      expected(name, "true or false", from);
  }

  template <class T>
  void read(const std::string& name, const json& from, std::optional<T>& to) {
    read(name, from, to.emplace());
  }

  template <class T>
  void read(const std::string& name, const json& from, std::vector<T>& to) {
    if (!from.is_array())
      return expected(name, "a list", from);
    to.clear();
    to.reserve(from.size());
    for (size_t i = 0; i < from.size() && problem_.empty(); ++i)
      read(name + "[" + std::to_string(i) + "]", from[i], to.emplace_back());
  }

  template <class T>
  void read(const std::string& name, const json& from, T& to) {
    if (!from.is_object())
      return expected(name, "an object", from);
    reader inner{from};
    T::members(inner, to);
    if (!inner.problem_.empty())
      problem_ = name + "." + inner.problem_;
  }

  void expected(const std::string& name, const char* what, const json& found) {
    problem_ = name + ": expected " + what + ", found " + found.type_name();
  }

  const json& object_;
  std::string problem_;
};

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
  auto place = std::string{T::type} + " " + std::string{T::version};
  auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return failure{place, parsed.is_discarded() ? "not JSON" : "expected an object"};
  reader from{parsed};
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
