#include "actors/user_lookup.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

/// Twitch takes so many names in one question.
constexpr size_t names_in_a_call = 100;

} // namespace

user_lookup::user_lookup(caf::local_actor* self, std::vector<std::string> names, user_ids& ids, backoff& again,
                         hooks owner)
  : self_(self), names_(std::move(names)), ids_(ids), again_(again), owner_(std::move(owner)) {
}

void user_lookup::start() {
  ask();
}

void user_lookup::run() {
  if (!ask_at_ || *ask_at_ > self_->clock().now())
    return;
  ask_at_.reset();
  strangers_.clear();
  ask();
}

void user_lookup::on_grant() {
  again_.reset();
  if (ask_at_)
    ask_at_ = self_->clock().now();
  run();
}

user_lookup::clock::time_point user_lookup::deadline() const {
  return ask_at_.value_or(clock::time_point::max());
}

void user_lookup::ask() {
  auto is_unknown = [this](const std::string& name) { return !ids_.contains(name) && !strangers_.contains(name); };
  std::vector<std::string> names;
  for (const auto& name : names_)
    if (!name.empty() && names.size() < names_in_a_call && is_unknown(name))
      names.push_back(name);
  const auto is_own = std::find(names_.begin(), names_.end(), "") != names_.end() && !ids_.contains("");
  if (is_own)
    names.clear(); // without names: the token's own user
  else if (names.empty()) {
    tell_known();
    if (strangers_.empty())
      return again_.reset();
    return delay("Twitch knows nobody called " + *strangers_.begin());
  }
  auto question = helix::get_users({}, names);
  owner_.call(std::move(question.what),
              [this, names, read = question.read](const helix::answer& answer) { on_answer(names, read(answer)); });
}

void user_lookup::on_answer(const std::vector<std::string>& names,
                            const helix::outcome<std::vector<helix::user>>& users) {
  const auto is_own = names.empty();
  if (!users || (is_own && users->empty())) {
    if (!is_own)
      tell_known(); // the hundreds before
    return delay(users ? "Twitch doesn't know the token's user" : to_string(users.error()));
  }
  strangers_.insert(names.begin(), names.end());
  for (const auto& user : *users) {
    ids_[user.login] = user.id;
    if (is_own)
      ids_[""] = user.id;
    strangers_.erase(user.login);
    has_news_ = true;
  }
  ask(); // the next hundred
}

void user_lookup::tell_known() {
  if (std::exchange(has_news_, false))
    owner_.on_known();
}

void user_lookup::delay(const std::string& why) {
  ask_at_ = self_->clock().now() + again_.next();
  owner_.on_delay(why);
}

} // namespace creamery
