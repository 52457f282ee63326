#include "runtime/eventsub/conduit.hpp"

#include <algorithm>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr auto never = conduit::time_point::max();

/// Twitch doesn't know the conduit.
constexpr uint32_t not_found = 404;

constexpr uint32_t too_many = 429;

} // namespace

conduit::conduit(options o, std::string remembered, uint64_t seed)
  : options_(std::move(o)), remembered_(std::move(remembered)), retry_(options_.retry, seed), shards_(options_.shards) {
}

std::optional<conduit_step::any> conduit::next(time_point now) {
  if (is_asking_ || now < due_)
    return std::nullopt;
  auto ask = [this](conduit_step::any what) {
    is_asking_ = true;
    return what;
  };
  switch (stage_) {
    case stage::find: return ask(conduit_step::list{});
    case stage::make: return ask(conduit_step::make{options_.shards});
    case stage::resize: return ask(conduit_step::resize{found_.id, options_.shards});
    case stage::remember: return ask(conduit_step::remember{found_.id});
    case stage::ready: break;
  }
  for (size_t number = 0; number < shards_.size(); ++number) {
    const auto& one = shards_[number];
    if (one.session.empty() || one.is_attached || one.due > now)
      continue;
    asked_shard_ = number;
    asked_session_ = one.session;
    return ask(conduit_step::attach{id_, number, one.session});
  }
  if (look_at_ <= now)
    return ask(conduit_step::look{id_, looked_to_});
  return std::nullopt;
}

conduit::time_point conduit::deadline() const {
  if (is_asking_)
    return never;
  if (stage_ != stage::ready)
    return due_;
  auto earliest = look_at_;
  for (const auto& one : shards_)
    if (!one.session.empty() && !one.is_attached)
      earliest = std::min(earliest, std::max(one.due, due_));
  return earliest;
}

void conduit::listed(const helix::outcome<std::vector<helix::conduit>>& found, time_point now) {
  is_asking_ = false;
  if (!found)
    return fail(found.error(), now);
  const auto& wanted = options_.adopted.empty() ? remembered_ : options_.adopted;
  auto ours = std::find_if(found->begin(), found->end(), [&](const auto& x) { return x.id == wanted; });
  if (ours != found->end())
    return take(*ours, now);
  if (options_.adopted.empty()) {
    stage_ = stage::make;
    return;
  }
  problem_ = "the application has no conduit " + options_.adopted;
  due_ = now + options_.ask_again;
}

void conduit::take(const helix::conduit& one, time_point now) {
  found_ = one;
  const auto wanted = static_cast<int64_t>(options_.shards);
  // Events for shards of our own that nobody is attached to would go nowhere; those of an adopted one may be somebody else's.
  if (one.shard_count < wanted || (options_.adopted.empty() && one.shard_count > wanted))
    stage_ = stage::resize;
  else if (options_.adopted.empty() && one.id != remembered_)
    stage_ = stage::remember;
  else {
    stage_ = stage::ready;
    id_ = one.id;
    look_at_ = now + options_.look_every;
    looked_to_.clear();
    problem_.clear();
    retry_.reset();
  }
}

void conduit::made(const helix::outcome<helix::conduit>& one, time_point now) {
  is_asking_ = false;
  if (one)
    return take({one->id, std::max(one->shard_count, static_cast<int64_t>(options_.shards))}, now);
  fail(one.error(), now);
  if (one.error().status == too_many && stage_ == stage::make) {
    problem_ = "the application has as many conduits as Twitch allows (" + one.error().text
               + "); one of them can be named with the option 'conduit'";
    due_ = now + options_.ask_again;
  }
  stage_ = stage::find; // it may have been made or resized nevertheless, or be gone
}

void conduit::remembered(bool is_written, time_point now) {
  is_asking_ = false;
  if (!is_written) {
    due_ = now + retry_.next();
    return;
  }
  remembered_ = found_.id;
  take(found_, now);
}

bool conduit::attached(const helix::outcome<std::vector<helix::conduit_shard>>& answer, time_point now) {
  is_asking_ = false;
  auto& one = shards_[asked_shard_];
  if (one.session != asked_session_)
    return false; // another one has taken its place meanwhile
  auto is_in = answer && std::any_of(answer->begin(), answer->end(), [&](const auto& x) {
                 return x.id == std::to_string(asked_shard_) && x.status == "enabled";
               });
  if (is_in) {
    one.is_attached = true;
    problem_.clear();
    retry_.reset();
    return true;
  }
  // Each shard is refused for itself: the others go on.
  auto why = answer ? helix::error{helix::error::kind::refused, 202,
                                   "Twitch didn't attach the session to shard " + std::to_string(asked_shard_)}
                    : answer.error();
  problem_ = to_string(why);
  const auto again = now + retry_.next();
  if (why.status != not_found) {
    one.due = again;
    return false;
  }
  lose(again);
  return false;
}

void conduit::lose(time_point again) {
  stage_ = stage::find;
  due_ = again;
  id_.clear();
  for (auto& x : shards_)
    x.is_attached = false;
}

void conduit::seen(const helix::outcome<helix::page<helix::conduit_shard>>& page, time_point now) {
  is_asking_ = false;
  if (!page) {
    const auto again = now + retry_.next();
    look_at_ = again;
    if (page.error().status != not_found)
      return;
    problem_ = to_string(page.error());
    return lose(again);
  }
  for (const auto& one : page->items)
    for (size_t number = 0; number < shards_.size(); ++number)
      if (one.id == std::to_string(number) && one.status == "enabled" && one.session_id == shards_[number].session)
        shards_[number].is_confirmed = true;
  looked_to_ = page->cursor;
  if (!looked_to_.empty())
    return; // the next part, at once
  look_at_ = now + options_.look_every;
  for (size_t number = 0; number < shards_.size(); ++number) {
    auto& one = shards_[number];
    if (!std::exchange(one.is_confirmed, false) && one.is_attached) {
      one.is_attached = false;
      one.due = now;
      problem_ = "shard " + std::to_string(number) + " isn't attached to its session any more";
    }
  }
}

void conduit::use(size_t number, std::string session, time_point now) {
  shards_[number] = {std::move(session), false, now};
}

void conduit::disabled(const std::string& id, const std::string& shard, time_point now) {
  for (size_t number = 0; number < shards_.size(); ++number)
    if (id == id_ && shard == std::to_string(number) && shards_[number].is_attached) {
      shards_[number].is_attached = false;
      shards_[number].due = now;
    }
}

size_t conduit::attached() const noexcept {
  return static_cast<size_t>(
    std::count_if(shards_.begin(), shards_.end(), [](const shard& x) { return x.is_attached; }));
}

void conduit::fail(const helix::error& why, time_point now) {
  problem_ = to_string(why);
  due_ = now + retry_.next();
}

} // namespace creamery::eventsub
