#pragma once

#include "actors/interfaces.hpp"
#include "runtime/supervision/backoff.hpp"

#include <spdlog/logger.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace creamery {

/// Keeps the children of an actor alive: starts them in order, restarts one that ended alone, after a back-off that is
/// forgotten when it has lived for a while, and stops them in reverse order. A part of the actor that owns it, whose interface
/// has a `restart_atom` message for it.
template <class Self>
class plain_supervisor {
public:
  /// Starts a child, and introduces it to those it talks to.
  using starter = std::function<caf::actor()>;

  plain_supervisor(Self* self, std::shared_ptr<spdlog::logger> log) : self_(self), log_(std::move(log)) {
    self_->set_down_handler([this](const caf::down_msg& down) { ended(down); });
  }

  plain_supervisor(const plain_supervisor&) = delete;
  plain_supervisor& operator=(const plain_supervisor&) = delete;

  /// However the owner ends, be it that it is killed: children without a supervisor would live on beside those of its
  /// successor.
  ~plain_supervisor() {
    if (!stopped_)
      end_children();
  }

  /// Starts a child and keeps it alive from now on.
  void add(std::string name, starter start) {
    children_.emplace_back(std::move(name), std::move(start), seed());
    begin(children_.back());
  }

  /// Names a child that could not even be started, so that it is seen.
  void add_failed(std::string name, std::string why) {
    children_.emplace_back(std::move(name), nullptr, 0).last_error = std::move(why);
  }

  /// The time for a restart has come.
  void restart(const std::string& name) {
    for (auto& one : children_)
      if (one.name == name && !one.address && one.start && !stopped_)
        begin(one);
  }

  /// Stops all children, the last one first, and restarts none of them any more.
  void stop() {
    stopped_ = true;
    self_->set_down_handler([](const caf::down_msg&) {});
    end_children();
  }

  std::vector<child_report> report() const {
    std::vector<child_report> result;
    for (const auto& one : children_)
      result.push_back({one.name,
                        one.address ? "running"
                        : one.start ? "restarting"
                                    : "failed to load",
                        one.restarts, one.last_error});
    return result;
  }

private:
  struct child {
    child(std::string its_name, starter its_start, uint64_t seed)
      : name(std::move(its_name)), start(std::move(its_start)), wait({.first = std::chrono::milliseconds{20}}, seed) {
    }

    std::string name;
    starter start;
    caf::actor address;
    backoff wait;
    std::string last_error;
    std::chrono::steady_clock::time_point started{};
    uint64_t restarts = 0;
  };

  /// A child that has lived for so long is healthy, and its earlier failures don't count any more.
  static constexpr auto healthy_after = std::chrono::seconds{30};

  static uint64_t seed() {
    return std::random_device{}();
  }

  void end_children() {
    for (auto one = children_.rbegin(); one != children_.rend(); ++one)
      if (one->address)
        caf::anon_send_exit(one->address, caf::exit_reason::user_shutdown);
  }

  void begin(child& one) {
    one.started = self_->clock().now();
    one.address = one.start();
    self_->monitor(one.address);
  }

  void ended(const caf::down_msg& down) {
    for (auto& one : children_) {
      if (!one.address || one.address.address() != down.source)
        continue;
      one.address = nullptr;
      one.last_error = caf::to_string(down.reason);
      ++one.restarts;
      if (self_->clock().now() - one.started >= healthy_after)
        one.wait.reset();
      auto wait = one.wait.next();
      log_->warn("{} ended ({}): restart {} in {} ms", one.name, one.last_error, one.restarts,
                 std::chrono::duration_cast<std::chrono::milliseconds>(wait).count());
      self_->delayed_send(self_, wait, restart_atom_v, one.name);
      return;
    }
  }

  Self* self_;
  std::shared_ptr<spdlog::logger> log_;
  std::vector<child> children_;
  bool stopped_ = false;
};

} // namespace creamery
