#include "simulator/connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>

namespace creamery::simulator {

namespace {

/// A client that was said goodbye to has so long to close its side.
constexpr auto patience = std::chrono::seconds{2};

} // namespace

connection::connection(net::io_context& io, connection_owner& owner)
  : io_(io), owner_(owner), pace_(io), patience_(io) {
}

void connection::send(std::string_view line, bool chat) {
  if (stage_ != stage::open || half_open_ || reset_when_written_)
    return;
  packed_.append(line).append("\r\n");
  packed_lines_ += chat ? 1 : 0;
  if (++packed_count_ >= lines_in_pack())
    pack();
  flush_later();
}

void connection::pack() {
  if (packed_.empty())
    return;
  auto& out = queue_.tail();
  auto begin = out.size();
  encode(out);
  if (cutting_) {
    auto whole = out.size() - begin;
    out.resize(begin + (cut_at_ > 0 && cut_at_ < whole ? cut_at_ : whole / 2));
    reset_when_written_ = true;
  }
  queue_.commit(packed_lines_, clock::now());
  packed_.clear();
  packed_count_ = packed_lines_ = 0;
}

void connection::flush_later() {
  if (std::exchange(flush_planned_, true))
    return;
  net::post(io_, [self = shared_from_this()] {
    self->flush_planned_ = false;
    self->pack();
    self->flush();
  });
}

void connection::flush() {
  if (writing_ || half_open_ || stage_ == stage::gone)
    return;
  auto now = clock::now();
  if (auto bytes = queue_.next(now); !bytes.empty()) {
    writing_ = true;
    write_some(bytes);
  } else if (!queue_.empty()) {
    pace_.expires_after(queue_.ready_at() - now);
    pace_.async_wait([self = shared_from_this()](error_code why) {
      if (!why)
        self->flush();
    });
  } else if (reset_when_written_) {
    reset("fault");
  } else if (stage_ == stage::finishing && packed_.empty()) {
    if (wordless_)
      hang_up();
    else
      say_goodbye();
  }
}

void connection::on_written(error_code why, size_t size) {
  writing_ = false;
  if (why)
    return failed(why);
  queue_.written(size, clock::now());
  flush();
  owner_.on_drained(*this);
}

size_t connection::queued() const {
  return queue_.size() + packed_.size();
}

void connection::ready() {
  if (stage_ == stage::opening)
    stage_ = stage::open;
}

bool connection::take(std::string_view bytes) {
  if (half_open_ || stage_ == stage::gone)
    return false;
  splitter_.feed(bytes, [this](std::string_view line) { owner_.on_line(*this, line); });
  return !half_open_ && stage_ != stage::gone;
}

void connection::failed(error_code why) {
  if (half_open_)
    return; // it looks alive to the other side, and that is all it does
  auto closed_by_client = why == net::error::eof || why == net::error::connection_reset;
  gone(stage_ == stage::finishing ? "closed by server" : closed_by_client ? "closed by client" : why.message());
}

void connection::finish() {
  if (stage_ == stage::finishing || stage_ == stage::gone)
    return;
  if (stage_ == stage::opening)
    return reset("closed by server"); // in the middle of a handshake there is no good order to end in
  pack();
  stage_ = stage::finishing;
  // The client may not read any more, so that what waits for it can't be written: then there is an end to it, too.
  reset_unless_closed();
  flush_later();
}

void connection::finish(uint16_t code, std::string_view reason) {
  goodbye_code_ = code;
  goodbye_reason_ = reason;
  finish();
}

void connection::hang_up() {
  error_code ignored;
  socket().shutdown(tcp::socket::shutdown_send, ignored);
  reset_unless_closed();
}

void connection::reset_unless_closed() {
  patience_.expires_after(patience);
  patience_.async_wait([self = shared_from_this()](error_code why) {
    if (!why)
      self->reset("closed by server");
  });
}

void connection::reset(std::string_view reason) {
  error_code ignored;
  half_open_ = false;
  socket().set_option(net::socket_base::linger{true, 0}, ignored);
  socket().close(ignored);
  gone(reason);
}

void connection::gone(std::string_view reason) {
  if (std::exchange(stage_, stage::gone) == stage::gone)
    return;
  pace_.cancel();
  patience_.cancel();
  error_code ignored;
  socket().close(ignored);
  net::post(io_, [self = shared_from_this(), why = std::string{reason}] { self->owner_.on_gone(*self, why); });
}

void connection::strike(const fault& what) {
  auto shape = queue_.shape();
  switch (what.kind) {
    case fault_kind::reset: reset("reset by server"); break;
    case fault_kind::finish:
      wordless_ = true;
      finish();
      break;
    case fault_kind::half_open: {
      half_open_ = true;
      pace_.cancel();
      error_code ignored;
      socket().cancel(ignored);
      break;
    }
    case fault_kind::slow:
      shape.bytes_per_second = what.bytes_per_second;
      shape.latency = what.latency;
      queue_.shape(shape);
      flush_later();
      break;
    case fault_kind::slice:
      shape.piece = what.bytes;
      queue_.shape(shape);
      break;
    case fault_kind::cut:
      cutting_ = true;
      cut_at_ = what.bytes;
      break;
    default: break; // those that are lines are sent by whoever has the words
  }
}

} // namespace creamery::simulator
