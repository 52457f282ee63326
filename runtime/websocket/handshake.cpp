#include "runtime/websocket/handshake.hpp"

#include "runtime/websocket/base64.hpp"

#include <openssl/sha.h>

namespace creamery {

std::string websocket_key(const std::array<uint8_t, 16>& random) {
  return to_base64({reinterpret_cast<const char*>(random.data()), random.size()});
}

std::string websocket_accept(std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_base64({reinterpret_cast<const char*>(digest), sizeof(digest)});
}

} // namespace creamery
