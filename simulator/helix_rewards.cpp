#include "simulator/helix_rewards.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr size_t most_rewards = 50;
constexpr size_t kept_redemptions = 10'000;

http_answer bad_field(std::string_view name, std::string_view rule) {
  return helix_refusal(400, "The " + std::string{name} + " field in the request's body " + std::string{rule});
}

} // namespace

void helix_rewards::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  constexpr std::string_view path = "channel_points/custom_rewards";
  constexpr std::string_view redemptions_path = "channel_points/custom_rewards/redemptions";
  const std::vector<std::string_view> reading{"channel:read:redemptions", "channel:manage:redemptions"};
  const std::vector<std::string_view> managing{"channel:manage:redemptions"};
  table.push_back({"GET", path, user, reading, at(&helix_rewards::list)});
  table.push_back({"POST", path, user, managing, at(&helix_rewards::make)});
  table.push_back({"PATCH", path, user, managing, at(&helix_rewards::change)});
  table.push_back({"DELETE", path, user, managing, at(&helix_rewards::remove)});
  table.push_back({"GET", redemptions_path, user, reading, at(&helix_rewards::redemptions)});
  table.push_back({"PATCH", redemptions_path, user, managing, at(&helix_rewards::settle)});
}

nlohmann::json helix_rewards::to_json(const person& owner, const reward& what) {
  nlohmann::json made{
    {"id", what.id},
    {"title", what.title},
    {"prompt", what.prompt},
    {"cost", what.cost},
    {"image", nullptr},
    {"background_color", what.color},
    {"is_enabled", what.enabled},
    {"is_user_input_required", what.needs_input},
    {"max_per_stream_setting", {{"is_enabled", what.most_per_stream > 0}, {"max_per_stream", what.most_per_stream}}},
    {"max_per_user_per_stream_setting",
     {{"is_enabled", what.most_per_user > 0}, {"max_per_user_per_stream", what.most_per_user}}},
    {"global_cooldown_setting", {{"is_enabled", what.cooldown > 0}, {"global_cooldown_seconds", what.cooldown}}},
    {"is_paused", what.paused},
    {"is_in_stock", true},
    {"should_redemptions_skip_request_queue", what.skips_queue},
    {"redemptions_redeemed_current_stream", nullptr},
    {"cooldown_expires_at", nullptr}};
  add_person(made, owner, "broadcaster");
  return made;
}

nlohmann::json helix_rewards::to_json(const person& owner, const channel_points& all, const redemption& what) {
  nlohmann::json made{
    {"id", what.id}, {"user_input", what.input}, {"status", what.status}, {"redeemed_at", rfc3339(what.when)}};
  add_person(made, owner, "broadcaster");
  add_person(made, world_.chat.who_is(what.login));
  auto of = std::find_if(all.rewards.begin(), all.rewards.end(), [&](const auto& x) { return x.id == what.reward_id; });
  if (of != all.rewards.end())
    made["reward"] = {{"id", of->id}, {"title", of->title}, {"prompt", of->prompt}, {"cost", of->cost}};
  return made;
}

http_answer helix_rewards::list(const helix_call& call) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  auto only_own = call.param("only_manageable_rewards") == "true";
  auto ids = call.request.query.all("id");
  auto found = nlohmann::json::array();
  for (const auto& one : channels_[(*where)->name()].rewards)
    if ((!only_own || one.client_id == call.token.client_id)
        && (ids.empty() || std::find(ids.begin(), ids.end(), one.id) != ids.end()))
      found.push_back(to_json((*where)->owner(), one));
  if (!ids.empty() && found.empty())
    return helix_refusal(404, "None of the custom rewards in the id query parameter were found.");
  return helix_data(std::move(found));
}

refusal helix_rewards::read(const helix_call& call, const channel_points& all, reward& into) {
  std::optional<std::string> title, prompt, color;
  std::optional<int64_t> cost, per_stream, per_user, cooldown;
  std::optional<bool> enabled, paused, needs_input, skips, has_per_stream, has_per_user, has_cooldown;
  body_reader body{call.body};
  body.get("title", title).get("prompt", prompt).get("cost", cost).get("background_color", color);
  body.get("is_enabled", enabled).get("is_paused", paused).get("is_user_input_required", needs_input);
  body.get("should_redemptions_skip_request_queue", skips);
  body.get("is_max_per_stream_enabled", has_per_stream).get("max_per_stream", per_stream);
  body.get("is_max_per_user_per_stream_enabled", has_per_user).get("max_per_user_per_stream", per_user);
  body.get("is_global_cooldown_enabled", has_cooldown).get("global_cooldown_seconds", cooldown);
  if (body.mistake())
    return body.mistake();
  if (title && (title->empty() || length_of(*title) > 45))
    return bad_field("title", "must have 1 to 45 characters.");
  auto is_taken = [&](const auto& x) { return title && x.title == *title && x.id != into.id; };
  if (std::any_of(all.rewards.begin(), all.rewards.end(), is_taken))
    return bad_field("title", "must be unique: CREATE_CUSTOM_REWARD_DUPLICATE_REWARD");
  if (cost && *cost < 1)
    return bad_field("cost", "must be at least 1.");
  if (prompt && length_of(*prompt) > 200)
    return bad_field("prompt", "must have at most 200 characters.");
  // What is limited needs a limit of at least 1; what isn't has 0.
  auto set_limit = [&](int64_t& current, const std::optional<bool>& wanted, const std::optional<int64_t>& value) {
    if (wanted && !*wanted)
      current = 0;
    else if (wanted && value.value_or(0) < 1)
      return false;
    else if (wanted)
      current = *value;
    return true;
  };
  if (!set_limit(into.most_per_stream, has_per_stream, per_stream))
    return bad_field("max_per_stream", "must be at least 1.");
  if (!set_limit(into.most_per_user, has_per_user, per_user))
    return bad_field("max_per_user_per_stream", "must be at least 1.");
  if (!set_limit(into.cooldown, has_cooldown, cooldown))
    return bad_field("global_cooldown_seconds", "must be at least 1.");
  into.title = title.value_or(into.title);
  into.prompt = prompt.value_or(into.prompt);
  into.cost = cost.value_or(into.cost);
  into.color = color.value_or(into.color);
  into.enabled = enabled.value_or(into.enabled);
  into.paused = paused.value_or(into.paused);
  into.needs_input = needs_input.value_or(into.needs_input);
  into.skips_queue = skips.value_or(into.skips_queue);
  return std::nullopt;
}

http_answer helix_rewards::make(const helix_call& call) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  auto& all = channels_[(*where)->name()];
  if (all.rewards.size() >= most_rewards)
    return helix_refusal(400, "The channel already has the maximum of 50 custom rewards.");
  reward made;
  made.id = world_.next_uuid();
  made.client_id = call.token.client_id;
  if (auto refused = read(call, all, made))
    return *refused;
  if (made.title.empty())
    return bad_field("title", "is required.");
  if (made.cost < 1)
    return bad_field("cost", "is required.");
  all.rewards.push_back(std::move(made));
  return helix_one(to_json((*where)->owner(), all.rewards.back()));
}

needed<helix_rewards::own_reward> helix_rewards::find(const helix_call& call, std::string_view parameter) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  if (auto missing = need_parameter(call, parameter))
    return *missing;
  auto& all = channels_[(*where)->name()];
  auto id = call.param(parameter);
  auto found = std::find_if(all.rewards.begin(), all.rewards.end(), [&](const auto& x) { return x.id == id; });
  if (found == all.rewards.end())
    return helix_refusal(404, "The custom reward specified in the " + std::string{parameter} + " was not found.");
  if (found->client_id != call.token.client_id)
    return helix_refusal(403, "The ID in the Client-Id header must match the client ID used to create the custom "
                              "reward.");
  return own_reward{*where, &all, &*found};
}

http_answer helix_rewards::change(const helix_call& call) {
  auto found = find(call, "id");
  if (!found)
    return found.refusal();
  auto changed = *found->what; // all of it, or nothing
  if (auto refused = read(call, *found->points, changed))
    return *refused;
  *found->what = std::move(changed);
  return helix_one(to_json(found->where->owner(), *found->what));
}

http_answer helix_rewards::remove(const helix_call& call) {
  auto found = find(call, "id");
  if (!found)
    return found.refusal();
  auto id = found->what->id;
  std::erase_if(found->points->redemptions, [&](const auto& x) { return x.reward_id == id; });
  std::erase_if(found->points->rewards, [&](const auto& x) { return x.id == id; });
  return helix_done();
}

http_answer helix_rewards::redemptions(const helix_call& call) {
  auto found = find(call, "reward_id");
  if (!found)
    return found.refusal();
  auto ids = call.request.query.all("id");
  auto status = call.param("status");
  if (ids.empty() && status.empty())
    return missing_parameter("status");
  if (!status.empty() && status != "UNFULFILLED" && status != "FULFILLED" && status != "CANCELED")
    return helix_refusal(400, "The status query parameter must be CANCELED, FULFILLED or UNFULFILLED.");
  std::vector<nlohmann::json> list;
  for (const auto& one : found->points->redemptions)
    if (one.reward_id == found->what->id && (status.empty() || one.status == status)
        && (ids.empty() || std::find(ids.begin(), ids.end(), one.id) != ids.end()))
      list.push_back(to_json(found->where->owner(), *found->points, one));
  if (!ids.empty() && list.empty())
    return helix_refusal(404, "None of the redemptions in the id query parameters were found.");
  if (call.param("sort") == "NEWEST")
    std::reverse(list.begin(), list.end());
  return helix_page(call, list, 20, 50);
}

http_answer helix_rewards::settle(const helix_call& call) {
  auto found = find(call, "reward_id");
  if (!found)
    return found.refusal();
  constexpr size_t most_ids = 50;
  auto ids = call.request.query.all("id");
  if (ids.empty())
    return missing_parameter("id");
  if (ids.size() > most_ids)
    return helix_refusal(400, "The maximum number of id query parameters is 50.");
  std::optional<std::string> status;
  body_reader body{call.body};
  body.need("status", status);
  if (body.mistake())
    return *body.mistake();
  if (*status != "FULFILLED" && *status != "CANCELED")
    return bad_field("status", "must be FULFILLED or CANCELED.");
  auto list = nlohmann::json::array();
  for (auto& one : found->points->redemptions) {
    if (one.reward_id != found->what->id || one.status != "UNFULFILLED"
        || std::find(ids.begin(), ids.end(), one.id) == ids.end())
      continue;
    one.status = *status;
    list.push_back(to_json(found->where->owner(), *found->points, one));
  }
  if (list.empty())
    return helix_refusal(404, "The redemptions in the id query parameters were not found, or are not UNFULFILLED.");
  return helix_data(std::move(list));
}

result<std::string> helix_rewards::redeem(const redemption_request& request, time_point now) {
  auto channel = lower(request.channel);
  auto login = lower(request.login);
  auto place = channels_.find(channel);
  if (!is_login(login))
    return failure{"redemption", "a login has 1 to 25 of a-z, 0-9, _"};
  if (place == channels_.end())
    return failure{"redemption", "the channel '" + channel + "' has no rewards"};
  auto& all = place->second;
  auto of =
    std::find_if(all.rewards.begin(), all.rewards.end(), [&](const auto& x) { return x.id == request.reward_id; });
  if (of == all.rewards.end())
    return failure{"redemption", "there is no such reward"};
  if (!of->enabled || of->paused)
    return failure{"redemption", "the reward is not to be had at the moment"};
  if (of->needs_input && request.user_input.empty())
    return failure{"redemption", "the reward needs user_input"};
  if (all.redemptions.size() >= kept_redemptions)
    all.redemptions.erase(all.redemptions.begin());
  all.redemptions.push_back(
    {world_.next_uuid(), of->id, login, request.user_input, of->skips_queue ? "FULFILLED" : "UNFULFILLED", now});
  world_.log.add("redemption", now, [&](json_line& x) {
    x.text("channel", channel).text("login", login).text("reward", of->id).text("id", all.redemptions.back().id);
  });
  return all.redemptions.back().id;
}

} // namespace creamery::simulator
