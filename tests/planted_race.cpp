// Two actors write to the same variable without anything between them. Built with the thread sanitizer only, to see that it finds a race
// between actors: if it didn't, its silence about everything else would mean nothing.

#include <caf/all.hpp>

namespace {

int shared_by_mistake = 0;

caf::behavior careless(caf::event_based_actor* self) {
  return {[self](int times) {
    for (int i = 0; i < times; ++i)
      ++shared_by_mistake;
    self->quit();
  }};
}

} // namespace

int main() {
  caf::core::init_global_meta_objects();
  caf::actor_system_config config;
  caf::actor_system system{config};
  for (int i = 0; i < 2; ++i)
    caf::anon_send(system.spawn<caf::detached>(careless), 100'000);
  system.await_all_actors_done();
  return shared_by_mistake == 0 ? 2 : 0;
}
