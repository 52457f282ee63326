#include "runtime/net/session_state.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

/// The numbers have one writer, so no locked instruction is needed to count.
void count(std::atomic<uint64_t>& counter, uint64_t more = 1) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

bool is_end_of_stream(const boost::system::error_code& ec) noexcept {
  return ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated;
}

} // namespace

session_state::session_state(std::shared_ptr<net_core> core, endpoint server, net_options options,
                             std::unique_ptr<net_listener> listener)
  : core_(std::move(core)),
    server_(std::move(server)),
    options_(std::move(options)),
    listener_(std::move(listener)),
    received_(core_->slabs()),
    decoder_(options_.max_message),
    splitter_(options_.max_line),
    silence_(core_->io()),
    write_limit_(core_->io()),
    closing_(core_->io()),
    credit_(options_.window),
    unsent_(server_.is_websocket(), options_.max_unsent) {
}

// -- for any thread ---------------------------------------------------------------------------------------------------

void session_state::start() {
  core_->post([self = shared_from_this()] { self->dial(); });
}

bool session_state::send(std::string_view bytes) {
  const auto outcome = unsent_.push(bytes);
  if (outcome == send_queue::outcome::wake)
    core_->post([self = shared_from_this()] { self->write(); });
  return outcome != send_queue::outcome::refused;
}

size_t session_state::discard_unsent() {
  return unsent_.discard();
}

void session_state::release(size_t cost) {
  credit_.release(cost);
  // Either the network thread sees the new credit after it has set `paused_`, or this sees `paused_`.
  if (paused_.load() && !credit_.exhausted())
    core_->post([self = shared_from_this()] { self->pause_or_read(); });
}

bool session_state::attach(std::unique_ptr<net_listener> listener) {
  return core_->post(
    [self = shared_from_this(), next = std::move(listener)]() mutable { self->deliver_to(std::move(next)); });
}

void session_state::close() {
  if (close_asked_.exchange(true))
    return;
  unsent_.finish();
  core_->post([self = shared_from_this()] { self->shut_down(); });
}

net_statistics session_state::statistics() const {
  auto read = [](const std::atomic<uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  return {
    .bytes_in = read(counts_.bytes_in),
    .bytes_out = read(counts_.bytes_out),
    .reads = read(counts_.reads),
    .writes = read(counts_.writes),
    .frames_in = read(counts_.frames_in),
    .lines_in = credit_.lines(),
    .oversize_lines = read(counts_.oversize_lines),
    .outstanding = credit_.outstanding(),
    .unsent = unsent_.size(),
    .reading_paused = paused_.load(),
  };
}

// -- becoming open ----------------------------------------------------------------------------------------------------

void session_state::dial() {
  core_->add(this, weak_from_this());
  if (phase_ == phase::closed) // the thread is about to stop
    return;
  auto proxy = options_.proxy;
  if (!proxy) {
    auto chosen = choose_proxy(core_->proxies(), server_);
    if (!chosen)
      return finish(error_at(net_step::proxy, {}, to_string(chosen.error())));
    proxy = *std::move(chosen);
  }
  dialer_ = std::make_shared<dialer>(
    core_, server_, options_.timeouts, std::move(proxy),
    [self = shared_from_this()](dialled connection) { self->on_dialled(std::move(connection)); },
    [self = shared_from_this()](net_error why) { self->finish(std::move(why)); });
  dialer_->start();
}

void session_state::on_dialled(dialled connection) {
  dialer_.reset();
  stream_ = std::move(connection.stream);
  phase_ = phase::open;
  last_read_ = clock::now();
  watch_silence(options_.timeouts.idle);
  listener_->on_open();
  write();
  take_first(connection.unread);
  pause_or_read();
}

/// What came right behind the upgrade is handled as if it had just been read.
void session_state::take_first(std::string_view received) {
  while (!received.empty()) {
    const auto room = received_.prepare(decoder_.unfinished_frame());
    const auto size = std::min(received.size(), room.size());
    std::copy_n(received.data(), size, room.data());
    received.remove_prefix(size);
    received_.commit(size);
    count(counts_.bytes_in, size);
    take_received();
  }
}

void session_state::watch_silence(clock::duration remaining) {
  silence_.expires_after(remaining);
  silence_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (cancelled || self->phase_ != phase::open)
      return;
    const auto limit = self->options_.timeouts.idle;
    const auto silence = self->paused_ ? clock::duration::zero() : clock::now() - self->last_read_;
    if (silence < limit)
      return self->watch_silence(limit - silence);
    self->finish(self->error_at(net_step::read, boost::asio::error::timed_out,
                                "nothing was received for " + std::to_string(limit.count()) + " ms"));
  });
}

void session_state::deliver_to(std::unique_ptr<net_listener> listener) {
  if (stream_) {
    listener->on_open();
    for (auto& batch : credit_.unreleased())
      listener->on_lines(std::move(batch));
  }
  if (reported_)
    listener->on_closed(*reported_);
  else
    listener_ = std::move(listener);
}

// -- reading ----------------------------------------------------------------------------------------------------------

bool session_state::wants_to_read() const noexcept {
  return !reading_ && !deaf_ && (phase_ == phase::open || phase_ == phase::closing);
}

void session_state::pause_or_read() {
  if (!wants_to_read())
    return;
  if (credit_.exhausted()) {
    paused_ = true;
    if (credit_.exhausted()) // still so, now that everybody who releases can see that reading is paused
      return;
  }
  if (paused_.exchange(false))
    last_read_ = clock::now(); // the silence was ours
  read();
}

void session_state::read() {
  reading_ = true;
  const auto room = received_.prepare(decoder_.unfinished_frame());
  stream_->async_read_some(boost::asio::buffer(room.data(), room.size()),
                           [self = shared_from_this()](error_code ec, size_t size) { self->on_read(ec, size); });
}

void session_state::on_read(error_code ec, size_t size) {
  reading_ = false;
  if (phase_ == phase::closed)
    return;
  received_.commit(size);
  // With TLS a read gives one record: take those that are here already, too. Not while something is being written,
  // since both would want what TLS has to send.
  if (!ec && !writing_ && !said_goodbye_) {
    const auto more = stream_->read_buffered(received_.more_room(receive_buffer::max_read - size), ec);
    received_.commit(more);
    size += more;
  }
  if (size > 0) {
    last_read_ = clock::now();
    count(counts_.reads);
    count(counts_.bytes_in, size);
    take_received();
  }
  if (ec)
    on_read_error(ec);
  else
    pause_or_read();
}

void session_state::on_read_error(error_code ec) {
  if (phase_ == phase::closing && !deaf_)
    finish(std::move(end_)); // the end that was waited for, or as good as that
  else if (phase_ == phase::open)
    finish(error_at(net_step::read, ec, is_end_of_stream(ec) ? "the server ended the connection" : ec.message()));
}

void session_state::take_received() {
  if (deaf_)
    return;
  if (server_.is_websocket())
    take_frames();
  else
    take_lines();
}

void session_state::take_lines() {
  const auto size = splitter_.split(received_.unread(), received_.offset(), lines_);
  publish(received_.memory(), size);
  received_.consume(size);
}

void session_state::take_frames() {
  const auto memory = received_.memory();
  size_t charged = 0;
  std::optional<frame> last; // after it, nothing counts
  decoder_.feed(received_.unread());
  while (const auto next = last ? std::nullopt : decoder_.next()) {
    count(counts_.frames_in);
    switch (next->kind) {
      case opcode::text:
        if (next->in_place) {
          add_lines(next->payload, static_cast<size_t>(next->payload.data() - memory->data()));
        } else { // lies elsewhere: makes a batch of its own, behind what came before it
          publish(memory, decoder_.consumed() - charged);
          charged = decoder_.consumed();
          auto copy = slab::copy_of(next->payload);
          add_lines(next->payload, 0);
          publish(std::move(copy), next->payload.size());
        }
        break;
      case opcode::ping: unsent_.push_pong(next->payload); break;
      case opcode::binary:
      case opcode::close: last = next; break;
      case opcode::pong: // we didn't ask for it; the bytes alone are a sign of life
      case opcode::continuation: break;
    }
  }
  publish(memory, decoder_.consumed() - charged);
  received_.consume(decoder_.consumed());
  write();
  if (const auto fault = decoder_.fault())
    begin_closing(error_at(net_step::protocol, {}, std::string{to_string(*fault)}), close_code_for(*fault));
  else if (last && last->kind == opcode::binary)
    begin_closing(error_at(net_step::protocol, {}, "a binary message, where only text has a meaning"),
                  close_code::unsupported_data);
  else if (last)
    on_close_frame(*last);
}

void session_state::add_lines(std::string_view message, size_t offset) {
  if (!options_.whole_messages)
    splitter_.split_message(message, offset, lines_);
  else if (!message.empty())
    lines_.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(message.size())});
}

void session_state::publish(std::shared_ptr<const slab> memory, size_t cost) {
  counts_.oversize_lines.store(splitter_.oversize(), std::memory_order_relaxed);
  if (!lines_.empty())
    listener_->on_lines(credit_.publish(std::move(memory), lines_, cost));
}

// -- writing ----------------------------------------------------------------------------------------------------------

void session_state::write() {
  if (writing_ || said_goodbye_ || (phase_ != phase::open && phase_ != phase::closing))
    return;
  if (!unsent_.take(outgoing_)) {
    if (phase_ == phase::closing)
      on_all_written();
    return;
  }
  writing_ = true;
  write_limit_.expires_after(options_.timeouts.write);
  write_limit_.async_wait([self = shared_from_this()](error_code cancelled) {
    // It may be late for a write that has ended while another one has begun.
    if (!cancelled && self->writing_ && self->write_limit_.expiry() <= clock::now())
      self->finish(self->error_at(net_step::write, boost::asio::error::timed_out, "the server takes nothing"));
  });
  boost::asio::async_write(*stream_, boost::asio::buffer(outgoing_),
                           [self = shared_from_this()](error_code ec, size_t size) { self->on_written(ec, size); });
}

void session_state::on_written(error_code ec, size_t size) {
  writing_ = false;
  write_limit_.cancel();
  count(counts_.writes);
  count(counts_.bytes_out, size);
  if (phase_ == phase::closed)
    return;
  if (!ec)
    return write();
  // What the server said before it went may still be there to be read, and tells more than "broken pipe".
  said_goodbye_ = true;
  unsent_.finish();
  if (phase_ == phase::open)
    limit_closing(error_at(net_step::write, ec, ec.message()));
  if (!reading_)
    finish(std::move(end_));
}

// -- the end ----------------------------------------------------------------------------------------------------------

void session_state::shut_down() {
  unsent_.finish();
  auto on_purpose = error_at(net_step::closed_by_us, {}, {});
  if (phase_ == phase::dialling)
    finish(std::move(on_purpose));
  else if (phase_ == phase::open)
    begin_closing(std::move(on_purpose), close_code::normal);
}

void session_state::on_close_frame(const frame& goodbye) {
  if (phase_ == phase::closing) { // the answer to ours
    deaf_ = true;
    return write();
  }
  auto why = error_at(net_step::closed_by_server, {}, {});
  why.close_code = goodbye.close_code;
  why.close_reason = goodbye.payload;
  begin_closing(std::move(why), goodbye.close_code); // RFC 6455 §5.5.1: answered with the same code
}

/// @param close_code for the close frame, if there are frames.
void session_state::begin_closing(net_error why, uint16_t close_code) {
  if (phase_ != phase::open) // a fault while closing: its end is near anyway, and known already
    return;
  deaf_ = why.step != net_step::closed_by_us;
  limit_closing(std::move(why));
  unsent_.push_close(close_code, {});
  write();
}

void session_state::limit_closing(net_error why) {
  phase_ = phase::closing;
  end_ = std::move(why);
  closing_.expires_after(options_.timeouts.close);
  closing_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled)
      self->finish(std::move(self->end_));
  });
}

void session_state::on_all_written() {
  const bool wait_for_answer = server_.is_websocket() && !deaf_;
  if (!wait_for_answer)
    say_goodbye();
}

void session_state::say_goodbye() {
  said_goodbye_ = true;
  if (end_.step != net_step::closed_by_us)
    report(end_); // the owner wants to go on elsewhere; being polite can take its time
  stream_->async_shutdown([self = shared_from_this()](error_code) {
    // Whether it went well or not, there is nothing left to say. But closing a socket that holds unread bytes would
    // also throw away what the server hasn't received yet, so the server's end is waited for.
    if (self->phase_ == phase::closing && (self->stream_->encrypted() || !self->reading_))
      self->finish(std::move(self->end_));
  });
}

void session_state::finish(net_error why) {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  unsent_.finish();
  if (dialer_)
    std::exchange(dialer_, nullptr)->cancel();
  if (stream_)
    stream_->close();
  silence_.cancel();
  write_limit_.cancel();
  closing_.cancel();
  report(std::move(why));
  core_->remove(this);
}

void session_state::report(net_error why) {
  if (reported_)
    return;
  reported_ = why;
  const auto listener = std::exchange(listener_, nullptr);
  listener->on_closed(std::move(why));
}

net_error session_state::error_at(net_step step, error_code ec, std::string text) const {
  net_error made;
  made.step = step;
  made.endpoint = host_and_port(server_);
  made.code = ec == boost::asio::error::timed_out ? make_error_code(std::errc::timed_out) : std::error_code{ec};
  made.text = std::move(text);
  return made;
}

} // namespace creamery
