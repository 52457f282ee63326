#pragma once

#include <cstdint>

/// How a cog's module and the program that loads it recognise each other, before any C++ of the module runs. Included by
/// `cogs/cog.hpp`; cog authors need only `CREAMERY_COG`.

namespace creamery {
class cog;
}

#define CREAMERY_STRINGIFY_IMPL(x) #x
#define CREAMERY_STRINGIFY(x) CREAMERY_STRINGIFY_IMPL(x)

/// Grows whenever a class in `cogs/` or `messages/` changes in a way that a module compiled before would misunderstand.
#define CREAMERY_COG_INTERFACE 5

#if defined(__SANITIZE_ADDRESS__)
#define CREAMERY_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define CREAMERY_SANITIZER "thread"
#else
#define CREAMERY_SANITIZER "none"
#endif

/// What CREAMERY_COG_ABI begins with, so that it can be found in a module's file.
#define CREAMERY_COG_MARK "creamery cog interface "

/// Everything that must be equal on both sides: the interface, the compiler, the library's string layout, the sanitizer.
#define CREAMERY_COG_ABI                                                                                               \
  CREAMERY_COG_MARK CREAMERY_STRINGIFY(                                                                                \
    CREAMERY_COG_INTERFACE) ", compiler " __VERSION__                                                                  \
                            ", string layout " CREAMERY_STRINGIFY(                                                     \
                              _GLIBCXX_USE_CXX11_ABI) ", sanitizer " CREAMERY_SANITIZER

extern "C" {

/// The only thing that a module exports, plain C.
struct creamery_cog_descriptor {
  /// `creamery_cog_magic`.
  uint32_t magic;
  /// The size of this struct, so that it can grow.
  uint32_t size;
  /// CREAMERY_COG_ABI as the module was compiled.
  const char* abi;
  /// Makes the cog; may throw.
  void* (*create)(creamery::cog& context);
  /// Ends it.
  void (*destroy)(void* object);
  /// Its author promises that it never waits: it needs no thread of its own.
  bool cooperative;
  /// The OAuth scopes that it needs besides those of chat, separated by spaces.
  const char* scopes;
  /// The types of events that it wants, separated by spaces.
  const char* events;
};
}

namespace creamery {

/// Whether a cog says of itself: `static constexpr bool cooperative = true;`.
template <class T>
constexpr bool is_cooperative() {
  if constexpr (requires { T::cooperative; })
    return T::cooperative;
  else
    return false;
}

/// The scopes that a cog says it needs: `static constexpr const char* scopes = "moderator:manage:banned_users";`.
template <class T>
constexpr const char* needed_scopes() {
  if constexpr (requires { T::scopes; })
    return T::scopes;
  else
    return "";
}

/// The types of events that a cog says it wants: `static constexpr const char* events = "channel.raid";`.
template <class T>
constexpr const char* wanted_events() {
  if constexpr (requires { T::events; })
    return T::events;
  else
    return "";
}

} // namespace creamery

/// "cog!" in ASCII.
constexpr uint32_t creamery_cog_magic = 0x21676F63;

/// Makes a class the cog of its file. It needs a constructor that takes `creamery::cog&`. Stands once, in the global
/// namespace.
#define CREAMERY_COG(type)                                                                                             \
  extern "C" [[gnu::visibility("default")]] const creamery_cog_descriptor creamery_cog = {                             \
    creamery_cog_magic,                                                                                                \
    sizeof(creamery_cog_descriptor),                                                                                   \
    CREAMERY_COG_ABI,                                                                                                  \
    [](creamery::cog& context) -> void* { return new type(context); },                                                 \
    [](void* object) { delete static_cast<type*>(object); },                                                           \
    creamery::is_cooperative<type>(),                                                                                  \
    creamery::needed_scopes<type>(),                                                                                   \
    creamery::wanted_events<type>()};
