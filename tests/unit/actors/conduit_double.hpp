#pragma once

#include "actors/interfaces.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace creamery::test {

struct conduit_record {
  std::string id = "conduit";
  /// "<shard> <session>", and "<conduit> <shard>".
  std::vector<std::string> attached = {};
  std::vector<std::string> detached = {};
  /// Those who wait for another id; they are told it with the next tick.
  std::vector<caf::typed_response_promise<std::string>> followers = {};
};

/// A double of a conduit's keeper.
inline conduit_actor::behavior_type conduit_double(conduit_actor::pointer self, std::shared_ptr<conduit_record> x) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [x](attach_atom, uint64_t number, const std::string& session) {
      x->attached.push_back(std::to_string(number) + " " + session);
    },
    [x](detached_atom, const std::string& id, const std::string& number) { x->detached.push_back(id + " " + number); },
    [self, x](follow_atom, const std::string& known) -> caf::result<std::string> {
      if (known != x->id)
        return x->id;
      return x->followers.emplace_back(self->make_response_promise<std::string>());
    },
    [](use_atom, const store_actor&) {},
    [](use_atom, const account_directory_actor&) {},
    [x](caf::tick_atom) {
      for (auto& one : std::exchange(x->followers, {}))
        one.deliver(x->id);
    },
    [](caf::get_atom) { return eventsub_report{}; },
  };
}

} // namespace creamery::test
