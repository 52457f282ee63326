#pragma once

#include <csignal>
#include <cstdint>
#include <sys/resource.h>

namespace creamery::test {

/// As long as this lives, the process can't make files larger than this: as if the disk were full.
class file_size_limit {
public:
  explicit file_size_limit(uintmax_t size) : signal_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limited{size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }

  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, signal_);
  }

private:
  rlimit before_ = {};
  void (*signal_)(int);
};

} // namespace creamery::test
