// Plays scripts of children that die (see the file `run` beside this one) with our supervisor and real actors in virtual time, and prints what
// the supervisor did.

#define CAF_TEST_NO_MAIN

#include "actors/init.hpp"
#include "actors/supervisor.hpp"
#include "runtime/telemetry/log.hpp"
#include "tests/unit/fixture.hpp"

#include <caf/test/unit_test_impl.hpp>

#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace creamery;

/// What a script has said so far, and what its children are to do.
struct plan {
  supervisor_core::options options;
  std::vector<std::pair<std::string, child_policy>> children;
  std::map<std::string, int> fail;
  std::map<std::string, int> ignore;
  /// The present instances.
  std::map<std::string, caf::actor> alive;
};

void trace(const std::string& words) {
  std::cout << words << '\n';
}

bool planned(std::map<std::string, int>& what, const std::string& child) {
  auto i = what.find(child);
  return i != what.end() && i->second > 0 && i->second-- > 0;
}

using child_actor = supervised_actor::extend<caf::result<void>(std::string)>;

child_actor::behavior_type child(child_actor::pointer self, std::shared_ptr<plan> script, const std::string& name) {
  trace("start " + name);
  if (planned(script->fail, name))
    self->quit(caf::make_error(caf::sec::runtime_error, "boom"));
  else if (planned(script->ignore, name))
    self->quit();
  else
    script->alive[name] = caf::actor_cast<caf::actor>(self);
  self->set_exit_handler([self, name](const caf::exit_msg& request) {
    trace("stop " + name);
    self->quit(request.reason);
  });
  self->attach_functor([script, name, me = self->address()] {
    if (auto i = script->alive.find(name); i != script->alive.end() && i->second.address() == me)
      script->alive.erase(i);
  });
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [self](const std::string& how) {
      if (how == "normal")
        self->quit();
      else if (how == "shutdown")
        self->quit(caf::exit_reason::user_shutdown);
      else
        self->quit(caf::make_error(caf::sec::runtime_error, how));
    },
  };
}

struct owner_state {
  static inline const char* name = "owner";

  owner_state(supervising_actor::pointer self, std::shared_ptr<plan> script)
    : script_(std::move(script)), self_(self), children(self, make_logger("trace"), script_->options) {
  }

  supervising_actor::behavior_type make_behavior() {
    for (const auto& [name, policy] : script_->children)
      children.add({name, "child", policy, false, [this, child_name = name] {
                      return caf::actor_cast<caf::actor>(self_->spawn(child, script_, child_name));
                    }});
    children.start();
    return children.behavior<supervising_actor>([](drain_atom) { return true; });
  }

  std::shared_ptr<plan> script_;
  supervising_actor::pointer self_;
  supervisor<supervising_actor::base> children;
};

using owner = caf::stateful_actor<owner_state, supervising_actor::base>;

const std::map<std::string, restart_strategy> strategies{{"one_for_one", restart_strategy::one_for_one},
                                                         {"rest_for_one", restart_strategy::rest_for_one},
                                                         {"one_for_all", restart_strategy::one_for_all}};
const std::map<std::string, restart_type> restart_types{{"permanent", restart_type::permanent},
                                                        {"transient", restart_type::transient},
                                                        {"temporary", restart_type::temporary}};
const std::map<std::string, auto_shutdown> auto_shutdowns{{"never", auto_shutdown::never},
                                                          {"any_significant", auto_shutdown::any_significant},
                                                          {"all_significant", auto_shutdown::all_significant}};

class player : public test::fixture {
public:
  ~player() {
    stop();
  }

  void obey(const std::vector<std::string>& words) {
    const auto& what = words.at(0);
    if (what == "case") {
      stop();
      *script_ = {};
      trace(what + " " + words.at(1));
    } else if (what == "supervisor") {
      script_->options = {strategies.at(words.at(1)),
                          {std::stoul(words.at(2)), std::chrono::seconds{std::stoul(words.at(3))}},
                          auto_shutdowns.at(words.at(4))};
    } else if (what == "child") {
      script_->children.push_back(
        {words.at(1),
         {.restart = restart_types.at(words.at(2)), .wait = {.first = {}}, .significant = words.at(3) == "true"}});
    } else if (what == "start") {
      supervisor_ = sys.spawn<owner>(script_);
      supervisor_->attach_functor([] { trace("finish"); });
      settle();
    } else if (what == "fail") {
      script_->fail[words.at(1)] = std::stoi(words.at(2));
    } else if (what == "ignore") {
      script_->ignore[words.at(1)] = std::stoi(words.at(2));
    } else if (what == "die") {
      auto one = script_->alive.find(words.at(1));
      if (one == script_->alive.end())
        return trace("no " + words.at(1));
      trace("end " + words.at(1));
      caf::anon_send(caf::actor_cast<child_actor>(one->second), words.at(2));
      settle();
    } else if (what == "stop") {
      stop();
    }
  }

private:
  /// Everything that happens at this moment, restarts without a wait included.
  void settle() {
    do {
      sched.run();
      sched.clock().trigger_timeouts();
    } while (sched.has_job());
  }

  void stop() {
    if (supervisor_)
      caf::anon_send_exit(std::exchange(supervisor_, nullptr), caf::exit_reason::user_shutdown);
    settle();
  }

  std::shared_ptr<plan> script_ = std::make_shared<plan>();
  supervising_actor supervisor_;
};

} // namespace

int main() {
  init_message_types();
  log_options quiet;
  quiet.console = false;
  set_up_log(quiet);
  player plays;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in{line};
    std::vector<std::string> words{std::istream_iterator<std::string>{in}, {}};
    if (!words.empty())
      plays.obey(words);
  }
}
