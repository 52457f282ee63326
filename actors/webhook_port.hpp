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
#include <vector>

namespace creamery {

/// The port itself; it stays open while its actors come and go. What isn't genuine is answered right here, on the server's thread,
/// and costs nobody anything.
class webhook_port {
public:
  static result<std::shared_ptr<webhook_port>> open(const webhook_settings& settings);

  ~webhook_port();

  /// A genuine notification, and how it is answered.
  struct waiting {
    eventsub::arrivals events;
    http_reply reply;
  };

  /// This listener is told what comes from now on; null: Twitch is told to come again.
  void attach(const webhook_listener_actor& to);

  /// All that has come since. If that is nothing, the listener is told when there is something.
  std::vector<waiting> take();

  /// Answers these all the same.
  void answer(std::vector<http_reply> these, unsigned status, std::string text);

  /// `127.0.0.1:15543`, and whether it speaks TLS.
  const std::string& name() const noexcept {
    return name_;
  }

  /// Without `not_stored`.
  webhook_report report() const;

private:
  explicit webhook_port(const webhook_settings& settings);

  void hear(const http_request& request, http_reply reply);
  /// Tells the listener if something waits.
  void tell();
  /// Tells when our clock turns out to be wrong, or right again.
  void note_clock(const eventsub::clock_skew& before, const eventsub::clock_skew& now);

  std::string name_;
  std::shared_ptr<spdlog::logger> log_;
  mutable std::mutex mutex_; // guards what follows
  eventsub::webhook_gate gate_;
  webhook_listener_actor to_;
  std::vector<waiting> waiting_;
  /// It will look by itself.
  bool is_told_ = false;
  /// Ends before what its thread uses.
  std::unique_ptr<http_server> server_;
};

} // namespace creamery
