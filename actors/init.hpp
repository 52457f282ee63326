#pragma once

namespace creamery {

/// Makes the message types known to CAF. Called once, before the first `actor_system`, in every program.
void init_message_types();

} // namespace creamery
