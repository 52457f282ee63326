#pragma once

#include "messages/pubsub/message.hpp"
#include "runtime/pubsub/session.hpp"

#include <map>
#include <string>
#include <vector>

namespace creamery::pubsub {

/// A topic with names in the place of ids.
struct topic_wish {
  pubsub_topic what{};
  /// Empty: it is of the bot itself.
  std::string channel = {};
  /// Of whom a moderator's actions are told: a login or an id; empty: of whoever's token it is.
  std::string moderator = {};

  friend bool operator==(const topic_wish&, const topic_wish&) = default;
};

/// Whether it is the bot's own token that allows it, and not that of the channel's owner or a moderator. @param account the bot's.
bool is_own(const topic_wish& wish, const std::string& account);

/// If it isn't the bot's: whose token. That of a moderator who is named by id can't be asked for, and it is the channel's owner's.
std::string owner_of(const topic_wish& wish);

/// All topics of some kinds: of each channel, and whispers of the bot itself.
/// @param moderators those who see what is told of moderators' actions; Twitch wants their own tokens.
std::vector<topic_wish> plan_topics(const std::vector<pubsub_topic>& kinds, const std::vector<std::string>& channels,
                                    const std::vector<std::string>& moderators);

/// The logins whose ids have to be known, each once; the empty one is the bot's.
std::vector<std::string> names_in(const std::vector<topic_wish>& wishes);

/// What to listen to, as far as the ids are known.
/// @param account the bot's. @param ids of users, by their logins; under the empty one, of the bot's.
std::vector<session::wanted> topics_of(const std::vector<topic_wish>& wishes, const std::string& account,
                                       const std::map<std::string, std::string>& ids);

} // namespace creamery::pubsub
