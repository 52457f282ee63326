#include "runtime/oauth/token_lifecycle.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

using oauth::refusal;

/// Two sequences of random numbers are wanted.
constexpr uint64_t other_seed = 0x9E3779B97F4A7C15;

/// Whatever Twitch says of a token's life, it isn't renewed more often than that.
constexpr auto shortest_life = std::chrono::seconds{1};

} // namespace

token_lifecycle::token_lifecycle(options o, secret configured, bool can_renew, uint64_t seed)
  : options_(o),
    configured_(std::move(configured)),
    can_renew_(can_renew),
    retry_(options_.retry, seed),
    misconfigured_(options_.misconfigured, seed ^ other_seed) {
}

token_lifecycle::step token_lifecycle::next(time_point now, int64_t wall_now) {
  deadline_ = time_point::max();
  if (under_way_ != step::nothing)
    return step::nothing;
  under_way_ = choose(now, wall_now);
  return under_way_;
}

bool token_lifecycle::is_due(time_point when, time_point now) {
  if (when <= now)
    return true;
  deadline_ = std::min(deadline_, when);
  return false;
}

token_lifecycle::step token_lifecycle::choose(time_point now, int64_t wall_now) {
  if (must_load_)
    return is_due(retry_at_, now) ? step::load : step::nothing;
  if (unsaved_) {
    subject_ = *unsaved_;
    return is_due(retry_at_, now) ? step::save : step::nothing;
  }
  if (!token_)
    return step::nothing;
  subject_ = *token_;
  auto validation = must_validate_ ? retry_at_ : std::max(validate_at_, retry_at_);
  if (state_ != standing::refused && state_ != standing::missing && is_due(validation, now))
    return step::validate;
  if (must_validate_) // first things first
    return step::nothing;
  auto renewal = std::max({must_renew_ ? time_point::min() : renew_at_, renew_retry_at_, retry_at_});
  if (!can_renew() || !is_due(renewal, now))
    return step::nothing;
  if (journalled_)
    return step::renew;
  subject_.renewal_begun_at = wall_now;
  ++subject_.generation;
  return step::journal;
}

void token_lifecycle::repeat_step() noexcept {
  if (under_way_ != step::renew)
    under_way_ = step::nothing;
}

void token_lifecycle::loaded(std::optional<stored_token> found, time_point) {
  under_way_ = step::nothing;
  must_load_ = false;
  retry_.reset();
  if (found && found->generation > seen_) {
    seen_ = found->generation;
    adopt(std::move(*found), false);
  }
  if (state_ == standing::unknown)
    fall_back();
}

void token_lifecycle::load_failed(const failure& why, time_point now) {
  under_way_ = step::nothing;
  if (state_ == standing::missing) // perhaps there is one now
    state_ = standing::unknown;
  if (state_ != standing::unknown) // it was only to see whether there is something new
    must_load_ = false;
  wait_and_retry(to_string(why), now);
}

void token_lifecycle::adopt(stored_token token, bool from_environment) {
  token_ = std::move(token);
  from_environment_ = from_environment;
  unsaved_.reset();
  state_ = standing::unproven;
  must_validate_ = true;
  may_try_ = false;
  // Perhaps Twitch has replaced its refresh token, and we don't have the new one: the sooner that is known, the better.
  answer_lost_ = journalled_ = must_renew_ = token_->renewal_begun_at != 0;
  renewal_refused_ = false;
  problem_.clear();
  retry_at_ = renew_retry_at_ = time_point::min();
  validate_at_ = renew_at_ = time_point::max();
  expires_.reset();
  proved_at_.reset();
  renewed_at_.reset();
}

void token_lifecycle::fall_back() {
  if (configured_.empty() || configured_refused_) {
    state_ = standing::missing;
    return;
  }
  stored_token token;
  token.access_token = configured_;
  auto problem = std::move(problem_); // of the one before, which its owner should know of
  adopt(std::move(token), true);
  problem_ = std::move(problem);
}

void token_lifecycle::prove(std::optional<duration> lifetime, time_point now) {
  state_ = standing::good;
  must_validate_ = false;
  proved_at_ = now;
  retry_.reset();
  retry_at_ = time_point::min();
  validate_at_ = now + options_.validate_every;
  renew_at_ = time_point::max();
  expires_.reset();
  if (!lifetime)
    return;
  expires_ = now + *lifetime;
  renew_at_ = std::max(*expires_ - std::min(options_.renew_before, *lifetime / 10), now + shortest_life);
  validate_at_ = std::min(validate_at_, *expires_); // at its end, should it not have been renewed
}

void token_lifecycle::validated(const oauth::reply<oauth::token_facts>& answer, time_point now, int64_t wall_now) {
  under_way_ = step::nothing;
  if (!token_ || subject_.access_token != token_->access_token)
    return; // it was about another one
  if (const auto* facts = std::get_if<oauth::token_facts>(&answer)) {
    if (facts->login.empty())
      return lose("it is a token of an application, which is no user and can't chat");
    token_->client_id = facts->client_id;
    token_->login = facts->login;
    token_->user_id = facts->user_id;
    token_->scopes = facts->scopes;
    auto is_endless = facts->lifetime == std::chrono::seconds{0};
    token_->expires_at = is_endless ? 0 : wall_now + std::chrono::milliseconds{facts->lifetime}.count();
    if (!renewal_refused_ && !from_environment_)
      problem_.clear();
    return prove(is_endless ? std::optional<duration>{} : facts->lifetime, now);
  }
  const auto& why = std::get<refusal>(answer);
  if (why.what == refusal::kind::rejected)
    return lose("Twitch doesn't accept the token any more: " + why.text);
  may_try_ = true;
  must_validate_ = true;
  wait_and_retry("Twitch can't be asked whether the token is good: " + why.text, now);
}

void token_lifecycle::lose(std::string why) {
  problem_ = std::move(why);
  must_validate_ = false;
  may_try_ = false;
  expires_.reset();
  if (can_renew()) {
    state_ = standing::refused;
    must_renew_ = true;
    return;
  }
  configured_refused_ |= from_environment_;
  fall_back();
}

void token_lifecycle::journalled(const std::optional<vault_trouble>& trouble, time_point now) {
  under_way_ = step::nothing;
  if (!trouble) {
    token_->renewal_begun_at = subject_.renewal_begun_at;
    token_->generation = seen_ = subject_.generation;
    journalled_ = true;
    retry_.reset();
  } else if (trouble->outdated) {
    must_load_ = true;
  } else {
    wait_and_retry("the token can't be renewed, since that can't be written down: " + to_string(trouble->why), now);
  }
}

void token_lifecycle::renewed(const oauth::reply<oauth::grant>& answer, bool maybe_received, time_point now,
                              int64_t wall_now) {
  under_way_ = step::nothing;
  if (const auto* grant = std::get_if<oauth::grant>(&answer)) {
    ++renewals_;
    renewed_at_ = now;
    answer_lost_ = false;
    must_renew_ = false;
    renew_retry_at_ = time_point::min();
    misconfigured_.reset();
    retry_.reset();
    unsaved_ = *token_;
    unsaved_->access_token = grant->access_token;
    if (!grant->refresh_token.empty())
      unsaved_->refresh_token = grant->refresh_token;
    if (!grant->scopes.empty())
      unsaved_->scopes = grant->scopes;
    unsaved_->renewal_begun_at = 0;
    ++unsaved_->generation;
    unsaved_expires_.reset();
    unsaved_->expires_at = 0;
    if (grant->lifetime && *grant->lifetime > std::chrono::seconds{0}) {
      unsaved_expires_ = now + *grant->lifetime;
      unsaved_->expires_at = wall_now + std::chrono::milliseconds{*grant->lifetime}.count();
    }
    return;
  }
  const auto& why = std::get<refusal>(answer);
  if (why.what == refusal::kind::bad_client) {
    problem_ = "Twitch doesn't accept the application's client id or secret: " + why.text;
    renew_retry_at_ = now + misconfigured_.next();
  } else if (why.what == refusal::kind::rejected) {
    auto text = "Twitch doesn't renew the token any more: " + why.text;
    if (answer_lost_)
      text += "; it was renewed once before, and that answer was lost on its way";
    renewal_refused_ = true;
    must_renew_ = false;
    if (state_ == standing::good)
      problem_ = std::move(text); // what there is may be used to its end
    else
      lose(std::move(text));
  } else {
    answer_lost_ |= maybe_received;
    problem_ = "the token can't be renewed now: " + why.text;
    renew_retry_at_ = now + retry_.next();
  }
}

void token_lifecycle::saved(const std::optional<vault_trouble>& trouble, time_point now) {
  under_way_ = step::nothing;
  if (trouble) {
    if (!trouble->outdated)
      return wait_and_retry("the new token can't be saved, and isn't used before that: " + to_string(trouble->why),
                            now);
    unsaved_.reset(); // its owner has granted another one meanwhile
    must_load_ = true;
    return;
  }
  token_ = std::exchange(unsaved_, std::nullopt);
  seen_ = token_->generation;
  journalled_ = false;
  problem_.clear();
  prove(unsaved_expires_ ? std::optional{*unsaved_expires_ - now} : std::nullopt, now);
}

void token_lifecycle::wait_and_retry(std::string why, time_point now) {
  problem_ = std::move(why);
  retry_at_ = now + retry_.next();
}

void token_lifecycle::vault_changed() noexcept {
  must_load_ = true;
  retry_at_ = time_point::min();
}

void token_lifecycle::rejected(const secret& token, time_point now) {
  if (!token_ || token != token_->access_token || (state_ != standing::good && !may_try_))
    return; // known, or about another one
  if (!proved_at_ || now - *proved_at_ >= options_.trust) {
    // Some refuse a token that is good, for what it doesn't allow: Twitch says which it is.
    state_ = standing::unproven;
    must_validate_ = true;
    may_try_ = false;
    retry_at_ = time_point::min();
  } else if (can_renew() && (!renewed_at_ || now - *renewed_at_ >= options_.forced_renewal_pause)) {
    lose("the token is refused, although Twitch calls it good");
  }
}

const stored_token* token_lifecycle::usable() const noexcept {
  return state_ == standing::good || (state_ == standing::unproven && may_try_) ? &*token_ : nullptr;
}

std::string_view to_string(token_lifecycle::standing state) noexcept {
  switch (state) {
    case token_lifecycle::standing::unknown: return "unknown";
    case token_lifecycle::standing::missing: return "missing";
    case token_lifecycle::standing::unproven: return "unproven";
    case token_lifecycle::standing::good: return "good";
    case token_lifecycle::standing::refused: return "refused";
  }
  return "?";
}

} // namespace creamery
