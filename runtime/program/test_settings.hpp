#pragma once

#include "actors/settings.hpp"
#include "messages/result.hpp"

#include <string_view>

namespace creamery {

/// The variable that tests shorten time-outs with, so that a scenario which takes minutes on Twitch takes seconds, and that
/// benchmarks lift limits with.
constexpr const char* test_settings_variable = "CREAMERY_TEST_SETTINGS";

/// What can be set by it.
struct test_settings {
  chat_settings chat;
  say_queue::options say;
  token_lifecycle::options tokens;
  eventsub_settings eventsub;
  pubsub_settings pubsub;
};

/// The settings with some of them replaced, as `json` says: an object such as `{"ping_after_ms": 500}`. The keys are listed in
/// tests/integration/README.md.
///
/// @returns a failure that names the key when there is none of that name, or its value is no whole number from 1 to a day of
/// milliseconds.
result<test_settings> with_test_settings(test_settings settings, std::string_view json);

} // namespace creamery
