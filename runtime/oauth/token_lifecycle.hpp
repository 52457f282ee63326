#pragma once

#include "messages/result.hpp"
#include "messages/stored_token.hpp"
#include "runtime/oauth/answers.hpp"
#include "runtime/supervision/backoff.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// The life of one account's user token, as rules without clock, disk or network. It says what is to be done (`next`), one thing
/// at a time, and is told what came of it. What it promises:
///
/// - A token is used only after it was saved, so that what Twitch granted can't be lost by a crash.
/// - A renewal is written down before Twitch is asked, so that one whose answer was lost is recognised afterwards.
/// - There is one renewal at a time, however many have been told "401"; a token that is good is not renewed for it.
/// - A token that Twitch has refused is not used again; nothing is asked until its owner has granted a new one.
class token_lifecycle {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using duration = clock::duration;

  struct options {
    /// Twitch demands a validation every hour (twitch-platform 2.6); a margin is left.
    duration validate_every = std::chrono::minutes{55};
    /// So long before its end a token is renewed, or, if that is less, after nine tenths of its life.
    duration renew_before = std::chrono::minutes{10};
    /// Between two questions that got no answer, and between two attempts to save.
    backoff::options retry{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{5}};
    /// Between two questions when Twitch doesn't know the application: that takes a person.
    backoff::options misconfigured{.first = std::chrono::seconds{30}, .cap = std::chrono::minutes{30}};
    /// Twitch is not asked again so soon whether a token is good.
    duration trust = std::chrono::seconds{10};
    /// A token that is called good, and refused all the same, is renewed once in this time at most.
    duration forced_renewal_pause = std::chrono::minutes{1};
  };

  /// What is to be done; each is answered by the function of the same name.
  enum class step : uint8_t {
    nothing,
    /// Look for the token in the vault: `loaded`.
    load,
    /// Ask Twitch whether the token is good: `validated`.
    validate,
    /// Write `subject()` to the vault, which says that a renewal has begun: `journalled`.
    journal,
    /// Ask Twitch for a new token: `renewed`.
    renew,
    /// Write `subject()`, the new token, to the vault: `saved`.
    save,
  };

  /// How the token stands.
  enum class standing : uint8_t {
    /// The vault has not been read yet.
    unknown,
    /// There is none, or Twitch has refused it for good: its owner has to grant one.
    missing,
    /// There is one, but Twitch has not said yet that it is good.
    unproven,
    good,
    /// Twitch has refused it; a new one is being got.
    refused,
  };

  /// Why the vault didn't take a token.
  struct vault_trouble {
    /// It holds a newer one than we thought.
    bool outdated = false;
    failure why;
  };

  /// @param configured a token from the environment, used as long as the vault has none; may be empty.
  /// @param can_renew there is an application (client id) to renew with.
  token_lifecycle(options o, secret configured, bool can_renew, uint64_t seed);

  // -- what is to be done ------------------------------------------------------------------------------------------------

  /// The next thing to do; `nothing` while the last one hasn't been answered.
  step next(time_point now, int64_t wall_now);

  /// Whoever was to do the last step, and hasn't said what came of it, is gone: it is to be done again. Not for `renew`, whose
  /// answer comes to others if need be.
  void repeat_step() noexcept;

  /// The step that is being done.
  step under_way() const noexcept {
    return under_way_;
  }

  /// What the present step is about: the token to validate, journal, renew or save.
  const stored_token& subject() const noexcept {
    return subject_;
  }

  /// When `next` is to be asked again; `time_point::max()`: after something has happened.
  time_point deadline() const noexcept {
    return deadline_;
  }

  // -- what came of it ---------------------------------------------------------------------------------------------------

  void loaded(std::optional<stored_token> found, time_point now);
  /// The vault can't be read.
  void load_failed(const failure& why, time_point now);
  void validated(const oauth::reply<oauth::token_facts>& answer, time_point now, int64_t wall_now);
  /// @param trouble nothing: it is on the disk, under the next generation.
  void journalled(const std::optional<vault_trouble>& trouble, time_point now);
  /// @param maybe_received without an answer: Twitch may have got the request, and so have replaced the refresh token.
  void renewed(const oauth::reply<oauth::grant>& answer, bool maybe_received, time_point now, int64_t wall_now);
  void saved(const std::optional<vault_trouble>& trouble, time_point now);

  // -- what happens outside ----------------------------------------------------------------------------------------------

  /// The vault has changed: somebody may have granted a new token.
  void vault_changed() noexcept;

  /// Twitch refused this token somewhere (401, a login). Nothing happens unless it is the present one.
  void rejected(const secret& token, time_point now);

  // -- how it stands -----------------------------------------------------------------------------------------------------

  /// The token to use now; null: there is none, or none that is worth trying.
  const stored_token* usable() const noexcept;

  standing state() const noexcept {
    return state_;
  }

  /// The owner has to grant a new token, now or soon.
  bool needs_grant() const noexcept {
    return state_ == standing::missing || renewal_refused_;
  }

  /// What is wrong, for people; empty: nothing.
  const std::string& problem() const noexcept {
    return problem_;
  }

  /// When it ends; nothing: never, or nobody knows.
  std::optional<time_point> expires() const noexcept {
    return expires_;
  }

  /// The token comes from the environment, not from the vault.
  bool is_configured() const noexcept {
    return token_ && from_environment_;
  }

  uint64_t renewals() const noexcept {
    return renewals_;
  }

private:
  bool can_renew() const noexcept {
    return can_renew_ && token_ && !token_->refresh_token.empty() && !renewal_refused_;
  }

  step choose(time_point now, int64_t wall_now);
  /// Whether it is time for something; if not, that is when to look again.
  bool is_due(time_point when, time_point now);
  void adopt(stored_token token, bool from_environment);
  /// It is good, and ends after `lifetime`; nothing: never, or nobody knows.
  void prove(std::optional<duration> lifetime, time_point now);
  /// It is of no use any more: a new one is got, or its owner waited for.
  void lose(std::string why);
  /// There is none: that of the environment is tried, if there is one.
  void fall_back();
  void wait_and_retry(std::string why, time_point now);

  options options_;
  secret configured_;
  bool can_renew_ = false;
  backoff retry_;
  backoff misconfigured_;

  standing state_ = standing::unknown;
  std::optional<stored_token> token_;
  bool from_environment_ = false;
  /// The generation that was in the vault when it was looked at, or written, last.
  uint64_t seen_ = 0;
  /// Twitch has refused the token of the environment.
  bool configured_refused_ = false;
  /// Granted, but not on the disk yet; and when it ends.
  std::optional<stored_token> unsaved_;
  std::optional<time_point> unsaved_expires_;

  step under_way_ = step::nothing;
  stored_token subject_;
  time_point deadline_ = time_point::min();

  bool must_load_ = true;
  bool must_validate_ = false;
  bool must_renew_ = false;
  /// Twitch was asked whether it is good, and didn't answer: it may be used until it does.
  bool may_try_ = false;
  /// It is on the disk that a renewal was begun.
  bool journalled_ = false;
  /// A renewal may have reached Twitch whose answer didn't reach us.
  bool answer_lost_ = false;
  bool renewal_refused_ = false;
  std::string problem_;

  /// After a failure: nothing before this, and no renewal before that.
  time_point retry_at_ = time_point::min();
  time_point renew_retry_at_ = time_point::min();
  time_point validate_at_ = time_point::max();
  time_point renew_at_ = time_point::max();
  std::optional<time_point> expires_;
  /// When it was called good last, and when it was renewed last.
  std::optional<time_point> proved_at_;
  std::optional<time_point> renewed_at_;
  uint64_t renewals_ = 0;
};

std::string_view to_string(token_lifecycle::standing state) noexcept;

} // namespace creamery
