#pragma once

#include "runtime/oauth/identity_server.hpp"
#include "tests/unit/fixture.hpp"

#include <deque>
#include <functional>
#include <string>
#include <utility>

namespace creamery::test {

/// An identity server that answers when a test says so.
class identity_double final : public oauth::identity_server {
public:
  struct question {
    oauth::request what;
    std::function<void(oauth::exchange)> done;
  };

  void ask(oauth::request what, std::function<void(oauth::exchange)> done) override {
    open.push_back({std::move(what), std::move(done)});
    ++asked;
  }

  const std::string& base() const noexcept override {
    return base_;
  }

  /// What is asked next: path and body.
  std::string next() const {
    if (open.empty())
      return "nothing";
    return open.front().what.path + " " + std::string{open.front().what.body.reveal()};
  }

  /// Answers the oldest question.
  void answer(unsigned status, const std::string& body) {
    auto one = take();
    one.done({status, secret{body}, {}, true});
  }

  void lose_answer(bool maybe_received) {
    auto one = take();
    one.done({0, {}, "connection reset", maybe_received});
  }

  void say_good(int seconds = 14'000, const std::string& login = "creamybot") {
    answer(200, R"({"client_id":"app","login":")" + login + R"(","scopes":["chat:read","chat:edit"],"user_id":"42",)"
                  + R"("expires_in":)" + std::to_string(seconds) + "}");
  }

  void say_invalid() {
    answer(401, R"({"status":401,"message":"invalid access token"})");
  }

  void grant(const std::string& name) {
    answer(200, R"({"access_token":"access-)" + name + R"(","refresh_token":"refresh-)" + name
                  + R"(","expires_in":14000,"scope":["chat:read","chat:edit"],"token_type":"bearer"})");
  }

  std::deque<question> open;
  size_t asked = 0;

private:
  question take() {
    if (open.empty())
      FAIL("nothing was asked");
    auto one = std::move(open.front());
    open.pop_front();
    return one;
  }

  std::string base_ = "https://id.example/oauth2";
};

} // namespace creamery::test
