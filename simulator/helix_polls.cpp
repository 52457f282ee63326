#include "simulator/helix_polls.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// Older polls and predictions of a channel are forgotten.
constexpr size_t kept = 100;
constexpr size_t longest_choice = 25;

bool is_from(int64_t value, int64_t least, int64_t most) {
  return value >= least && value <= most;
}

http_answer bad_field(std::string_view name, std::string_view rule) {
  return helix_refusal(400, "The " + std::string{name} + " field in the request's body " + std::string{rule});
}

/// The broadcaster of these calls is named in the body.
needed<room*> body_channel(helix_world& world, const helix_call& call) {
  std::optional<std::string> id;
  body_reader body{call.body};
  body.need("broadcaster_id", id);
  if (body.mistake())
    return *body.mistake();
  if (*id != call.user->who.user_id)
    return helix_refusal(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token.");
  auto where = world.find_channel(*id);
  if (!where)
    return bad_field("broadcaster_id", "is not valid.");
  return where;
}

} // namespace

void helix_polls::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  auto listing = [this](votes& all) { return [this, &all](const helix_call& call) { return list(call, all); }; };
  table.push_back({"GET", "polls", user, {"channel:read:polls", "channel:manage:polls"}, listing(polls_)});
  table.push_back({"POST", "polls", user, {"channel:manage:polls"}, at(&helix_polls::start_poll)});
  table.push_back({"PATCH", "polls", user, {"channel:manage:polls"}, at(&helix_polls::end_poll)});
  table.push_back(
    {"GET", "predictions", user, {"channel:read:predictions", "channel:manage:predictions"}, listing(predictions_)});
  table.push_back({"POST", "predictions", user, {"channel:manage:predictions"}, at(&helix_polls::start_prediction)});
  table.push_back({"PATCH", "predictions", user, {"channel:manage:predictions"}, at(&helix_polls::end_prediction)});
}

void helix_polls::bring_up_to_date(std::vector<vote>& all, bool are_polls, time_point now) {
  for (auto& one : all) {
    auto end = one.started + std::chrono::seconds{one.seconds};
    if (one.status != "ACTIVE" || end > now)
      continue;
    one.status = are_polls ? "COMPLETED" : "LOCKED";
    (are_polls ? one.ended : one.locked) = end;
  }
}

nlohmann::json helix_polls::to_json(const person& owner, const vote& what, bool is_poll) {
  auto time = [](const std::optional<time_point>& t) { return t ? nlohmann::json(rfc3339(*t)) : nlohmann::json(); };
  nlohmann::json made{{"id", what.id}, {"title", what.title}, {"status", what.status}, {"ended_at", time(what.ended)}};
  add_person(made, owner, "broadcaster");
  auto choices = nlohmann::json::array();
  for (const auto& [id, title] : what.choices) {
    nlohmann::json one{{"id", id}, {"title", title}};
    if (is_poll)
      one.update({{"votes", 0}, {"channel_points_votes", 0}, {"bits_votes", 0}});
    else
      one.update({{"users", 0},
                  {"channel_points", 0},
                  {"top_predictors", nullptr},
                  {"color", choices.empty() ? "BLUE" : "PINK"}});
    choices.push_back(std::move(one));
  }
  made[is_poll ? "choices" : "outcomes"] = std::move(choices);
  if (is_poll) {
    made.update({{"bits_voting_enabled", false},
                 {"bits_per_vote", 0},
                 {"channel_points_voting_enabled", what.has_points},
                 {"channel_points_per_vote", what.points_per_vote},
                 {"duration", what.seconds},
                 {"started_at", rfc3339(what.started)}});
  } else {
    made.update({{"winning_outcome_id", what.winner.empty() ? nlohmann::json() : nlohmann::json(what.winner)},
                 {"prediction_window", what.seconds},
                 {"created_at", rfc3339(what.started)},
                 {"locked_at", time(what.locked)}});
  }
  return made;
}

http_answer helix_polls::list(const helix_call& call, votes& all) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  auto is_poll = &all == &polls_;
  auto& own = all[(*where)->name()];
  bring_up_to_date(own, is_poll, call.now);
  auto ids = call.request.query.all("id");
  constexpr size_t most_ids = 20;
  if (ids.size() > most_ids)
    return helix_refusal(400, "The maximum number of id query parameters is 20.");
  std::vector<nlohmann::json> found;
  for (const auto& one : own)
    if (ids.empty() || std::find(ids.begin(), ids.end(), one.id) != ids.end())
      found.push_back(to_json((*where)->owner(), one, is_poll));
  if (!ids.empty() && found.empty())
    return helix_refusal(404, "None of the IDs in the id query parameters were found.");
  return helix_page(call, found, 20, 20);
}

needed<std::vector<helix_polls::choice>> helix_polls::read_choices(const helix_call& call, const char* name,
                                                                   size_t most) {
  const auto& list = member_of(call.body, name);
  if (!list.is_array() || list.size() < 2 || list.size() > most)
    return bad_field(name, "must have 2 to " + std::to_string(most) + " elements.");
  std::vector<choice> read;
  for (const auto& one : list) {
    std::optional<std::string> title;
    body_reader reader{one};
    reader.need("title", title);
    if (reader.mistake())
      return *reader.mistake();
    if (title->empty() || length_of(*title) > longest_choice)
      return bad_field(name, "must have titles of 1 to 25 characters.");
    read.push_back({world_.next_uuid(), *title});
  }
  return read;
}

http_answer helix_polls::start_poll(const helix_call& call) {
  auto where = body_channel(world_, call);
  if (!where)
    return where.refusal();
  vote made;
  std::optional<std::string> title;
  std::optional<int64_t> seconds, points;
  std::optional<bool> has_points;
  body_reader body{call.body};
  body.need("title", title).need("duration", seconds);
  body.get("channel_points_voting_enabled", has_points).get("channel_points_per_vote", points);
  if (body.mistake())
    return *body.mistake();
  if (title->empty() || length_of(*title) > 60)
    return bad_field("title", "must have 1 to 60 characters.");
  if (!is_from(*seconds, 15, 1800))
    return bad_field("duration", "must be 15 to 1800 seconds.");
  if (has_points.value_or(false) && !is_from(points.value_or(0), 1, 1'000'000))
    return bad_field("channel_points_per_vote", "must be 1 to 1000000.");
  auto choices = read_choices(call, "choices", 5);
  if (!choices)
    return choices.refusal();
  auto& own = polls_[(*where)->name()];
  bring_up_to_date(own, true, call.now);
  if (!own.empty() && own.front().status == "ACTIVE")
    return helix_refusal(400, "The broadcaster already has a poll that's running; you may not create another poll "
                              "until the current poll completes.");
  made.id = world_.next_uuid();
  made.title = *title;
  made.choices = *choices;
  made.status = "ACTIVE";
  made.seconds = *seconds;
  made.has_points = has_points.value_or(false);
  made.points_per_vote = made.has_points ? *points : 0;
  made.started = call.now;
  own.insert(own.begin(), std::move(made));
  own.resize(std::min(own.size(), kept));
  return helix_one(to_json((*where)->owner(), own.front(), true));
}

needed<helix_polls::vote*> helix_polls::find(const helix_call& call, votes& all) {
  auto where = body_channel(world_, call);
  if (!where)
    return where.refusal();
  std::optional<std::string> id;
  body_reader body{call.body};
  body.need("id", id);
  if (body.mistake())
    return *body.mistake();
  auto& own = all[(*where)->name()];
  bring_up_to_date(own, &all == &polls_, call.now);
  auto found = std::find_if(own.begin(), own.end(), [&](const auto& x) { return x.id == *id; });
  if (found == own.end())
    return helix_refusal(404, "The ID in the id field was not found.");
  return &*found;
}

http_answer helix_polls::end_poll(const helix_call& call) {
  auto found = find(call, polls_);
  if (!found)
    return found.refusal();
  std::optional<std::string> status;
  body_reader body{call.body};
  body.need("status", status);
  if (body.mistake())
    return *body.mistake();
  if (*status != "TERMINATED" && *status != "ARCHIVED")
    return bad_field("status", "must be TERMINATED or ARCHIVED.");
  auto& poll = **found;
  if (poll.status != "ACTIVE" && !(poll.status != "ARCHIVED" && *status == "ARCHIVED"))
    return helix_refusal(400, "The poll must be active to terminate or archive it.");
  if (poll.status == "ACTIVE")
    poll.ended = call.now;
  poll.status = *status;
  return helix_one(to_json(call.user->who, poll, true));
}

http_answer helix_polls::start_prediction(const helix_call& call) {
  auto where = body_channel(world_, call);
  if (!where)
    return where.refusal();
  std::optional<std::string> title;
  std::optional<int64_t> seconds;
  body_reader body{call.body};
  body.need("title", title).need("prediction_window", seconds);
  if (body.mistake())
    return *body.mistake();
  if (title->empty() || length_of(*title) > 45)
    return bad_field("title", "must have 1 to 45 characters.");
  if (!is_from(*seconds, 30, 1800))
    return bad_field("prediction_window", "must be 30 to 1800 seconds.");
  auto outcomes = read_choices(call, "outcomes", 10);
  if (!outcomes)
    return outcomes.refusal();
  auto& own = predictions_[(*where)->name()];
  bring_up_to_date(own, false, call.now);
  if (!own.empty() && (own.front().status == "ACTIVE" || own.front().status == "LOCKED"))
    return helix_refusal(400, "The broadcaster already has a prediction that's running; you may not create another "
                              "prediction until the current prediction is resolved or canceled.");
  vote made;
  made.id = world_.next_uuid();
  made.title = *title;
  made.choices = *outcomes;
  made.status = "ACTIVE";
  made.seconds = *seconds;
  made.started = call.now;
  own.insert(own.begin(), std::move(made));
  own.resize(std::min(own.size(), kept));
  return helix_one(to_json((*where)->owner(), own.front(), false));
}

http_answer helix_polls::end_prediction(const helix_call& call) {
  auto found = find(call, predictions_);
  if (!found)
    return found.refusal();
  std::optional<std::string> status, winner;
  body_reader body{call.body};
  body.need("status", status).get("winning_outcome_id", winner);
  if (body.mistake())
    return *body.mistake();
  auto& prediction = **found;
  if (*status != "RESOLVED" && *status != "CANCELED" && *status != "LOCKED")
    return bad_field("status", "must be RESOLVED, CANCELED or LOCKED.");
  if (prediction.status != "ACTIVE" && (prediction.status != "LOCKED" || *status == "LOCKED"))
    return helix_refusal(400, "The prediction must be active or locked.");
  const auto& outcomes = prediction.choices;
  auto is_outcome = [&](const auto& id) {
    return std::any_of(outcomes.begin(), outcomes.end(), [&](const auto& x) { return x.id == id; });
  };
  if (*status == "RESOLVED" && (!winner || !is_outcome(*winner)))
    return bad_field("winning_outcome_id", "must be the ID of one of the outcomes.");
  prediction.status = *status;
  if (!prediction.locked)
    prediction.locked = call.now;
  if (*status != "LOCKED")
    prediction.ended = call.now;
  if (*status == "RESOLVED")
    prediction.winner = *winner;
  return helix_one(to_json(call.user->who, prediction, false));
}

} // namespace creamery::simulator
