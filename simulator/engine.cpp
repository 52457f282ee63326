#include "simulator/engine.hpp"

#include "runtime/net/self_signed.hpp"
#include "simulator/control_api.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace creamery::simulator {

namespace {

/// Lines of one replay or raid in one turn of the event loop, so that clients are heard in between.
constexpr size_t lines_in_turn = 1000;

/// How often PINGs, time-outs and announcements are looked after, and the history file is brought up to date.
constexpr auto house_period = std::chrono::milliseconds{50};

/// Nothing is done more often than this, or each line at 100,000 a second would cost a wake-up.
constexpr auto shortest_sleep = std::chrono::microseconds{500};

/// A replay's lines may be sent in a body.
constexpr uint64_t largest_control_body = uint64_t{64} << 20;

constexpr size_t kept_replays = 100;
constexpr size_t max_raids = 100;

} // namespace

result<std::unique_ptr<engine>> engine::make(options setup) {
  std::unique_ptr<engine> made{new engine(std::move(setup))};
  if (auto prepared = made->prepare(); !prepared)
    return prepared.error();
  return made;
}

engine::engine(options setup)
  : setup_(std::move(setup)),
    log_(setup_.history_limit),
    chat_(setup_, log_),
    web_(setup_, chat_, log_),
    webhooks_(web_.helix().eventsub().book(), log_),
    events_(web_.helix().eventsub().book(), log_, webhooks_,
            [this](std::string_view id) -> event_person {
              auto known = chat_.find_user(id);
              return known ? event_person{std::string{id}, known->who.login, known->who.display_name}
                           : event_person{std::string{id}, "somebody", "Somebody"};
            }),
    pubsub_(chat_.accounts().tokens(), log_, [this](std::string_view login) { return chat_.who_is(login).user_id; }),
    event_sockets_(events_, pubsub_),
    random_(setup_.seed ? setup_.seed : random_seed()),
    chat_timer_(io_),
    house_timer_(io_),
    poster_(io_, webhooks_, setup_.webhook_ca_file) {
  webhooks_.post_with([this](webhook_post what) { poster_.post(std::move(what)); });
  chat_.tell_of_messages([this](const said_message& said, const parent_line* parent, time_point now) {
    if (!events_.has_subscriptions("channel.chat.message"))
      return;
    trigger_request request;
    request.type = "channel.chat.message";
    request.event = chat_message_event(said, chat_.who_is(said.where.name()), parent);
    (void)events_.trigger(request, now);
  });
}

engine::~engine() = default;

result<bool> engine::prepare() {
  if (setup_.lines_per_frame == 0)
    return failure{"lines_per_frame", "must be at least 1"};
  if (!setup_.history_file.empty())
    if (auto opened = log_.write_to(setup_.history_file); !opened)
      return opened;
  if (!setup_.scenario.empty()) {
    auto plot = setup_.scenario == "default" ? parse_scenario(default_scenario(), "the built-in scenario")
                                             : load_scenario(setup_.scenario);
    if (!plot)
      return plot.error();
    if (setup_.seed != 0)
      plot->seed = setup_.seed;
    else if (plot->seed == 0)
      plot->seed = random_seed();
    scenario_.emplace(std::move(*plot), clock::now());
  }
  if (auto prepared = prepare_tls(); !prepared)
    return prepared;
  auto opened = listener::open(io_, setup_);
  if (!opened)
    return opened.error();
  doors_.emplace(std::move(*opened));
  chat_.find_parents_with([this](std::string_view id) -> std::optional<parent_line> {
    for (const auto& player : replays_)
      if (auto found = player.find(id))
        return found;
    return std::nullopt;
  });
  return true;
}

result<bool> engine::prepare_tls() {
  std::vector<std::string> names{"localhost"};
  names.insert(names.end(), setup_.bind.begin(), setup_.bind.end());
  names.insert(names.end(), setup_.host_names.begin(), setup_.host_names.end());
  auto made = make_self_signed(names);
  if (!made)
    return made.error();
  error_code why;
  tls_.use_certificate_chain(net::buffer(made->certificate), why);
  if (!why)
    tls_.use_private_key(net::buffer(made->private_key), net::ssl::context::pem, why);
  if (why)
    return failure{"TLS", why.message()};
  ca_certificate_ = std::move(made->ca_certificate);
  if (setup_.ca_file.empty())
    return true;
  std::ofstream file{setup_.ca_file, std::ios::binary | std::ios::trunc};
  if (!(file << ca_certificate_) || !file.flush())
    return failure{setup_.ca_file, std::string{"can't be written: "} + std::strerror(errno)};
  return true;
}

void engine::run() {
  doors_->start([this](size_t door, tcp::socket socket) { accept(door, std::move(socket)); });
  keep_house();
  plan();
  io_.run();
  log_.flush();
}

void engine::stop() {
  net::post(io_, [this] { close_all(); });
}

void engine::close_all() {
  stopping_ = true;
  doors_->stop();
  chat_timer_.cancel();
  house_timer_.cancel();
  for (auto& weak : pages_)
    if (auto page = weak.lock())
      page->close();
  for (auto& [link, whom] : clients_)
    link->reset("simulator stopped");
  event_sockets_.close_all();
}

void engine::accept(size_t door, tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  if (door == listener::events_door || door == listener::secure_events_door)
    return accept_events(door, std::move(socket));
  if (door >= listener::control_door)
    return accept_http(door, std::move(socket));
  if (clients_.size() >= setup_.max_connections)
    return; // the socket closes
  auto kind = static_cast<transport_kind>(door);
  auto link = make_connection(kind, std::move(socket), io_, tls_, *this, setup_.lines_per_frame);
  clients_[link.get()] = {link, &chat_.open(*link, to_string(kind), clock::now())};
  link->start();
}

void engine::accept_events(size_t door, tcp::socket socket) {
  if (event_sockets_.size() >= setup_.max_connections)
    return; // the socket closes
  auto kind = door == listener::events_door ? transport_kind::ws : transport_kind::wss;
  auto ports = doors_->ports();
  auto base = kind == transport_kind::ws ? "ws://localhost:" + std::to_string(ports.events)
                                         : "wss://localhost:" + std::to_string(ports.secure_events);
  event_sockets_.accept(make_connection(kind, std::move(socket), io_, tls_, event_sockets_, 1), std::move(base));
}

void engine::accept_http(size_t door, tcp::socket socket) {
  std::erase_if(pages_, [](const auto& x) { return x.expired(); });
  auto is_control = door == listener::control_door;
  if (!is_control && pages_.size() >= setup_.max_http_connections)
    return; // the socket closes; whoever rules this server still gets in
  http_bounds bounds;
  if (is_control)
    bounds.body = largest_control_body;
  auto page = make_http_session(std::move(socket), door == listener::https_door ? &tls_ : nullptr, bounds,
                                [this, is_control](const http_request& request) {
                                  return is_control ? answer(*this, request) : web_.answer(request, clock::now());
                                });
  pages_.push_back(page);
  page->start();
}

void engine::on_line(connection& from, std::string_view line) {
  if (auto known = clients_.find(&from); known != clients_.end())
    chat_.receive(*known->second.talk, line, clock::now());
}

void engine::on_drained(connection&) {
  if (std::any_of(replays_.begin(), replays_.end(), [](const auto& x) { return x.waits_for_client(); }))
    make_chat();
}

void engine::on_gone(connection& gone, std::string_view reason) {
  auto known = clients_.find(&gone);
  if (known == clients_.end())
    return;
  chat_.closed(*known->second.talk, reason, gone.unwritten_lines(), clock::now());
  clients_.erase(known);
  on_drained(gone); // a replay that waited for it waits no more
}

void engine::make_chat() {
  if (stopping_)
    return;
  auto now = clock::now();
  if (scenario_) {
    for (auto& request : scenario_->play(chat_, lines_in_turn, now))
      (void)raid(std::move(request)); // were checked when the scenario was read
    for (const auto& event : scenario_->take_events())
      (void)events_.trigger(event, now);
  }
  for (auto& player : raids_)
    player.play(chat_, lines_in_turn, now);
  raids_.remove_if([](const auto& x) { return x.is_over(); });
  for (auto& player : replays_)
    player.play(chat_, lines_in_turn, now);
  plan();
}

void engine::plan() {
  auto now = clock::now();
  auto next = scenario_ ? scenario_->next() : time_point::max();
  for (const auto& player : raids_)
    next = std::min(next, player.next(now));
  for (const auto& player : replays_)
    next = std::min(next, player.next());
  if (next == time_point::max()) {
    chat_timer_.cancel();
  } else if (next <= now) {
    chat_timer_.cancel();
    if (!std::exchange(chat_planned_, true))
      net::post(io_, [this] {
        chat_planned_ = false;
        make_chat();
      });
  } else {
    chat_timer_.expires_after(std::max<duration>(next - now, shortest_sleep));
    chat_timer_.async_wait([this](error_code cancelled) {
      if (!cancelled)
        make_chat();
    });
  }
}

void engine::keep_house() {
  if (stopping_)
    return;
  chat_.tick(clock::now());
  web_.tick(clock::now());
  events_.tick(clock::now());
  webhooks_.tick(clock::now());
  pubsub_.tick(clock::now());
  log_.flush();
  house_timer_.expires_after(house_period);
  house_timer_.async_wait([this](error_code cancelled) {
    if (!cancelled)
      keep_house();
  });
}

result<bool> engine::raid(raid_request request) {
  if (auto checked = raid_player::check(request); !checked)
    return checked;
  if (!chat_.get_room(request.channel))
    return failure{"raid: channel '" + request.channel + "'", "a channel's name has 1 to 25 of a-z, 0-9, _"};
  if (raids_.size() >= max_raids)
    return failure{"raid", "so many raids are going on already"};
  raids_.emplace_back(std::move(request), random_.next(), clock::now());
  plan();
  return true;
}

result<uint64_t> engine::replay(std::shared_ptr<const replay_file> file, replay_request request) {
  if (auto checked = replay_player::check(request); !checked)
    return checked.error();
  while (replays_.size() >= kept_replays) {
    if (!replays_.front().is_over())
      return failure{"replay", "so many replays are going on already"};
    replays_.pop_front();
  }
  replays_.emplace_back(next_replay_, std::move(file), std::move(request), setup_.output_limit / 4);
  plan();
  return next_replay_++;
}

std::vector<replay_status> engine::replays() const {
  std::vector<replay_status> all;
  for (const auto& player : replays_)
    all.push_back(player.status(clock::now()));
  return all;
}

bool engine::stop_replay(uint64_t number) {
  auto now = clock::now();
  for (auto& player : replays_) {
    if (player.status(now).id == number && !player.is_over()) {
      player.stop(now);
      plan();
      return true;
    }
  }
  return false;
}

void engine::fall_silent() {
  auto now = clock::now();
  scenario_.reset();
  raids_.clear();
  for (auto& player : replays_)
    if (!player.is_over())
      player.stop(now);
  plan();
}

std::vector<connection_info> engine::connections() const {
  std::vector<connection_info> all;
  for (const auto& [id, whom] : chat_.sessions())
    all.push_back({id, whom->transport, whom->login, whom->joined.size(), whom->link->queued(), whom->half_open});
  return all;
}

} // namespace creamery::simulator
