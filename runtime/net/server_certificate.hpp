#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace creamery {

/// Where a server's certificate and its key are, both in PEM format.
struct certificate_files {
  /// With those of the authorities between it and the root behind it, if there are any.
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// A server's certificate, which is read again when its files have changed, so that a renewal takes no restart. A pair that can't be
/// used, perhaps because only one of them has been written yet, leaves the one before in its place. For one thread at a time.
class server_certificate {
public:
  using clock = std::chrono::steady_clock;

  /// Between two times that the files are looked at.
  static constexpr auto look_every = std::chrono::seconds{1};

  /// @param tell is called with what has changed, or went wrong, for people; each time once.
  /// @returns a failure when the files can't be used.
  static result<std::unique_ptr<server_certificate>> load(certificate_files files,
                                                          std::function<void(bool is_problem, std::string)> tell);

  ~server_certificate();

  /// What the next connection is to be encrypted with; valid until the next call.
  boost::asio::ssl::context& current(clock::time_point now);

private:
  /// Differs whenever the files do.
  struct stamp;

  server_certificate(certificate_files files, std::function<void(bool, std::string)> tell);

  result<std::unique_ptr<boost::asio::ssl::context>> read() const;
  stamp look() const;

  certificate_files files_;
  std::function<void(bool, std::string)> tell_;
  std::unique_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<stamp> seen_;
  clock::time_point look_again_{};
};

} // namespace creamery
