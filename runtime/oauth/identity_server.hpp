#pragma once

#include "messages/secret.hpp"
#include "runtime/oauth/answers.hpp"
#include "runtime/oauth/requests.hpp"

#include <functional>
#include <string>

namespace creamery::oauth {

/// What came of one request.
struct exchange {
  /// Of the HTTP answer; 0: there was none.
  unsigned status = 0;
  secret body;
  /// Without an answer: why, for people; and whether the server may have got the request and done what it says.
  std::string why;
  bool maybe_received = false;
};

/// Carries requests to Twitch's identity server; over the network, or, in tests, not.
class identity_server {
public:
  virtual ~identity_server() = default;

  /// Sends a request. `done` is called once, on any thread; not at all when the process is about to end.
  virtual void ask(request what, std::function<void(exchange)> done) = 0;

  /// Its address, `https://id.twitch.tv/oauth2`, where browsers are sent.
  virtual const std::string& base() const noexcept = 0;
};

/// Reads an answer with one of the functions of answers.hpp, or makes a refusal of there being none.
template <class Reader>
auto read(const exchange& x, Reader reader) -> decltype(reader(0U, std::string_view{})) {
  if (x.status == 0)
    return refusal{refusal::kind::unavailable, x.why};
  return reader(x.status, x.body.reveal());
}

} // namespace creamery::oauth
