#pragma once

#include "messages/eventsub/event.hpp"
#include "runtime/eventsub/frame.hpp"

#include <string>
#include <string_view>

namespace creamery::eventsub {

/// The events of a notification for the disk, whichever way it came: one, or each entry of a batch.
/// @param id, @param sent_at the message's. @param bot to whom it was sent.
arrivals events_of(const message::notification& said, std::string_view id, std::string_view sent_at,
                   const std::string& bot);

} // namespace creamery::eventsub
