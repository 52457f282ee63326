#include "actors/init.hpp"

#include "actors/interfaces.hpp"

namespace creamery {

void init_message_types() {
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::creamery>();
}

} // namespace creamery
