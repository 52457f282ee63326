#pragma once

#include "actors/interfaces.hpp"
#include "messages/secret.hpp"
#include "runtime/net/http_server.hpp"

#include <string>

namespace creamery {

/// Who may do what over HTTP.
struct admin_options {
  /// What restarting takes, as `Authorization: Bearer …`; empty: nobody may.
  secret token;
  /// Planting faults is allowed; for tests only.
  bool faults = false;
};

/// Answers the requests to the admin port: `GET /healthz`, `GET /api/tree`, `POST /api/actors/restart?path=…`, and, if that
/// is switched on, `POST /api/faults/<kill|throw|block|crash|drop>?path=…`.
http_handler make_admin_api(caf::actor_system& system, node_actor node, admin_options options);

/// The tree as JSON: every actor with its path and how it stands, and what has become of the lines and messages.
std::string to_json(const node_report& report);

} // namespace creamery
