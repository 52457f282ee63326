#pragma once

#include "actors/interfaces.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/fwd.hpp"
#include "runtime/net/net_options.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace creamery {

/// What a connection's actor does with one of its sockets. Tests put a double in its place.
class net_link {
public:
  virtual ~net_link() = default;

  /// Reports to another owner from now on: first whether it is open, then what was not released yet, once more.
  virtual void attach(const link_owner_actor& owner, link_id id) = 0;

  /// Queues lines, each with CR LF; false: the queue is full or the socket is gone.
  virtual bool send(std::string_view lines) = 0;

  /// Gives reading credit back.
  virtual void release(size_t cost) = 0;

  /// Ends it, after what is queued has left. `link_closed` follows.
  virtual void close() = 0;

  /// Whether the socket is not read because the credit is used up.
  virtual bool reading_paused() const = 0;
};

/// Begins to open a link to a server that reports to `owner` under the name `id` with `link_opened`, `link_lines` and `link_closed`.
using link_opener =
  std::function<std::shared_ptr<net_link>(const link_owner_actor& owner, link_id id, const endpoint& server)>;

/// Opens links as net sessions. `net` must outlive them.
link_opener open_with(net_context& net, net_options options);

} // namespace creamery
