#pragma once

#include "messages/result.hpp"

#include <string>
#include <vector>

namespace creamery {

/// A certificate authority made for one run and a server certificate signed by it, all PEM.
struct self_signed {
  /// What a client has to trust (`ca_file`).
  std::string ca_certificate;
  /// What the server presents.
  std::string certificate;
  /// The server's key, unencrypted PKCS #8; the authority's own key is thrown away.
  std::string private_key;
};

/// Makes both; the server certificate is valid for `names` (DNS names or IP addresses) for `days` days, beginning an
/// hour ago so that clocks may differ. P-256 keys: a few milliseconds. With negative `days` the server certificate has
/// expired, which a test may want.
///
/// For tests, the simulator and local development; not for a server that strangers talk to.
///
/// @returns the certificates, or what was wrong with `names` or what OpenSSL could not do.
result<self_signed> make_self_signed(const std::vector<std::string>& names, int days = 30);

} // namespace creamery
