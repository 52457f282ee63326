// A vault file that somebody has damaged. The key is always the same one, so that what is left of a genuine file gets as far as
// it can; nothing but a genuine file is ever believed.

#include "runtime/store/vault_codec.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery;
  static const auto key = vault_key::derive(secret{"fuzz"}, {});
  if (!key)
    return 0;
  static const auto genuine = encode_vault({}, *key);
  const std::string_view file{reinterpret_cast<const char*>(data), size};
  (void)vault_salt(file);
  if (decode_vault(file, *key))
    std::abort(); // nobody can make one
  // A genuine file with a few bytes changed, cut or added.
  auto changed = *genuine;
  for (size_t i = 0; i + 1 < size; i += 2)
    changed[data[i] % changed.size()] = static_cast<char>(changed[data[i] % changed.size()] ^ data[i + 1]);
  if (size % 2 == 1)
    changed.resize(data[size - 1]);
  if (changed != *genuine && decode_vault(changed, *key))
    std::abort();
  return 0;
}
