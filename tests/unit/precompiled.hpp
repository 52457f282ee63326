#pragma once

#include "tests/unit/fixture.hpp"

// The test headers have set a default by now, but every test file names its own suite.
#undef CAF_SUITE
