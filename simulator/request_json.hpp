#pragma once

#include "messages/result.hpp"
#include "simulator/counters.hpp"
#include "simulator/fault.hpp"
#include "simulator/options.hpp"
#include "simulator/requests.hpp"
#include "simulator/webhook_sender.hpp"

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
result<client_request> read_client(const nlohmann::json& from, const std::string& place);
result<consent_request> read_consent(const nlohmann::json& from, const std::string& place);
result<grant_request> read_grant(const nlohmann::json& from, const std::string& place);
result<stream_request> read_stream(const nlohmann::json& from, const std::string& place);
result<trigger_request> read_trigger(const nlohmann::json& from, const std::string& place);
result<webhook_sender::options> read_webhook_options(const nlohmann::json& from, const std::string& place);
result<pubsub_request> read_pubsub(const nlohmann::json& from, const std::string& place);
result<pubsub_sockets_request> read_pubsub_sockets(const nlohmann::json& from, const std::string& place);
result<revocation_request> read_revocation(const nlohmann::json& from, const std::string& place);
result<event_sockets_request> read_event_sockets(const nlohmann::json& from, const std::string& place);
result<redemption_request> read_redemption(const nlohmann::json& from, const std::string& place);
result<api_settings_request> read_api_settings(const nlohmann::json& from, const std::string& place);

// The other way round.

nlohmann::json to_json(const replay_status& status);
nlohmann::json to_json(const counters& all);
nlohmann::json to_json(const connection_info& whom);
nlohmann::json to_json(const fault& what);
nlohmann::json to_json(const consent_request& consent);
nlohmann::json to_json(const api_settings& settings);

} // namespace creamery::simulator
