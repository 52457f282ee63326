#pragma once

#include "messages/result.hpp"
#include "runtime/net/fwd.hpp"
#include "runtime/net/proxy.hpp"

#include <memory>
#include <string>

namespace creamery {

/// What all connections of a process have in common.
struct net_context_options {
  /// PEM file with the certificate authorities to trust; empty: the system's.
  std::string ca_file;
  /// The same as PEM text, trusted in addition (demo and tests: no file needed).
  std::string ca_certificates;
  /// Which servers are reached through which proxy; default: all directly.
  proxy_rules proxies;
};

/// The network thread: owns the `io_context`, the one thread that runs it, the TLS settings of clients (TLS 1.2 or
/// newer, peer and host name verified) and the pool of slabs. What it owns lives on until the last session is gone.
class net_context {
public:
  /// Makes a context and starts its thread.
  ///
  /// @returns a failure when the authorities can't be loaded or the thread can't be started.
  static result<std::unique_ptr<net_context>> make(const net_context_options& options);

  net_context(const net_context&) = delete;
  net_context& operator=(const net_context&) = delete;

  /// Calls `stop`.
  ~net_context();

  /// Closes all sessions (each gets its time-out for closing, their listeners hear `on_closed`) and joins the thread.
  /// Afterwards nothing is called any more. Does nothing the second time. Not to be called from the network thread.
  void stop();

  /// What sessions and other users of the network thread share.
  const std::shared_ptr<net_core>& core() const noexcept {
    return core_;
  }

private:
  explicit net_context(std::shared_ptr<net_core> core);

  std::shared_ptr<net_core> core_;
};

} // namespace creamery
