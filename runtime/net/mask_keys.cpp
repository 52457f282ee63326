#include "runtime/net/mask_keys.hpp"

#include <openssl/rand.h>

#include <random>

namespace creamery {

uint32_t mask_keys::operator()() {
  if (used_ == keys_.size()) {
    // OpenSSL's generator fails only when the system has no entropy source; the standard library's device is the other
    // way to the same source.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(keys_.data()), static_cast<int>(sizeof(keys_))) != 1) {
      std::random_device device;
      for (auto& key : keys_)
        key = device();
    }
    used_ = 0;
  }
  return keys_[used_++];
}

} // namespace creamery
