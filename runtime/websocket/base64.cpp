#include "runtime/websocket/base64.hpp"

#include <openssl/evp.h>

namespace creamery {

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  // Writes a terminating zero behind the text, where the string has one anyway.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

} // namespace creamery
