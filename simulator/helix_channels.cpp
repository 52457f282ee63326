#include "simulator/helix_channels.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr size_t most_channels = 100;
constexpr size_t kept_clips = 1'000;

nlohmann::json channel_json(const person& owner, const channel_facts& facts) {
  nlohmann::json made{{"broadcaster_language", facts.language},
                      {"game_id", facts.game_id},
                      {"game_name", facts.game_name},
                      {"title", facts.title},
                      {"delay", facts.delay},
                      {"tags", facts.tags},
                      {"content_classification_labels", nlohmann::json::array()},
                      {"is_branded_content", facts.is_branded}};
  add_person(made, owner, "broadcaster");
  return made;
}

nlohmann::json stream_json(const person& owner, const channel_facts& facts) {
  nlohmann::json made{{"id", facts.stream->id},
                      {"game_id", facts.game_id},
                      {"game_name", facts.game_name},
                      {"type", facts.stream->type},
                      {"title", facts.title},
                      {"tags", facts.tags},
                      {"viewer_count", facts.stream->viewers},
                      {"started_at", rfc3339(facts.stream->started)},
                      {"language", facts.language},
                      {"thumbnail_url", "https://localhost/live_user_" + owner.login + "-{width}x{height}.jpg"},
                      {"tag_ids", nlohmann::json::array()},
                      {"is_mature", false}};
  add_person(made, owner);
  return made;
}

bool is_tag(const std::string& text) {
  return !text.empty() && length_of(text) <= 25 && text.find(' ') == std::string::npos;
}

} // namespace

void helix_channels::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  table.push_back({"GET", "channels", any, {}, at(&helix_channels::channels)});
  table.push_back({"PATCH", "channels", user, {"channel:manage:broadcast"}, at(&helix_channels::change_channel)});
  table.push_back({"GET", "streams", any, {}, at(&helix_channels::streams)});
  table.push_back({"POST", "clips", user, {"clips:edit"}, at(&helix_channels::make_clip)});
  table.push_back({"GET", "clips", any, {}, at(&helix_channels::clips)});
}

http_answer helix_channels::channels(const helix_call& call) {
  auto ids = call.request.query.all("broadcaster_id");
  if (ids.empty())
    return missing_parameter("broadcaster_id");
  if (ids.size() > most_channels)
    return helix_refusal(400, "The maximum number of broadcaster_id query parameters is 100.");
  auto list = nlohmann::json::array();
  for (const auto& id : ids)
    if (auto where = world_.find_channel(id))
      list.push_back(channel_json(where->owner(), world_.facts(where->name())));
  return helix_data(std::move(list));
}

http_answer helix_channels::change_channel(const helix_call& call) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  std::optional<std::string> title, game, language;
  std::optional<std::vector<std::string>> tags;
  std::optional<int64_t> delay;
  std::optional<bool> branded;
  body_reader body{call.body};
  body.get("title", title).get("game_id", game).get("broadcaster_language", language).get("tags", tags);
  body.get("delay", delay).get("is_branded_content", branded);
  if (body.mistake())
    return *body.mistake();
  if (!title && !game && !language && !tags && !delay && !branded)
    return helix_refusal(400, "The request must set at least one field.");
  if (title && (title->empty() || length_of(*title) > 140))
    return helix_refusal(400, "The title field must have 1 to 140 characters.");
  if (tags && (tags->size() > 10 || !std::all_of(tags->begin(), tags->end(), is_tag)))
    return helix_refusal(400, "A channel may have 10 tags of at most 25 characters without spaces.");
  if (delay && (*delay < 0 || *delay > 900))
    return helix_refusal(400, "The delay field must be 0 to 900 seconds.");
  auto& facts = world_.facts((*where)->name());
  if (game && *game != facts.game_id) {
    facts.game_id = *game == "0" ? "" : *game;
    facts.game_name = facts.game_id.empty() ? "" : "Game " + facts.game_id; // there is no catalogue of games here
  }
  facts.title = title.value_or(facts.title);
  facts.language = language.value_or(facts.language);
  facts.tags = tags.value_or(facts.tags);
  facts.delay = delay.value_or(facts.delay);
  facts.is_branded = branded.value_or(facts.is_branded);
  return helix_done();
}

http_answer helix_channels::streams(const helix_call& call) {
  const auto& query = call.request.query;
  auto matches = [&](std::string_view name, std::string_view value) {
    auto wanted = query.all(name);
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
  };
  for (auto name : {"user_id", "user_login", "game_id", "language"})
    if (query.all(name).size() > most_channels)
      return helix_refusal(400, "The maximum number of " + std::string{name} + " query parameters is 100.");
  if (auto type = call.param("type"); !type.empty() && type != "all" && type != "live")
    return helix_refusal(400, "The type query parameter must be all or live.");
  std::vector<nlohmann::json> list;
  for (const auto& [login, facts] : world_.all_facts()) {
    if (!facts.stream)
      continue;
    auto owner = world_.chat.who_is(login);
    auto by_id = matches("user_id", owner.user_id);
    auto by_login = matches("user_login", login);
    // Ids and logins name users together: one of the two is enough, if both are given.
    auto named = query.has("user_id") && query.has("user_login") ? by_id || by_login : by_id && by_login;
    if (named && matches("game_id", facts.game_id) && matches("language", facts.language))
      list.push_back(stream_json(owner, facts));
  }
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return a["viewer_count"].template get<unsigned>() > b["viewer_count"].template get<unsigned>();
  });
  return helix_page(call, list);
}

http_answer helix_channels::make_clip(const helix_call& call) {
  auto where = world_.channel(call);
  if (!where)
    return where.refusal();
  const auto& facts = world_.facts((*where)->name());
  if (!facts.stream)
    return helix_refusal(404, "Clipping is not possible for an offline channel.");
  std::string id{call.param("title")};
  clips_.push_back(
    {"Clip" + world_.next_number(), (*where)->name(), call.user->who.login, id.empty() ? facts.title : id, call.now});
  if (clips_.size() > kept_clips)
    clips_.pop_front();
  return helix_one({{"id", clips_.back().id}, {"edit_url", "https://localhost/clips/" + clips_.back().id + "/edit"}},
                   202);
}

nlohmann::json helix_channels::clip_json(const clip& what) {
  nlohmann::json made{{"id", what.id},       {"url", "https://localhost/clips/" + what.id},
                      {"title", what.title}, {"view_count", 0},
                      {"duration", 30.0},    {"created_at", rfc3339(what.made)}};
  auto owner = world_.chat.who_is(what.channel);
  auto creator = world_.chat.who_is(what.creator);
  made["broadcaster_id"] = owner.user_id;
  made["broadcaster_name"] = owner.display_name;
  made["creator_id"] = creator.user_id;
  made["creator_name"] = creator.display_name;
  return made;
}

http_answer helix_channels::clips(const helix_call& call) {
  auto ids = call.request.query.all("id");
  auto by_channel = call.request.query.has("broadcaster_id");
  if (ids.empty() == !by_channel)
    return helix_refusal(400, "The request must have either the id or the broadcaster_id query parameter.");
  std::string channel;
  if (by_channel) {
    auto where = world_.channel(call);
    if (!where)
      return where.refusal();
    channel = (*where)->name();
  }
  std::vector<nlohmann::json> list;
  for (const auto& what : clips_)
    if (by_channel ? what.channel == channel : std::find(ids.begin(), ids.end(), what.id) != ids.end())
      list.push_back(clip_json(what));
  return helix_page(call, list);
}

} // namespace creamery::simulator
