#include "runtime/net/http_pool.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

result<std::optional<http_proxy>> proxy_for(const http_client_options& options, const proxy_rules& rules,
                                            const endpoint& server) {
  if (options.proxy)
    return options.proxy;
  return choose_proxy(rules, server);
}

} // namespace

http_pool::http_pool(std::shared_ptr<net_core> core, http_url base, http_client_options options)
  : core_(std::move(core)),
    base_(std::move(base)),
    options_(std::move(options)),
    proxy_(proxy_for(options_, core_->proxies(), base_.server)) {
}

// -- for any thread ---------------------------------------------------------------------------------------------------

void http_pool::start() {
  core_->post([self = shared_from_this()] {
    self->self_ = self;
    self->core_->add(self.get(), self);
  });
}

bool http_pool::send(http_call call, http_done done) {
  auto job = std::make_shared<http_job>(core_->io(), std::move(call), std::move(done));
  job->deadline.expires_after(job->call.timeout);
  return core_->post([self = shared_from_this(), job = std::move(job)] { self->begin(job); });
}

void http_pool::end() {
  core_->post([self = shared_from_this()] { self->shut_down(); });
}

// -- on the network thread --------------------------------------------------------------------------------------------

void http_pool::begin(const std::shared_ptr<http_job>& job) {
  if (ended_)
    return fail(*job, error_at(net_step::closed_by_us, {}, "the client has ended"));
  if (const auto mistake = mistake_in(job->call))
    return fail(*job, error_at(net_step::write, make_error_code(std::errc::invalid_argument), "refused: " + *mistake));
  if (!proxy_)
    return fail(*job, error_at(net_step::proxy, {}, to_string(proxy_.error())));
  job->head = request_head(base_, job->call);
  job->deadline.async_wait([self = shared_from_this(), job](boost::system::error_code cancelled) {
    if (!cancelled && job->done) // it may be late
      self->expire(job);
  });
  waiting_.push_back(job);
  serve();
  if (waiting_.size() <= options_.max_waiting)
    return;
  waiting_.pop_back(); // it stands last, since others that have waited are served before it
  fail(*job, error_at(net_step::write, make_error_code(std::errc::no_buffer_space),
                      "refused: " + std::to_string(waiting_.size()) + " calls are waiting already"));
}

void http_pool::serve() {
  while (!waiting_.empty()) {
    const auto next = waiting_.front();
    const auto connection = find_connection(next->call.fresh || next->repeated);
    if (!connection)
      return;
    waiting_.pop_front();
    busy_.push_back(connection);
    next->carrier = connection.get();
    connection->carry(next);
  }
}

/// @returns a connection that can carry a call, or null when there are as many as there may be.
std::shared_ptr<http_connection> http_pool::find_connection(bool fresh) {
  while (!fresh && !idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->usable())
      return connection;
    connection->close();
  }
  const auto limit = std::max<size_t>(options_.max_connections, 1);
  if (busy_.size() + idle_.size() >= limit) {
    if (idle_.empty())
      return nullptr;
    idle_.front()->close();
    idle_.erase(idle_.begin());
  }
  return std::make_shared<http_connection>(*this, core_, base_.server, options_, *proxy_);
}

void http_pool::expire(const std::shared_ptr<http_job>& job) {
  if (job->carrier != nullptr)
    return job->carrier->expire();
  std::erase(waiting_, job);
  fail(*job,
       error_at(net_step::connect, make_error_code(std::errc::timed_out),
                "no connection became free within the call's " + std::to_string(job->call.timeout.count()) + " ms"));
}

void http_pool::on_answered(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job,
                            http_answer answer) {
  std::erase(busy_, connection);
  if (connection->usable())
    idle_.push_back(std::move(connection));
  else
    connection->close();
  serve();
  job->deadline.cancel();
  std::exchange(job->done, nullptr)(std::move(answer));
}

void http_pool::on_ended(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job, net_error why,
                         bool stale) {
  std::erase(busy_, connection);
  std::erase(idle_, connection);
  const bool repeat = stale && !job->repeated && may_repeat(job->call);
  if (repeat) {
    job->repeated = true;
    job->carrier = nullptr;
    waiting_.push_front(job);
  }
  serve();
  if (job && !repeat)
    fail(*job, std::move(why));
}

void http_pool::fail(http_job& job, net_error why) {
  job.deadline.cancel();
  std::exchange(job.done, nullptr)(http_failure{std::move(why), job.maybe_received});
}

void http_pool::shut_down() {
  if (std::exchange(ended_, true))
    return;
  std::vector<std::shared_ptr<http_job>> unanswered;
  for (const auto& connection : busy_)
    if (auto job = connection->close())
      unanswered.push_back(std::move(job));
  for (const auto& connection : idle_)
    connection->close();
  unanswered.insert(unanswered.end(), waiting_.begin(), waiting_.end());
  busy_.clear();
  idle_.clear();
  waiting_.clear();
  for (const auto& job : unanswered)
    fail(*job, error_at(net_step::closed_by_us, {}, "the client has ended"));
  core_->remove(this);
  self_.reset();
}

net_error http_pool::error_at(net_step step, std::error_code code, std::string text) const {
  return http_error(base_.server, step, code, std::move(text));
}

} // namespace creamery
