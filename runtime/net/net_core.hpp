#pragma once

#include "messages/result.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/net/slab_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace creamery {

/// Something that lives on the network thread and has to be ended before the thread can be.
class net_activity {
public:
  virtual ~net_activity() = default;

  /// Ends it within a bounded time; it calls `net_core::remove` when that is done. Called on the network thread.
  virtual void shut_down() = 0;
};

/// What a `net_context` shares with everything that runs on its thread.
class net_core {
public:
  /// @param tls the settings of clients.
  net_core(boost::asio::ssl::context tls, proxy_rules proxies);

  net_core(const net_core&) = delete;
  net_core& operator=(const net_core&) = delete;

  boost::asio::io_context& io() noexcept {
    return io_;
  }

  /// TLS as a client: 1.2 or newer, peers verified.
  boost::asio::ssl::context& tls() noexcept {
    return tls_;
  }

  slab_pool& slabs() noexcept {
    return slabs_;
  }

  const proxy_rules& proxies() const noexcept {
    return proxies_;
  }

  /// Calls `what` on the network thread, later. Any thread may ask for it.
  ///
  /// @returns false if it never will be, because the thread has been told to stop.
  template <class Function>
  bool post(Function&& what) {
    std::lock_guard guard{mutex_};
    if (stopping_)
      return false;
    boost::asio::post(io_, std::forward<Function>(what));
    return true;
  }

  /// Registers an activity that has to be ended before the thread is. On the network thread only.
  void add(net_activity* what, std::weak_ptr<net_activity> alive);

  /// The activity has ended. On the network thread only.
  void remove(net_activity* what);

  /// Starts the thread; throws `std::system_error` if there can't be one more.
  void start();

  /// Ends all activities and joins the thread. Any thread but the network thread.
  void stop();

private:
  void run();
  void end_if_idle();

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::ssl::context tls_;
  slab_pool slabs_;
  const proxy_rules proxies_;
  std::map<net_activity*, std::weak_ptr<net_activity>> activities_;
  /// On the network thread: activities have been told to end.
  bool ending_ = false;

  std::mutex mutex_;
  /// Guarded by `mutex_`.
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace creamery
