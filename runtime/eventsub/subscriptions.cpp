#include "runtime/eventsub/subscriptions.hpp"

#include "messages/json_members.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr auto never = subscriptions::time_point::max();

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view pending = "webhook_callback_verification_pending";
constexpr std::string_view unreachable = "webhook_callback_verification_failed";
/// We didn't answer for long: as soon as we do, there is no reason to wait.
constexpr std::string_view failures = "notification_failures_exceeded";

/// So many subscriptions may be verified before Twitch's answers to our questions are here.
constexpr size_t most_early = 1'000;

/// What an answer says of a subscription: of the one that was made, or of the one that is there already.
std::pair<std::string, std::string> id_and_status_in(const std::string& body) {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  const auto& data = member_of(parsed, "data");
  const auto& object = data.is_array() && !data.empty() && data.front().is_object() ? data.front() : parsed;
  return {text_of(object, "id"), text_of(object, "status")};
}

/// The smaller, the better.
int rank_of(const std::string& status) {
  return status == "enabled" ? 0 : status == pending ? 1 : 2;
}

bool is_alike(const wanted_subscription& wanted, const helix::subscription& listed) {
  return wanted.type->name == listed.type && wanted.type->version == listed.version && wanted.about == listed.condition;
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

std::string describe(const subscriptions& all, const std::string& bot) {
  using state = subscriptions::state;

  struct line {
    std::string type;
    std::string outcome;
    std::string channels;
  };

  std::vector<line> lines;
  size_t width = 0;
  for (const auto& one : all.entries()) {
    auto outcome = one.is == state::enabled      ? std::string{"subscribed"}
                   : one.is == state::refused    ? "refused: " + one.why
                   : one.is == state::revoked    ? "ended by Twitch: " + one.why
                   : one.is == state::unverified ? std::string{"Twitch is looking for the callback"}
                                                 : std::string{"not yet"} + (one.why.empty() ? "" : ": " + one.why);
    auto is_owners = grantor_of(*one.what.type) == grantor::broadcaster && !one.what.channel.empty();
    if (one.is == state::refused && one.needs_grant)
      outcome += "; what helps: creamery auth " + bot + (is_owners ? " --channel " + one.what.channel : "");
    auto type = std::string{one.what.type->name} + " " + std::string{one.what.type->version};
    auto known =
      std::find_if(lines.begin(), lines.end(), [&](const line& x) { return x.type == type && x.outcome == outcome; });
    if (known == lines.end())
      known = lines.insert(lines.end(), {type, outcome, ""});
    if (!one.what.channel.empty() && !contains(known->channels + " ", " #" + one.what.channel + " "))
      known->channels += " #" + one.what.channel;
    width = std::max(width, type.size());
  }
  std::string table =
    std::to_string(all.count(state::enabled)) + " of " + std::to_string(all.entries().size()) + " subscriptions";
  for (const auto& one : lines)
    table += "\n  " + one.type + std::string(width - one.type.size() + 2, ' ') + one.outcome
             + (one.channels.empty() ? "" : " (" + one.channels.substr(1) + ")");
  return table;
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
  begun_ = now;
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
    if (one.is_there())
      one = {.what = std::move(one.what)};
}

void subscriptions::granted(time_point now) {
  again_.granted(now);
  for (auto& one : entries_)
    if ((one.is == state::refused || one.is == state::revoked) && one.due != never)
      one.due = std::min(one.due, now);
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
    auto is_useful = one.is_there() || one.is == state::missing;
    earliest = std::min(earliest, is_useful ? time_point::min() : one.due);
  }
  return earliest;
}

std::vector<size_t> subscriptions::next(time_point now) {
  std::vector<size_t> places;
  if (!has_transport_)
    return places;
  for (size_t place = 0; place < entries_.size() && asked_ < options_.at_once; ++place) {
    auto& one = entries_[place];
    if (one.is_there() || one.due > now)
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
      if (!one.is_there())
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
    auto [id, status] = id_and_status_in(answer.body);
    one.is = status == pending && early_.erase(id) == 0 ? state::unverified : state::enabled;
    one.id = std::move(id);
    one.why.clear();
    retry_.reset();
    return meaning::nothing;
  }
  using kind = helix::error::kind;
  const auto is_one_too_many = contains(error.text, "websocket transports limit exceeded");
  if (is_one_too_many || contains(error.text, "session does not exist")) {
    one.is = state::missing;
    one.why = error.text;
    one.due = is_one_too_many ? now + options_.too_many : now;
    return is_one_too_many ? meaning::too_many_transports : meaning::transport_is_unknown;
  }
  if (error.status == 410) {
    refuse(one, "Twitch has removed this version", never);
  } else if (error.status == 403 || error.what == kind::unauthorized) {
    auto scopes = scopes_for(*one.what.type);
    one.needs_grant = !scopes.empty();
    // Which of these is missing, Twitch doesn't say.
    const auto* what_else = one.what.type->about == subject::moderator ? ", and a bot that is moderator of the channel"
                            : one.what.type->about == subject::chatter
                              ? ", and for a conduit user:bot and a bot that is moderator or has "
                                "channel:bot of the channel's owner"
                              : "";
    refuse(one, scopes.empty() ? error.text : "needs the scope " + scopes + what_else + " (" + error.text + ")",
           again_.after_refusal(now));
  } else if (error.status == 429) {
    if (contains(error.text, "total cost"))
      refuse(
        one,
        error.text
          + "; it costs nothing once the channel's owner has authorised the application: creamery auth BOT --channel "
          + one.what.channel,
        after_excess(now));
    else
      refuse(one, error.text, contains(error.text, "exceeded") ? after_excess(now) : now + options_.too_many);
  } else if (error.what == kind::refused) {
    refuse(one, error.text, again_.after_refusal(now));
  } else {
    one.is = state::missing;
    one.why = to_string(error);
    one.due = now + retry_.next();
  }
  return meaning::nothing;
}

void subscriptions::verified(const std::string& id) {
  auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& x) { return x.id == id; });
  if (found != entries_.end() && found->is == state::unverified)
    found->is = state::enabled;
  else if (found == entries_.end() && early_.size() < most_early)
    early_.insert(id);
}

std::vector<std::string> subscriptions::compare(const std::vector<helix::subscription>& listed, time_point now) {
  std::vector<std::string> useless;
  std::set<const helix::subscription*> used;
  for (auto& one : entries_) {
    const helix::subscription* best = nullptr;
    for (const auto& x : listed)
      if (is_alike(one.what, x) && (best == nullptr || rank_of(x.status) < rank_of(best->status)))
        best = &x;
    if (one.is == state::asked) { // Twitch is about to tell
      used.insert(best);
      continue;
    }
    compare(one, best, now);
    if (best != nullptr && one.is_there())
      used.insert(best);
  }
  for (const auto& x : listed)
    if (!used.contains(&x))
      useless.push_back(x.id);
  return useless;
}

void subscriptions::compare(entry& one, const helix::subscription* listed, time_point now) {
  if (listed != nullptr && (listed->status == "enabled" || listed->status == pending)) {
    one = {.what = std::move(one.what),
           .is = listed->status == pending ? state::unverified : state::enabled,
           .id = listed->id};
    return;
  }
  auto was_there = one.is_there();
  one.id.clear();
  if (listed != nullptr && listed->status == unreachable && was_there) {
    refuse(one,
           "Twitch didn't reach the callback, or wasn't answered right: is it the right address, on port 443 and with "
           "a valid certificate?",
           now + retry_.next());
  } else if (listed != nullptr && was_there) {
    refuse(one, listed->status, after_end(listed->status, now));
    one.is = state::revoked;
  } else if (was_there) {
    one = {.what = std::move(one.what), .due = now};
  }
}

const subscriptions::entry* subscriptions::revoked(const named_subscription& what, time_point now) {
  auto found =
    std::find_if(entries_.begin(), entries_.end(), [&](const entry& x) { return !x.id.empty() && x.id == what.id; });
  if (found == entries_.end())
    return nullptr;
  found->is = state::revoked;
  found->id.clear();
  found->why = what.status;
  found->due = after_end(what.status, now);
  return &*found;
}

subscriptions::time_point subscriptions::after_excess(time_point now) const {
  return now - begun_ < options_.old_counts ? now + options_.too_many : again_.after_refusal(now);
}

subscriptions::time_point subscriptions::after_end(const std::string& status, time_point now) {
  if (status == "version_removed")
    return never;
  return status == failures ? now + retry_.next() : again_.after_refusal(now);
}

size_t subscriptions::count(state is) const {
  return static_cast<size_t>(
    std::count_if(entries_.begin(), entries_.end(), [&](const entry& x) { return x.is == is; }));
}

bool subscriptions::settled() const {
  return count(state::missing) + count(state::asked) + count(state::unverified) == 0;
}

void subscriptions::refuse(entry& one, std::string why, time_point due) {
  one.is = state::refused;
  one.why = std::move(why);
  one.due = due;
}

} // namespace creamery::eventsub
