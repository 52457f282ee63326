#pragma once

#include "simulator/http_request.hpp"

namespace creamery::simulator {

class engine;

/// Carries a request to the control API out. simulator/README.md describes them all.
http_answer answer(engine& server, const http_request& request);

} // namespace creamery::simulator
