#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"

#include <vector>

namespace creamery {

/// Accounts whose bots want more events over WebSockets than Twitch allows one user: sessions, and what subscriptions cost that nobody has
/// to grant (twitch-platform 3.4, 3.5). Goes by the configuration alone: what modules want themselves isn't counted, and a channel's owner
/// may have authorised the application, which makes such subscriptions free.
std::vector<diagnostic> find_websocket_excess(const configuration& config);

} // namespace creamery
