#define CAF_TEST_NO_MAIN

#include "actors/init.hpp"
#include "tests/unit/fixture.hpp"

#include <caf/test/unit_test_impl.hpp>

int main(int argc, char** argv) {
  creamery::init_message_types();
  return caf::test::main(argc, argv);
}
