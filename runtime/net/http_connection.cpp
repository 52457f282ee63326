#include "runtime/net/http_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <string_view>

namespace creamery {

namespace {

boost::asio::const_buffer to_buffer(std::string_view text) {
  return {text.data(), text.size()};
}

/// The buffers of a request; they belong to `job`. Put together by the system, so that no copy of a secret has to be
/// looked after.
std::array<boost::asio::const_buffer, 5> request_of(const http_job& job) {
  const auto authorization = job.call.authorization.reveal();
  return {to_buffer(job.head), to_buffer(authorization.empty() ? "" : "Authorization: "), to_buffer(authorization),
          to_buffer(authorization.empty() ? "\r\n" : "\r\n\r\n"), to_buffer(job.call.body.reveal())};
}

} // namespace

http_connection::http_connection(http_connection_owner& owner, std::shared_ptr<net_core> core, endpoint server,
                                 const http_client_options& options, std::optional<http_proxy> proxy)
  : owner_(owner),
    core_(std::move(core)),
    server_(std::move(server)),
    timeouts_(options.timeouts),
    limits_{options.max_header, options.max_answer},
    idle_timeout_(options.idle_timeout),
    proxy_(std::move(proxy)),
    idle_limit_(core_->io()) {
}

void http_connection::carry(std::shared_ptr<http_job> job) {
  idle_limit_.cancel();
  job_ = std::move(job);
  ++carried_;
  reader_.emplace(limits_, job_->call.method == "HEAD");
  if (stream_)
    write();
  else
    dial();
}

void http_connection::expire() {
  const auto within = " within the call's " + std::to_string(job_->call.timeout.count()) + " ms";
  auto give_up = [this](net_step step, std::string text) {
    end(error_at(step, make_error_code(std::errc::timed_out), std::move(text)));
  };
  if (dialer_)
    give_up(net_step::connect, "no connection" + within);
  else if (writing_)
    give_up(net_step::write, "the server didn't take the request" + within);
  else
    give_up(net_step::read, "no complete answer" + within);
}

std::shared_ptr<http_job> http_connection::close() {
  over_ = true;
  idle_limit_.cancel();
  if (dialer_)
    std::exchange(dialer_, nullptr)->cancel();
  if (stream_)
    stream_->close();
  return std::exchange(job_, nullptr);
}

bool http_connection::usable() {
  if (over_ || !stream_ || job_)
    return false;
  char next = 0;
  error_code ec;
  stream_->socket().receive(boost::asio::buffer(&next, 1), boost::asio::socket_base::message_peek, ec);
  return ec == boost::asio::error::would_block; // the dialer has made the socket non-blocking
}

void http_connection::dial() {
  dialer_ = std::make_shared<dialer>(
    core_, server_, timeouts_, proxy_,
    [self = shared_from_this()](dialled connection) { self->on_dialled(std::move(connection)); },
    [self = shared_from_this()](net_error why) { self->end(std::move(why)); });
  dialer_->start();
}

void http_connection::on_dialled(dialled connection) {
  dialer_.reset();
  stream_ = std::move(connection.stream);
  if (!connection.unread.empty())
    return end(error_at(net_step::protocol, {}, "the server spoke before it was asked"));
  write();
  read();
}

void http_connection::write() {
  writing_ = true;
  job_->maybe_received = true;
  boost::asio::async_write(*stream_, request_of(*job_), [self = shared_from_this(), job = job_](error_code ec, size_t) {
    // When it has failed, the read will tell why. It may even find an answer: a refusal of what is too long, say.
    if (!ec)
      self->writing_ = false;
  });
}

void http_connection::read() {
  stream_->async_read_some(boost::asio::buffer(received_),
                           [self = shared_from_this()](error_code ec, size_t size) { self->on_read(ec, size); });
}

void http_connection::on_read(error_code ec, size_t size) {
  if (over_)
    return;
  if (!job_)
    return end(error_at(net_step::read, ec, "the server ended the idle connection"));
  if (auto broken = reader_->feed({received_.data(), size}))
    return end(error_at(net_step::protocol, {}, to_string(*broken)));
  if (ec == boost::asio::error::eof)
    reader_->feed_end();
  if (reader_->complete())
    return answered(bool{ec});
  if (!ec)
    return read();
  const bool ended = ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated;
  const auto what = ended ? std::string{"the server ended the connection"} : ec.message();
  end(error_at(net_step::read, ec, what + " " + std::string{reader_->where()}), carried_ > 1 && reader_->empty());
}

/// @param at_end the connection has ended with the answer.
void http_connection::answered(bool at_end) {
  const auto self = shared_from_this();
  auto job = std::exchange(job_, nullptr);
  if (at_end || writing_ || !reader_->keeps_connection())
    close();
  else
    wait_for_next();
  owner_.on_answered(self, std::move(job), reader_->take());
}

void http_connection::wait_for_next() {
  read();
  idle_limit_.expires_after(idle_timeout_);
  idle_limit_.async_wait([self = shared_from_this()](error_code cancelled) {
    // It may be late: another call may be under way, or over as well.
    if (!cancelled && !self->over_ && !self->job_ && self->idle_limit_.expiry() <= clock::now())
      self->end(self->error_at(net_step::closed_by_us, {}, "not needed any more"));
  });
}

void http_connection::end(net_error why, bool stale) {
  const auto self = shared_from_this();
  auto job = close();
  owner_.on_ended(self, std::move(job), std::move(why), stale);
}

net_error http_connection::error_at(net_step step, std::error_code code, std::string text) const {
  return http_error(server_, step, code, std::move(text));
}

net_error http_error(const endpoint& server, net_step step, std::error_code code, std::string text) {
  net_error made;
  made.step = step;
  made.endpoint = host_and_port(server);
  made.code = code;
  made.text = std::move(text);
  return made;
}

} // namespace creamery
