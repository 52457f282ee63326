#include "runtime/pubsub/session.hpp"

#include <algorithm>
#include <utility>

namespace creamery::pubsub {

namespace {

constexpr auto never = session::time_point::max();

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

session::session(session_options options, std::vector<wanted> topics, uint64_t seed)
  : options_(options),
    wanted_(std::move(topics)),
    random_(static_cast<std::minstd_rand::result_type>(seed)),
    redial_(options.redial, seed) {
}

void session::start(time_point, session_action::list& todo) {
  if (links_.empty() && !wanted_.empty())
    dial(todo);
}

session::link* session::find(uint64_t id) {
  auto found = std::find_if(links_.begin(), links_.end(), [&](const link& x) { return x.id == id; });
  return found == links_.end() ? nullptr : &*found;
}

session::link* session::current() {
  auto found = std::find_if(links_.begin(), links_.end(), [](const link& x) { return !x.retires_at; });
  return found == links_.end() ? nullptr : &*found;
}

void session::dial(session_action::list& todo) {
  dial_at_.reset();
  ++counters_.dials;
  links_.emplace_back().id = ++last_link_;
  todo.emplace_back(session_action::open{last_link_});
}

void session::opened(uint64_t id, time_point now, session_action::list& todo) {
  auto* on = find(id);
  if (on == nullptr)
    return;
  on->is_open = true;
  on->opened = now;
  on->ping_at = now + ping_pause();
  listen(*on, now, todo);
}

void session::listen(link& on, time_point now, session_action::list& todo) {
  std::map<std::string, std::vector<std::string>> by_account;
  for (const auto& one : wanted_) {
    auto is_asked = std::any_of(on.questions.begin(), on.questions.end(),
                                [&](const auto& x) { return contains(x.second.topics, one.topic); });
    auto rests = refused_.find(one.topic);
    if (is_asked || contains(on.topics, one.topic) || (rests != refused_.end() && rests->second > now))
      continue;
    refused_.erase(one.topic);
    by_account[one.account].push_back(one.topic);
  }
  // One question for each topic, since one that is refused takes the others of its question along.
  for (auto& [account, topics] : by_account)
    for (auto& topic : topics) {
      auto nonce = next_nonce();
      on.questions[nonce] = {{topic}, now};
      todo.emplace_back(session_action::listen{on.id, std::move(nonce), account, {std::move(topic)}});
    }
}

std::optional<frame::message> session::receive(uint64_t id, std::string_view text, time_point now,
                                               session_action::list& todo) {
  auto* on = find(id);
  if (on == nullptr)
    return std::nullopt;
  auto read = read_frame(text);
  if (!read) {
    ++counters_.bad_messages;
    return std::nullopt;
  }
  if (auto* message = std::get_if<frame::message>(&*read))
    return std::move(*message);
  if (std::holds_alternative<frame::pong>(*read)) {
    on->pinged.reset();
  } else if (const auto* said = std::get_if<frame::response>(&*read)) {
    answered(*on, *said, now, todo);
  } else if (const auto* revoked = std::get_if<frame::revoked>(&*read)) {
    for (const auto& topic : revoked->topics) {
      std::erase(on->topics, topic);
      refused_[topic] = now + options_.ask_again;
      todo.emplace_back(session_action::refused{topic, "the authorisation has been taken back"});
    }
  } else if (std::holds_alternative<frame::reconnect>(*read) && !on->retires_at) {
    ++counters_.moves;
    on->retires_at = now + options_.overlap;
    if (current() == nullptr)
      dial(todo);
  }
  return std::nullopt;
}

void session::answered(link& on, const frame::response& said, time_point now, session_action::list& todo) {
  auto question = on.questions.extract(said.nonce);
  if (question.empty())
    return;
  for (auto& topic : question.mapped().topics) {
    if (said.error.empty()) {
      on.topics.push_back(std::move(topic));
      continue;
    }
    // Asked again soon where that may help.
    refused_[topic] = now + (said.error == "ERR_SERVER" ? redial_.next() : options_.ask_again);
    auto advice = advice_for(said.error, scope_of(topic));
    todo.emplace_back(session_action::refused{std::move(topic), said.error + (advice.empty() ? "" : ": " + advice)});
  }
  if (on.questions.empty() && !on.retires_at)
    retire_old(todo);
}

void session::no_token(const std::string& nonce, const std::string& why, time_point now, session_action::list& todo) {
  for (auto& on : links_) {
    auto question = on.questions.extract(nonce);
    if (question.empty())
      continue;
    for (auto& topic : question.mapped().topics) {
      refused_[topic] = now + redial_.next();
      todo.emplace_back(session_action::refused{std::move(topic), why});
    }
    if (on.questions.empty() && !on.retires_at)
      retire_old(todo);
    return;
  }
}

void session::retire_old(session_action::list& todo) {
  std::erase_if(links_, [&](const link& x) {
    if (x.retires_at)
      todo.emplace_back(session_action::close{x.id});
    return x.retires_at.has_value();
  });
}

void session::closed(uint64_t id, const std::string& why, time_point now, session_action::list& todo) {
  auto* on = find(id);
  if (on == nullptr)
    return;
  if (on->retires_at) { // as announced
    std::erase_if(links_, [&](const link& x) { return x.id == id; });
    return;
  }
  lose(id, why, now, todo);
}

void session::lose(uint64_t id, const std::string& why, time_point now, session_action::list& todo) {
  const auto* on = find(id);
  const auto was_open = on->is_open;
  if (was_open && now - on->opened >= options_.healthy_after)
    redial_.reset();
  std::erase_if(links_, [&](const link& x) { return x.id == id; });
  dial_at_ = now + redial_.next();
  if (was_open && links_.empty()) {
    ++counters_.losses;
    todo.emplace_back(session_action::lost{why});
  }
}

void session::expire(time_point now, session_action::list& todo) {
  std::vector<std::pair<uint64_t, std::string>> dead;
  for (auto& on : links_) {
    if (!on.is_open)
      continue;
    if (on.retires_at && now >= *on.retires_at) {
      dead.emplace_back(on.id, "");
      continue;
    }
    auto is_unanswered = std::any_of(on.questions.begin(), on.questions.end(),
                                     [&](const auto& x) { return now - x.second.asked >= options_.answer_timeout; });
    if (on.pinged && now - *on.pinged >= options_.pong_timeout)
      dead.emplace_back(on.id, "the server doesn't answer PING");
    else if (is_unanswered)
      dead.emplace_back(on.id, "the server doesn't answer LISTEN");
    else if (now >= on.ping_at) {
      on.ping_at = now + ping_pause();
      on.pinged = now;
      todo.emplace_back(session_action::ping{on.id});
    }
  }
  for (const auto& [id, why] : dead) {
    todo.emplace_back(session_action::close{id});
    if (why.empty())
      std::erase_if(links_, [&, id = id](const link& x) { return x.id == id; });
    else
      lose(id, why, now, todo);
  }
  if (dial_at_ && *dial_at_ <= now && current() == nullptr)
    dial(todo);
  if (auto* on = current(); on != nullptr && on->is_open)
    listen(*on, now, todo);
}

session::time_point session::deadline() const {
  auto earliest = dial_at_.value_or(never);
  for (const auto& on : links_) {
    if (!on.is_open)
      continue;
    earliest = std::min(earliest, on.ping_at);
    if (on.pinged)
      earliest = std::min(earliest, *on.pinged + options_.pong_timeout);
    if (on.retires_at)
      earliest = std::min(earliest, *on.retires_at);
    for (const auto& [nonce, question] : on.questions)
      earliest = std::min(earliest, question.asked + options_.answer_timeout);
    if (!on.retires_at)
      for (const auto& [topic, when] : refused_)
        earliest = std::min(earliest, when);
  }
  return earliest;
}

size_t session::listening() const {
  size_t most = 0;
  for (const auto& on : links_)
    most = std::max(most, on.topics.size());
  return most;
}

session_options::duration session::ping_pause() {
  auto share = std::uniform_real_distribution<double>{0.9, 1}(random_);
  return std::chrono::duration_cast<session_options::duration>(options_.ping_every * share);
}

std::string session::next_nonce() {
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string nonce(18, '0');
  for (auto& c : nonce)
    c = digits[random_() % digits.size()];
  return nonce;
}

} // namespace creamery::pubsub
