#pragma once

#include "config/diagnostic.hpp"
#include "messages/secret.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace creamery {

/// The environment variables that the configuration may look at. A value of its own rather than `getenv`, so that a
/// test can bring its own and so that each value remembers where it came from. Values are secrets until proven
/// otherwise.
class environment {
public:
  struct variable {
    secret value;
    source_place where;
  };

  environment() = default;

  /// For tests and the demo.
  environment(std::initializer_list<std::pair<std::string_view, std::string_view>> variables);

  /// The environment of this process.
  static environment of_process();

  /// Sets a variable, whatever it was before.
  void set(std::string_view name, std::string_view value, source_place where = {"environment", 0, 0});

  /// Sets a variable unless there is one of that name already. Returns whether it did.
  bool set_default(std::string_view name, std::string_view value, source_place where);

  /// The variable of that name, even if its value is empty; null if there is none.
  const variable* find(std::string_view name) const;

  /// The variable of that name if it has a value. A variable that is set to nothing says nothing: this is how people
  /// leave a line of `.env.example` alone.
  const variable* find_value(std::string_view name) const;

  /// Walks all variables as pairs of name and `variable`, sorted by name.
  auto begin() const {
    return variables_.begin();
  }

  auto end() const {
    return variables_.end();
  }

private:
  std::map<std::string, variable, std::less<>> variables_;
};

/// The variable of a bot or channel: `creamy-bot` and `CLIENT_ID` give `CREAMY_BOT_CLIENT_ID`. Everything that isn't a
/// letter or digit becomes `_`.
std::string variable_name(std::string_view owner, std::string_view what);

} // namespace creamery
