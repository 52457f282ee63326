#pragma once

#include <cstdint>

namespace creamery {

class frame_decoder;
class frame_encoder;
class utf8_checker;

struct frame;

enum class frame_fault : uint8_t;
enum class opcode : uint8_t;

} // namespace creamery
