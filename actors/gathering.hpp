#pragma once

#include "actors/interfaces.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// An answer that an actor puts together from the answers of others. Whoever doesn't answer in time is left out.
template <class Answer>
class gathering {
public:
  template <class Self>
  explicit gathering(Self* self, Answer begin = {})
    : state_(std::make_shared<state>(std::move(begin), self->template make_response_promise<Answer>())) {
  }

  /// Asks somebody, and gives what comes to `add`, which puts it into the answer.
  template <class Part, class Self, class Handle, class Add, class... Question>
  void ask(Self* self, const Handle& whom, caf::timespan timeout, Add add, Question... question) {
    ++state_->missing;
    self->request(whom, timeout, std::move(question)...)
      .then(
        [s = state_, add](Part& part) {
          add(s->answer, part);
          s->answered();
        },
        [s = state_](const caf::error&) { s->answered(); });
  }

  /// Everybody has been asked. What is returned is answered when the last one has answered, after `finish` has seen it.
  template <class Finish>
  caf::result<Answer> when_complete(Finish finish) {
    state_->finish = std::move(finish);
    state_->answered();
    return state_->promise;
  }

  caf::result<Answer> when_complete() {
    return when_complete([](Answer&) {});
  }

private:
  struct state {
    state(Answer begin, caf::typed_response_promise<Answer> its_promise)
      : answer(std::move(begin)), promise(std::move(its_promise)) {
    }

    void answered() {
      if (--missing > 0)
        return;
      finish(answer);
      promise.deliver(std::move(answer));
    }

    Answer answer;
    caf::typed_response_promise<Answer> promise;
    std::function<void(Answer&)> finish;
    /// One more than there are, until everybody has been asked.
    size_t missing = 1;
  };

  std::shared_ptr<state> state_;
};

/// Tells all of them that the end is near, and calls `next` when every one has finished or has ended.
template <class Self, class Next>
void drain_then(Self* self, const std::vector<supervised_actor>& all, Next next) {
  auto missing = std::make_shared<size_t>(all.size() + 1);
  auto done = [missing, next = std::move(next)]() mutable {
    if (--*missing == 0)
      next();
  };
  for (const auto& one : all)
    self->request(one, caf::infinite, drain_atom_v)
      .then([done](bool) mutable { done(); }, [done](const caf::error&) mutable { done(); });
  done();
}

/// The same for actors by their names.
template <class Self, class Handle, class Next>
void drain_then(Self* self, const std::map<std::string, Handle>& by_name, Next next) {
  std::vector<supervised_actor> all;
  for (const auto& [name, address] : by_name)
    all.emplace_back(address);
  drain_then(self, all, std::move(next));
}

/// The same as an answer.
template <class Self, class Handle>
caf::result<bool> drain_all(Self* self, const std::map<std::string, Handle>& by_name) {
  auto promise = self->template make_response_promise<bool>();
  drain_then(self, by_name, [promise]() mutable { promise.deliver(true); });
  return promise;
}

} // namespace creamery
