#include "simulator/helix_world.hpp"

namespace creamery::simulator {

namespace {

http_answer bad_id(std::string_view parameter) {
  return helix_refusal(400, "The ID in the " + std::string{parameter} + " query parameter is not valid.");
}

http_answer not_the_tokens(std::string_view parameter) {
  return helix_refusal(401, "The ID in " + std::string{parameter}
                              + " must match the user ID found in the request's OAuth token.");
}

http_answer missing_scope(std::string_view scope) {
  return helix_refusal(401, "Missing scope: " + std::string{scope});
}

} // namespace

void add_person(nlohmann::json& to, const person& who, const std::string& word) {
  to[word + "_id"] = who.user_id;
  to[word + "_login"] = who.login;
  to[word + "_name"] = who.display_name;
}

needed<account*> helix_world::user(const helix_call& call, std::string_view parameter) {
  if (auto missing = need_parameter(call, parameter))
    return *missing;
  if (auto found = chat.find_user(call.param(parameter)))
    return found;
  return bad_id(parameter);
}

room* helix_world::find_channel(std::string_view user_id) {
  auto owner = chat.find_user(user_id);
  auto where = owner ? chat.get_room(owner->who.login) : nullptr;
  return where && !where->settings.missing ? where : nullptr;
}

needed<room*> helix_world::channel(const helix_call& call, std::string_view parameter) {
  if (auto missing = need_parameter(call, parameter))
    return *missing;
  if (auto where = find_channel(call.param(parameter)))
    return where;
  return bad_id(parameter);
}

needed<room*> helix_world::own_channel(const helix_call& call, std::string_view parameter) {
  auto where = channel(call, parameter);
  if (where && (!call.user || call.user->who.user_id != (*where)->id()))
    return not_the_tokens(parameter);
  return where;
}

needed<helix_world::moderated>
helix_world::moderated_channel(const helix_call& call, std::string_view channel_parameter, std::string_view app_scope) {
  auto where = channel(call, channel_parameter);
  if (!where)
    return where.refusal();
  auto moderator = user(call, "moderator_id");
  if (!moderator)
    return moderator.refusal();
  const auto& login = (*moderator)->who.login;
  if (call.user) {
    if (call.user != *moderator)
      return not_the_tokens("moderator_id");
  } else {
    for (auto scope : {app_scope, std::string_view{"user:bot"}})
      if (!tokens().has_allowed(login, call.token.client_id, scope))
        return missing_scope(scope);
    if (!tokens().has_allowed((*where)->name(), call.token.client_id, "channel:bot"))
      return missing_scope("channel:bot");
  }
  auto role = (*where)->role_of(login);
  if (!role.broadcaster && !role.moderator)
    return helix_refusal(403, "The user in moderator_id is not one of the broadcaster's moderators.");
  return moderated{*where, *moderator};
}

channel_facts& helix_world::facts(std::string_view login) {
  auto place = facts_.find(login);
  if (place == facts_.end())
    place = facts_.emplace(std::string{login}, channel_facts{}).first;
  return place->second;
}

result<bool> helix_world::apply(const stream_request& request, time_point now) {
  auto login = lower(request.channel);
  auto where = chat.get_room(login);
  if (!where)
    return failure{"channel '" + request.channel + "'", "a channel's name has 1 to 25 of a-z, 0-9, _"};
  auto& facts = this->facts(login);
  facts.title = request.title.value_or(facts.title);
  facts.language = request.language.value_or(facts.language);
  facts.game_id = request.game_id.value_or(facts.game_id);
  facts.game_name = request.game_name.value_or(facts.game_name);
  facts.tags = request.tags.value_or(facts.tags);
  if (request.live && !*request.live)
    facts.stream.reset();
  else if (request.live && !facts.stream)
    facts.stream = live_stream{next_number(), "live", 0, now};
  if (request.viewers && !facts.stream)
    return failure{"viewers", "only a stream that is live has some"};
  if (request.viewers)
    facts.stream->viewers = *request.viewers;
  log.add("stream", now, [&](json_line& x) {
    x.text("channel", login).flag("live", facts.stream.has_value()).text("title", facts.title);
  });
  return true;
}

} // namespace creamery::simulator
