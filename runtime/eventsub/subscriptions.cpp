#include "runtime/eventsub/subscriptions.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr auto never = subscriptions::time_point::max();

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The id in an answer: of the subscription that was made, or of the one that is there already.
std::string id_in(const std::string& body) {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object())
    return {};
  auto data = parsed.find("data");
  const auto& object =
    data != parsed.end() && data->is_array() && !data->empty() && data->front().is_object() ? data->front() : parsed;
  auto id = object.find("id");
  return id != object.end() && id->is_string() ? id->get<std::string>() : std::string{};
}

std::string scopes_for(const subscription_type& type) {
  std::string all;
  for (const auto& scope : missing_scopes(type, {}))
    all += (all.empty() ? "" : " ") + scope;
  return all;
}

} // namespace

std::string to_string(const wanted_subscription& x) {
  auto text = std::string{x.type->name} + " " + std::string{x.type->version};
  return x.channel.empty() ? text : text + " in #" + x.channel;
}

std::vector<std::string> subscriptions::want(std::vector<wanted_subscription> all, time_point now) {
  std::vector<std::string> useless;
  std::vector<entry> kept;
  for (auto& what : all) {
    auto known = std::find_if(entries_.begin(), entries_.end(), [&](const entry& x) { return x.what == what; });
    if (known != entries_.end() && known->is != state::asked)
      kept.push_back(*known);
    else
      kept.push_back({.what = std::move(what), .due = now});
  }
  for (const auto& one : entries_)
    if (!one.id.empty() && std::none_of(kept.begin(), kept.end(), [&](const entry& x) { return x.what == one.what; }))
      useless.push_back(one.id);
  entries_ = std::move(kept);
  ++round_; // places have changed: answers that are on their way belong to nobody, and are asked for again (409: it is there)
  asked_ = 0;
  return useless;
}

void subscriptions::begin(time_point now) {
  has_transport_ = true;
  ++round_;
  asked_ = 0;
  for (auto& one : entries_) {
    auto is_waiting = one.is == state::refused || one.is == state::revoked;
    one.id.clear();
    if (!is_waiting)
      one = {.what = std::move(one.what), .due = now};
  }
}

void subscriptions::end() {
  has_transport_ = false;
  ++round_;
  asked_ = 0;
  for (auto& one : entries_)
    if (one.is == state::asked || one.is == state::enabled)
      one = {.what = std::move(one.what)};
}

void subscriptions::forget_questions() {
  ++round_;
  asked_ = 0;
  for (auto& one : entries_)
    if (one.is == state::asked)
      one.is = state::missing;
}

bool subscriptions::is_useful(time_point now) const {
  return useful_at() <= now;
}

subscriptions::time_point subscriptions::useful_at() const {
  auto earliest = never;
  for (const auto& one : entries_) {
    auto is_there = one.is == state::enabled || one.is == state::asked || one.is == state::missing;
    earliest = std::min(earliest, is_there ? time_point::min() : one.due);
  }
  return earliest;
}

std::vector<size_t> subscriptions::next(time_point now) {
  std::vector<size_t> places;
  if (!has_transport_)
    return places;
  for (size_t place = 0; place < entries_.size() && asked_ < options_.at_once; ++place) {
    auto& one = entries_[place];
    if (one.is == state::asked || one.is == state::enabled || one.due > now)
      continue;
    one.is = state::asked;
    ++asked_;
    places.push_back(place);
  }
  return places;
}

subscriptions::time_point subscriptions::deadline() const {
  auto earliest = never;
  if (has_transport_ && asked_ < options_.at_once)
    for (const auto& one : entries_)
      if (one.is != state::asked && one.is != state::enabled)
        earliest = std::min(earliest, one.due);
  return earliest;
}

subscriptions::meaning subscriptions::answered(size_t place, uint64_t round, const helix::answer& answer,
                                               time_point now) {
  if (round != round_)
    return meaning::nothing;
  auto& one = entries_[place];
  --asked_;
  const auto& error = answer.why;
  if (!answer.is_error || error.status == 409) { // 409: it was there already
    one.is = state::enabled;
    one.id = id_in(answer.body);
    one.why.clear();
    retry_.reset();
    return meaning::nothing;
  }
  using kind = helix::error::kind;
  if (contains(error.text, "session does not exist") || contains(error.text, "websocket transports limit exceeded")) {
    one.is = state::missing;
    one.due = now + options_.too_many;
    return meaning::transport_is_useless;
  }
  if (error.status == 410) {
    refuse(one, "Twitch has removed this version", never);
  } else if (error.status == 403 || error.what == kind::unauthorized) {
    auto scopes = scopes_for(*one.what.type);
    refuse(one, scopes.empty() ? error.text : "needs the scope " + scopes + " (" + error.text + ")",
           now + options_.ask_again);
  } else if (error.status == 429) {
    refuse(one, error.text, now + (contains(error.text, "exceeded") ? options_.ask_again : options_.too_many));
  } else if (error.what == kind::refused) {
    refuse(one, error.text, now + options_.ask_again);
  } else {
    one.is = state::missing;
    one.why = to_string(error);
    one.due = now + retry_.next();
  }
  return meaning::nothing;
}

const subscriptions::entry* subscriptions::revoked(const named_subscription& what, time_point now) {
  auto found =
    std::find_if(entries_.begin(), entries_.end(), [&](const entry& x) { return !x.id.empty() && x.id == what.id; });
  if (found == entries_.end())
    return nullptr;
  found->is = state::revoked;
  found->id.clear();
  found->why = what.status;
  found->due = what.status == "version_removed" ? never : now + options_.ask_again;
  return &*found;
}

size_t subscriptions::count(state is) const {
  return static_cast<size_t>(
    std::count_if(entries_.begin(), entries_.end(), [&](const entry& x) { return x.is == is; }));
}

bool subscriptions::settled() const {
  return count(state::missing) + count(state::asked) == 0;
}

void subscriptions::refuse(entry& one, std::string why, time_point due) {
  one.is = state::refused;
  one.why = std::move(why);
  one.due = due;
}

} // namespace creamery::eventsub
