#include "runtime/program/signals.hpp"

#include <csignal>
#include <ctime>

namespace creamery {

namespace {

sigset_t termination_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

termination_signals::termination_signals() {
  auto set = termination_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool termination_signals::wait(std::chrono::milliseconds timeout) const {
  auto set = termination_set();
  timespec limit{};
  limit.tv_sec = timeout.count() / 1000;
  limit.tv_nsec = timeout.count() % 1000 * 1'000'000;
  return ::sigtimedwait(&set, nullptr, &limit) > 0;
}

} // namespace creamery
