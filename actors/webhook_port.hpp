#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "messages/result.hpp"
#include "runtime/eventsub/webhook.hpp"
#include "runtime/net/http_server.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace creamery {

/// The port itself; it stays open while its actors come and go. What isn't genuine is answered right here, on the server's thread,
/// and costs nobody anything.
class webhook_port {
public:
  static result<std::shared_ptr<webhook_port>> open(const webhook_settings& settings);

  ~webhook_port();

  /// Genuine messages go to this listener from now on; null: Twitch is told to come again.
  void attach(const webhook_listener_actor& to);

  /// `127.0.0.1:15543`, and whether it speaks TLS.
  const std::string& name() const noexcept {
    return name_;
  }

  /// Without `not_stored`.
  webhook_report report() const;

private:
  explicit webhook_port(const webhook_settings& settings);

  void take(const http_request& request, const http_reply& reply);
  /// Tells when our clock turns out to be wrong, or right again.
  void note_clock(const eventsub::clock_skew& before, const eventsub::clock_skew& now);

  std::string name_;
  std::shared_ptr<spdlog::logger> log_;
  mutable std::mutex mutex_; // guards what follows
  eventsub::webhook_gate gate_;
  webhook_listener_actor to_;
  /// Ends before what its thread uses.
  std::unique_ptr<http_server> server_;
};

} // namespace creamery
