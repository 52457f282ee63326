#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// Names and values of a query or a form, decoded and in their order; a name may come several times.
class parameters {
public:
  /// Takes `a=b&c=d` apart: `+` is a space, `%41` a byte. What is no escape stays as it is.
  static parameters parse(std::string_view text);

  bool has(std::string_view name) const;

  /// The first value of that name; empty if there is none.
  std::string_view get(std::string_view name) const;

  /// All values of that name.
  std::vector<std::string> all(std::string_view name) const;

  /// The names, each as often as it comes.
  const std::vector<std::pair<std::string, std::string>>& list() const noexcept {
    return list_;
  }

  /// Adds those of `more` behind these.
  void append(parameters more);

private:
  std::vector<std::pair<std::string, std::string>> list_;
};

/// Writes what no URL may contain as `%41`.
std::string url_encoded(std::string_view text);

/// What is asked over HTTP, as far as anybody here looks at it.
struct http_request {
  std::string method;
  /// As it was sent: not decoded.
  std::string path;
  parameters query;
  std::string body;
  /// Header fields; empty if absent.
  std::string authorization;
  std::string client_id;
  std::string content_type;
  /// How the client calls this server: `https://localhost:17006`.
  std::string own_address;
  /// Where the web page comes from that made a browser send this; empty: nobody's page.
  std::string origin;

  /// The parameters of the query, and behind them those of a form in the body.
  parameters fields() const;
};

/// What becomes of an answer on its way.
enum class answer_fate {
  /// It arrives.
  whole,
  /// Half of it is sent, then a TCP reset.
  cut,
  /// Nothing is sent but a TCP reset, although the request was carried out.
  lost,
  /// The same, and nothing was done.
  dropped,
};

/// What is answered.
struct http_answer {
  unsigned status = 200;
  std::string body{};
  std::string content_type = "application/json";
  /// Further header fields.
  std::vector<std::pair<std::string, std::string>> headers{};
  answer_fate fate = answer_fate::whole;
  /// How long it is held back.
  std::chrono::milliseconds delay{};
};

/// The token in `Authorization: Bearer …` (or `OAuth …`, which is /oauth2/validate's way); empty if there is none.
std::string_view token_of(const http_request& request);

/// "Bad Request" and so on; "Unknown" for what isn't used here.
std::string_view reason_of(unsigned status);

} // namespace creamery::simulator
