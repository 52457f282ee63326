#pragma once

#include "messages/result.hpp"
#include "simulator/counters.hpp"
#include "simulator/fault.hpp"
#include "simulator/requests.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace creamery::simulator {

// Requests as the control API and scenario files write them. Names are those of the members in requests.hpp and
// fault.hpp. `place` begins the messages about mistakes.

result<say_request> read_say(const nlohmann::json& from, const std::string& place);
result<raid_request> read_raid(const nlohmann::json& from, const std::string& place);
result<notice_request> read_notice(const nlohmann::json& from, const std::string& place);
result<clear_request> read_clear(const nlohmann::json& from, const std::string& place);
result<room_request> read_room(const nlohmann::json& from, const std::string& place);
result<account_request> read_account(const nlohmann::json& from, const std::string& place);
result<replay_request> read_replay(const nlohmann::json& from, const std::string& place);
result<fault> read_fault(const nlohmann::json& from, const std::string& place);

// The other way round.

nlohmann::json to_json(const replay_status& status);
nlohmann::json to_json(const counters& all);
nlohmann::json to_json(const connection_info& whom);
nlohmann::json to_json(const fault& what);

} // namespace creamery::simulator
