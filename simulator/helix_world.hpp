#pragma once

#include "messages/result.hpp"
#include "simulator/chat_server.hpp"
#include "simulator/helix_call.hpp"
#include "simulator/requests.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// A stream that is live.
struct live_stream {
  std::string id;
  std::string type = "live";
  unsigned viewers = 0;
  time_point started;
};

/// What a broadcaster says of the channel: plain data.
struct channel_facts {
  std::string title;
  std::string language = "en";
  std::string game_id;
  std::string game_name;
  int64_t delay = 0;
  std::vector<std::string> tags;
  bool is_branded = false;
  std::optional<live_stream> stream;
};

/// What all parts of Helix share: chat, what channels say of themselves, and the questions that most endpoints ask
/// first.
class helix_world {
public:
  /// @param server, record outlive this.
  helix_world(chat_server& server, history& record) : chat(server), log(record) {
  }

  helix_world(const helix_world&) = delete;
  helix_world& operator=(const helix_world&) = delete;

  /// The user that a parameter names by id; 400 if it is missing, or nobody's.
  needed<account*> user(const helix_call& call, std::string_view parameter);

  /// That user's channel.
  needed<room*> channel(const helix_call& call, std::string_view parameter = "broadcaster_id");

  /// The same; 401 unless the token is the broadcaster's.
  needed<room*> own_channel(const helix_call& call, std::string_view parameter = "broadcaster_id");

  /// Where a moderator acts, and who that is.
  struct moderated {
    room* where = nullptr;
    account* moderator = nullptr;
  };

  /// The channel of `broadcaster_id`, for which `moderator_id` is the token's user (401) and broadcaster or moderator
  /// (403). @param app_scope what the moderator must have allowed if an app's token is used; empty: none may be.
  needed<moderated> moderated_channel(const helix_call& call, std::string_view channel_parameter = "broadcaster_id",
                                      std::string_view app_scope = {});

  /// A channel by a user id; nullptr if there is none such.
  room* find_channel(std::string_view user_id);

  /// Kept for each channel that anybody asked about; written when it is new.
  channel_facts& facts(std::string_view login);

  /// Goes live, ends, or changes what the channel says of itself.
  result<bool> apply(const stream_request& request, time_point now);

  /// A new id: digits, as Twitch has them for streams.
  std::string next_number() {
    return std::to_string(++last_number_);
  }

  /// A new id: a UUID.
  std::string next_uuid() {
    return ids_.text(++last_number_);
  }

  token_book& tokens() noexcept {
    return chat.accounts().tokens();
  }

  const std::map<std::string, channel_facts, std::less<>>& all_facts() const noexcept {
    return facts_;
  }

  chat_server& chat;
  history& log;

private:
  std::map<std::string, channel_facts, std::less<>> facts_;
  id_source ids_{random_seed()};
  uint64_t last_number_ = 40'000'000'000;
};

/// `user_id`, `user_login`, `user_name`, with another word than `user` if need be, added to an object.
void add_person(nlohmann::json& to, const person& who, const std::string& word = "user");

} // namespace creamery::simulator
