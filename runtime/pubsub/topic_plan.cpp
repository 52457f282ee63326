#include "runtime/pubsub/topic_plan.hpp"

#include "messages/pubsub/replacement.hpp"

#include <algorithm>
#include <utility>

namespace creamery::pubsub {

namespace {

bool is_id(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The id of whoever is called so; empty: it isn't known.
std::string id_of(const std::string& name, const std::map<std::string, std::string>& ids) {
  auto known = ids.find(name);
  return known != ids.end() ? known->second : is_id(name) ? name : std::string{};
}

} // namespace

bool is_own(const topic_wish& wish, const std::string& account) {
  return wish.channel.empty() || (!wish.moderator.empty() && wish.moderator == account);
}

std::string owner_of(const topic_wish& wish) {
  return wish.moderator.empty() || is_id(wish.moderator) ? wish.channel : wish.moderator;
}

std::vector<topic_wish> plan_topics(const std::vector<pubsub_topic>& kinds, const std::vector<std::string>& channels,
                                    const std::vector<std::string>& moderators) {
  std::vector<topic_wish> all;
  for (auto what : kinds) {
    if (what == pubsub_topic::whispers)
      all.push_back({what});
    else
      for (const auto& channel : channels)
        if (what != pubsub_topic::moderator_actions || moderators.empty())
          all.push_back({what, channel});
        else
          for (const auto& one : moderators)
            all.push_back({what, channel, one});
  }
  return all;
}

std::vector<std::string> names_in(const std::vector<topic_wish>& wishes) {
  std::vector<std::string> names;
  auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  };
  for (const auto& one : wishes) {
    add(one.channel);
    if (!one.moderator.empty() && !is_id(one.moderator))
      add(one.moderator);
  }
  return names;
}

std::vector<session::wanted> topics_of(const std::vector<topic_wish>& wishes, const std::string& account,
                                       const std::map<std::string, std::string>& ids) {
  std::vector<session::wanted> all;
  for (const auto& one : wishes) {
    auto about = id_of(one.channel, ids);
    auto moderator = one.moderator.empty() ? about : id_of(one.moderator, ids);
    if (about.empty() || moderator.empty())
      continue;
    auto topic = begin_of(one.what);
    if (one.what == pubsub_topic::moderator_actions)
      topic += moderator + ".";
    topic += about;
    auto is_same = [&](const session::wanted& x) { return x.topic == topic; };
    if (std::none_of(all.begin(), all.end(), is_same)) // one may be named by name and by id
      all.push_back({topic, is_own(one, account) ? account : owner_of(one)});
  }
  return all;
}

} // namespace creamery::pubsub
