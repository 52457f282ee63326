#include "simulator/fault_book.hpp"

namespace creamery::simulator {

namespace {

constexpr size_t max_waiting = 1000;

failure mistake(const fault& what, std::string cause) {
  return {"fault " + std::string{to_string(what.kind)}, std::move(cause)};
}

} // namespace

bool waits(const fault& what) {
  return what.kind == fault_kind::refuse_login || is_http(what.kind) || what.when != fault_moment::now;
}

bool concerns(const fault& what, std::string_view login, uint64_t connection) {
  return (what.login.empty() || what.login == login) && (what.connection == 0 || what.connection == connection);
}

result<bool> fault_book::add(fault what) {
  using kind = fault_kind;
  if (what.kind == kind::slow && what.bytes_per_second == 0 && what.latency.count() == 0)
    return mistake(what, "needs bytes_per_second or latency");
  if (what.kind == kind::slice && what.bytes == 0)
    return mistake(what, "needs bytes, the size of a piece");
  if (what.latency.count() < 0 || what.grace.count() < 0)
    return mistake(what, "a time can't be negative");
  if (what.text.find_first_of("\r\n") != std::string::npos)
    return mistake(what, "the text must be one line");
  if (what.kind == kind::http_slow && what.latency.count() == 0)
    return mistake(what, "needs a latency");
  if (what.kind == kind::http_status && (what.status < 400 || what.status > 599))
    return mistake(what, "needs a status from 400 to 599");
  if (!is_http(what.kind) && (!what.path.empty() || !what.client.empty()))
    return mistake(what, "strikes no HTTP requests, so it can have no path and no client");
  auto connecting = what.when == fault_moment::connect && what.kind != kind::refuse_login && !is_http(what.kind);
  if (connecting && !what.login.empty())
    return mistake(what, "strikes before the login is known: use \"when\": \"login\"");
  if (connecting && (what.kind == kind::garbage || what.kind == kind::reconnect))
    return mistake(what, "can't be sent before the client has logged in: use \"when\": \"login\"");
  if (!waits(what))
    return true;
  if (waiting_.size() >= max_waiting)
    return mistake(what, "too many faults wait already");
  waiting_.push_back(std::move(what));
  return true;
}

template <class Predicate>
std::vector<fault> fault_book::take_if(Predicate strikes, size_t at_most) {
  std::vector<fault> taken;
  std::erase_if(waiting_, [&](fault& x) {
    if (taken.size() >= at_most || !strikes(x))
      return false;
    taken.push_back(x);
    return x.count > 0 && --x.count == 0; // a count of 0 stays until it is cleared
  });
  return taken;
}

std::vector<fault> fault_book::take(fault_moment moment, std::string_view login, uint64_t connection) {
  return take_if(
    [&](const fault& x) {
      return x.kind != fault_kind::refuse_login && !is_http(x.kind) && x.when == moment
             && concerns(x, login, connection);
    },
    max_waiting);
}

std::optional<fault> fault_book::take_refusal(std::string_view login, uint64_t connection) {
  auto taken =
    take_if([&](const fault& x) { return x.kind == fault_kind::refuse_login && concerns(x, login, connection); }, 1);
  return taken.empty() ? std::nullopt : std::optional{std::move(taken.front())};
}

std::optional<fault> fault_book::take_http(std::string_view path, std::string_view client, std::string_view login) {
  auto taken = take_if(
    [&](const fault& x) {
      return is_http(x.kind) && path.starts_with(x.path) && (x.client.empty() || x.client == client)
             && (x.login.empty() || x.login == login);
    },
    1);
  return taken.empty() ? std::nullopt : std::optional{std::move(taken.front())};
}

} // namespace creamery::simulator
