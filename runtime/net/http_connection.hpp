#pragma once

#include "runtime/net/byte_stream.hpp"
#include "runtime/net/dialer.hpp"
#include "runtime/net/http_answer_reader.hpp"
#include "runtime/net/http_call.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/net_core.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace creamery {

/// A call on its way. Belongs to the network thread.
struct http_job {
  http_job(boost::asio::io_context& io, http_call what, http_done whom)
    : call(std::move(what)), done(std::move(whom)), deadline(io) {
  }

  http_call call;
  /// Taken away when it is called.
  http_done done;
  boost::asio::steady_timer deadline;
  std::string head;
  /// The connection that carries it; null while it waits for one.
  http_connection* carrier = nullptr;
  /// It found its connection dead once, and goes over a new one now.
  bool repeated = false;
  bool maybe_received = false;
};

/// Whom a connection tells what became of it.
class http_connection_owner {
public:
  /// The call is answered. The connection can carry another one if it is `usable()`, else it has been closed.
  virtual void on_answered(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job,
                           http_answer answer) = 0;

  /// The connection has ended. `job` is what it carried, without an answer; null if it was idle.
  ///
  /// @param stale it had been kept alive, and the call it carried found it dead.
  virtual void on_ended(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job, net_error why,
                        bool stale) = 0;

protected:
  ~http_connection_owner() = default;
};

/// One connection to an HTTP server: carries one call after the other, and notices when the server ends it in between.
/// A read is under way from beginning to end, since a server may answer before it has taken all of a request. Lives on
/// the network thread.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  /// @param owner has to live until it has heard of the end, or has called `close`.
  http_connection(http_connection_owner& owner, std::shared_ptr<net_core> core, endpoint server,
                  const http_client_options& options, std::optional<http_proxy> proxy);

  /// Connects if that isn't done yet, and carries a call. Its owner hears of it later, not before this has returned.
  /// Only for a connection that is new, or idle and `usable()`.
  void carry(std::shared_ptr<http_job> job);

  /// The time for the call that it carries is up.
  void expire();

  /// Ends it; its owner hears nothing more.
  ///
  /// @returns the call it carried, if any.
  std::shared_ptr<http_job> close();

  /// It stands, carries nothing, and nothing has arrived that would have been noticed in a moment: neither the server's
  /// end nor bytes that nobody asked for, which would be taken for the next call's answer.
  bool usable();

private:
  using error_code = boost::system::error_code;
  using clock = std::chrono::steady_clock;

  void dial();
  void on_dialled(dialled connection);
  void write();
  void read();
  void on_read(error_code ec, size_t size);
  void answered(bool at_end);
  void wait_for_next();
  void end(net_error why, bool stale = false);
  net_error error_at(net_step step, std::error_code code, std::string text) const;

  http_connection_owner& owner_;
  const std::shared_ptr<net_core> core_;
  const endpoint server_;
  const net_timeouts timeouts_;
  const http_limits limits_;
  const std::chrono::milliseconds idle_timeout_;
  const std::optional<http_proxy> proxy_;

  std::shared_ptr<dialer> dialer_;
  std::unique_ptr<byte_stream> stream_;
  std::shared_ptr<http_job> job_;
  uint64_t carried_ = 0;
  std::optional<http_answer_reader> reader_;
  std::array<char, 16 * 1024> received_{};
  /// Stays so when writing has failed.
  bool writing_ = false;
  bool over_ = false;
  boost::asio::steady_timer idle_limit_;
};

/// An error at `server`; every time-out becomes `std::errc::timed_out`.
net_error http_error(const endpoint& server, net_step step, std::error_code code, std::string text);

} // namespace creamery
