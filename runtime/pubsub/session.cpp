#include "runtime/pubsub/session.hpp"

#include <algorithm>
#include <utility>

namespace creamery::pubsub {

namespace {

constexpr auto never = session::time_point::max();

/// So much later than by the first link, a message may come by the other one.
constexpr auto most_behind = std::chrono::seconds{30};

} // namespace

session::session(session_options options, uint64_t seed)
  : options_(options),
    random_(static_cast<std::minstd_rand::result_type>(seed)),
    redial_(options.redial, seed),
    again_(options.again),
    recent_(options.overlap + most_behind) {
}

void session::want(std::vector<wanted> topics, time_point now, session_action::list& todo) {
  wanted_ = std::move(topics);
  for (auto& on : links_)
    unlisten(on, todo);
  std::erase_if(refused_, [this](const auto& x) { return !is_wanted(x.first); });
  auto* on = current();
  if (on == nullptr && !dial_at_)
    dial(todo);
  else if (on != nullptr && on->is_open)
    listen(*on, now, todo);
}

bool session::is_wanted(const std::string& topic) const {
  return std::any_of(wanted_.begin(), wanted_.end(), [&](const wanted& x) { return x.topic == topic; });
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
  if (wanted_.empty())
    return; // the server ends connections that listen to nothing
  ++counters_.dials;
  links_.emplace_back().id = ++last_link_;
  todo.emplace_back(session_action::open{last_link_});
}

void session::opened(uint64_t id, time_point now, session_action::list& todo) {
  auto* on = find(id);
  if (on == nullptr)
    return;
  on->is_open = true;
  on->opened = on->heard = now;
  on->ping_at = now + ping_pause();
  listen(*on, now, todo);
}

void session::listen(link& on, time_point now, session_action::list& todo) {
  for (const auto& one : wanted_) {
    auto is_asked = std::any_of(on.questions.begin(), on.questions.end(),
                                [&](const auto& x) { return x.second.what.topic == one.topic; });
    if (auto rests = refused_.find(one.topic); rests != refused_.end() && rests->second > now)
      continue;
    refused_.erase(one.topic);
    if (is_asked || on.topics.contains(one.topic))
      continue;
    // One question for each topic, since one that is refused takes the others of its question along.
    auto nonce = next_nonce();
    on.questions[nonce] = {one, now};
    todo.emplace_back(session_action::ask{on.id, "LISTEN", std::move(nonce), one.account, {one.topic}});
  }
}

void session::unlisten(link& on, session_action::list& todo) {
  std::erase_if(on.topics, [&](const auto& listened) {
    const auto& [topic, account] = listened;
    if (is_wanted(topic))
      return false;
    // Whatever is answered: there is nothing else to be done.
    todo.emplace_back(session_action::ask{on.id, "UNLISTEN", next_nonce(), account, {topic}});
    return true;
  });
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
  on->heard = now;
  if (auto* message = std::get_if<frame::message>(&*read)) {
    if (is_double(id, *message, now))
      return std::nullopt;
    return std::move(*message);
  }
  if (std::holds_alternative<frame::pong>(*read)) {
    on->pinged.reset();
  } else if (const auto* said = std::get_if<frame::response>(&*read)) {
    answered(*on, *said, now, todo);
  } else if (const auto* revoked = std::get_if<frame::revoked>(&*read)) {
    for (const auto& topic : revoked->topics) {
      on->topics.erase(topic);
      if (!on->retires_at) // the new link is told so itself
        refuse(topic, "the authorisation has been taken back", again_.after_refusal(now), todo);
    }
  } else if (std::holds_alternative<frame::reconnect>(*read) && !on->retires_at) {
    ++counters_.moves;
    if (links_.size() == 1)
      recent_.clear(); // what is left is of an earlier move
    on->retires_at = now + options_.overlap;
    if (now - on->opened < options_.healthy_after) {
      dial_at_ = now + redial_.next(); // or a server that always says so would be dialed without end
    } else {
      redial_.reset();
      dial(todo);
    }
  }
  return std::nullopt;
}

bool session::is_double(uint64_t id, const frame::message& message, time_point now) {
  auto is_double = recent_.is_double(id, message.topic, message.text, 0, links_.size() > 1, now);
  counters_.doubles += is_double ? 1 : 0;
  return is_double;
}

void session::answered(link& on, const frame::response& said, time_point now, session_action::list& todo) {
  auto question = on.questions.extract(said.nonce);
  if (question.empty())
    return;
  const auto& [topic, account] = question.mapped().what;
  if (said.error.empty()) {
    on.topics[topic] = account;
    refused_.erase(topic);
    unlisten(on, todo); // it may have taken too long
  } else if (!on.retires_at) {
    // Asked again soon where that may help.
    auto advice = advice_for(said.error, scope_of(topic));
    refuse(topic, said.error + (advice.empty() ? "" : ": " + advice),
           said.error == "ERR_SERVER" ? now + redial_.next() : again_.after_refusal(now), todo);
  }
}

void session::granted(time_point now) {
  again_.granted(now);
  for (auto& [topic, when] : refused_)
    when = std::min(when, now);
}

void session::no_token(const std::string& nonce, const std::string& why, time_point now, session_action::list& todo) {
  for (auto& on : links_) {
    auto question = on.questions.extract(nonce);
    if (question.empty())
      continue;
    if (!on.retires_at)
      refuse(question.mapped().what.topic, why, now + redial_.next(), todo);
    return;
  }
}

void session::refuse(const std::string& topic, std::string why, time_point again, session_action::list& todo) {
  if (!is_wanted(topic))
    return; // the server speaks of something that it was never asked for
  refused_[topic] = again;
  todo.emplace_back(session_action::refused{topic, std::move(why)});
}

void session::closed(uint64_t id, const std::string& why, time_point now, session_action::list& todo) {
  if (find(id) != nullptr)
    remove(id, why, now, now, todo);
}

void session::remove(uint64_t id, const std::string& why, time_point since, time_point now,
                     session_action::list& todo) {
  const auto gone = *find(id);
  std::erase_if(links_, [&](const link& x) { return x.id == id; });
  if (gone.is_open && now - gone.opened >= options_.healthy_after)
    redial_.reset();
  if (!gone.retires_at)
    dial_at_ = now + redial_.next();
  if (gone.is_open && std::none_of(links_.begin(), links_.end(), [](const link& x) { return x.is_open; })) {
    ++counters_.losses;
    todo.emplace_back(session_action::lost{why, since});
  }
}

void session::excuse_silence(time_point now) {
  for (auto& on : links_) {
    if (on.pinged)
      on.pinged = now;
    for (auto& [nonce, question] : on.questions)
      question.asked = now;
  }
}

void session::expire(time_point now, session_action::list& todo) {
  std::vector<std::pair<uint64_t, std::string>> dead;
  for (auto& on : links_) {
    if (!on.is_open)
      continue;
    auto is_unanswered = std::any_of(on.questions.begin(), on.questions.end(),
                                     [&](const auto& x) { return now - x.second.asked >= options_.answer_timeout; });
    if (on.retires_at && now >= *on.retires_at)
      dead.emplace_back(on.id, "the server has asked to connect anew");
    else if (on.pinged && now - *on.pinged >= options_.pong_timeout)
      dead.emplace_back(on.id, "the server doesn't answer PING");
    else if (is_unanswered)
      dead.emplace_back(on.id, "the server doesn't answer LISTEN");
    else if (now >= on.ping_at) {
      on.ping_at = now + ping_pause();
      if (!on.pinged)
        on.pinged = now;
      todo.emplace_back(session_action::ping{on.id});
    }
  }
  for (const auto& [id, why] : dead) {
    todo.emplace_back(session_action::close{id});
    remove(id, why, find(id)->heard, now, todo);
  }
  if (dial_at_ && *dial_at_ <= now)
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

bool session::is_listening(const std::string& topic) const {
  return std::any_of(links_.begin(), links_.end(), [&](const link& x) { return x.topics.contains(topic); });
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
