#pragma once

#include "messages/eventsub/event.hpp"
#include "messages/secret.hpp"
#include "runtime/eventsub/clock_skew.hpp"
#include "runtime/eventsub/frame.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery::eventsub {

/// A request to a webhook's callback, as far as it counts (twitch-platform 3.3). Views into what was received.
struct webhook_request {
  std::string_view method;
  /// Without a query.
  std::string_view path;
  /// Headers `Twitch-Eventsub-Message-…`; empty: there is none.
  std::string_view id;
  std::string_view type;
  std::string_view timestamp;
  std::string_view signature;
  std::string_view body;
};

/// Why a request was refused.
enum class webhook_refusal : uint8_t {
  /// No bot listens at this path.
  wrong_path,
  /// It isn't a POST.
  wrong_method,
  /// A header is missing, or is none.
  wrong_header,
  /// Whoever sent it doesn't know the secret.
  wrong_signature,
  /// It is genuine, but older than ten minutes: perhaps somebody has recorded it.
  too_old,
  /// It is genuine, and from the future: the clock is wrong.
  too_new,
  /// It is genuine, but not of the form it should be.
  senseless,
};

/// What a request was.
namespace webhook {

struct refused {
  webhook_refusal why;
};

/// Twitch wants to know whether the callback is there. The answer is this text and nothing else.
struct challenge {
  std::string bot;
  std::string text;
  /// Empty ids: it is that of a conduit's shard.
  named_subscription subscription;
};

struct notification {
  arrivals events;
};

/// A subscription has ended; why is in its status.
struct revocation {
  std::string bot;
  named_subscription subscription;
};

/// A kind that is new.
struct unknown {
  std::string type;
};

} // namespace webhook

using webhook_content =
  std::variant<webhook::refused, webhook::challenge, webhook::notification, webhook::revocation, webhook::unknown>;

/// What is answered to a request before anybody else has to be asked.
struct webhook_answer {
  unsigned status = 204;
  std::string body = {};
};

/// Checks what comes to a port, and says what it is. Whoever doesn't know the secret costs one signature and nothing else. For one
/// thread at a time. Whether a message came before is for those who remember that on the disk.
class webhook_gate {
public:
  static constexpr std::chrono::milliseconds max_age = std::chrono::minutes{10};

  /// One bot's callback.
  struct callback {
    std::string bot;
    /// Begins with '/'.
    std::string path;
    /// 10 to 100 characters (twitch-platform 3.3).
    secret key;
  };

  explicit webhook_gate(std::vector<callback> callbacks);
  ~webhook_gate();

  /// @param now milliseconds since 1970.
  webhook_content look(const webhook_request& request, int64_t now);

  struct counters {
    uint64_t challenges = 0;
    uint64_t notifications = 0;
    uint64_t revocations = 0;
    uint64_t unknown = 0;
    /// In the order of `webhook_refusal`.
    std::array<uint64_t, 7> refused{};
  };

  const counters& count() const noexcept {
    return counters_;
  }

  const clock_skew& clock() const noexcept {
    return clock_;
  }

private:
  class signer;

  struct entry {
    std::string bot;
    std::unique_ptr<signer> sign;
  };

  webhook_content refuse(webhook_refusal why);
  webhook_content read(const webhook_request& request, const std::string& bot);

  std::map<std::string, entry, std::less<>> callbacks_;
  counters counters_;
  clock_skew clock_;
};

/// What Twitch is answered. For a notification: once it is on the disk.
webhook_answer answer_to(const webhook_content& content);

/// In words, for answers and reports.
std::string_view to_string(webhook_refusal why);

} // namespace creamery::eventsub
