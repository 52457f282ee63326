#include "runtime/net/net_error.hpp"

#include "messages/printable.hpp"

namespace creamery {

std::string_view to_string(net_step step) noexcept {
  switch (step) {
    case net_step::resolve: return "resolve";
    case net_step::connect: return "connect";
    case net_step::proxy: return "proxy";
    case net_step::tls: return "tls";
    case net_step::upgrade: return "upgrade";
    case net_step::read: return "read";
    case net_step::write: return "write";
    case net_step::protocol: return "protocol";
    case net_step::closed_by_server: return "closed by server";
    case net_step::closed_by_us: return "closed";
  }
  return "?";
}

std::string to_string(const net_error& x) {
  std::string line{to_string(x.step)};
  line += " " + x.endpoint;
  if (!x.text.empty())
    line += ": " + printable(x.text);
  if (x.close_code != 0) {
    line += " (close code " + std::to_string(x.close_code);
    if (!x.close_reason.empty())
      line += ", '" + printable(x.close_reason) + "'";
    line += ")";
  }
  return line;
}

} // namespace creamery
