#pragma once

#include "messages/secret.hpp"
#include "runtime/helix/rate_bucket.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace creamery::helix {

/// A call as it leaves.
struct outgoing {
  std::string method;
  /// Path and query, encoded, behind the API's base.
  std::string target;
  secret token;
  std::string client_id;
  /// JSON; empty: none.
  std::string body;
  std::chrono::milliseconds timeout{10'000};
};

/// What came back.
struct incoming {
  /// 0: nothing did, for the reason `why`; and perhaps Twitch has got the call nevertheless.
  unsigned status = 0;
  std::string body;
  rate_headers limits;
  std::string why;
  bool maybe_received = false;
};

/// Carries calls to Helix; over the network, or, in tests, not.
class transport {
public:
  virtual ~transport() = default;

  /// Sends a call. `done` is called once, on any thread; not at all when the process is about to end.
  virtual void send(outgoing what, std::function<void(incoming)> done) = 0;
};

} // namespace creamery::helix
