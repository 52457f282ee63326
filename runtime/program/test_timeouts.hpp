#pragma once

#include "actors/settings.hpp"
#include "messages/result.hpp"

#include <string_view>

namespace creamery {

/// The variable that tests shorten time-outs with, so that a scenario which takes minutes on Twitch takes seconds.
constexpr const char* test_timeouts_variable = "CREAMERY_TEST_TIMEOUTS";

/// The settings with some time-outs replaced, as `json` says: an object such as `{"ping_after_ms": 500}`. The keys are listed in
/// tests/integration/README.md.
///
/// @returns a failure that names the key when there is none of that name, or its value is no whole number from 1 to a day.
result<chat_settings> with_test_timeouts(chat_settings settings, std::string_view json);

} // namespace creamery
