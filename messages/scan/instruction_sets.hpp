#pragma once

#include "messages/scan/scan.hpp"

/// One file for each instruction set; each answers with null when it isn't there.

namespace creamery::scan {

const functions* functions_of_words() noexcept;
const functions* functions_of_sse2() noexcept;
const functions* functions_of_avx2() noexcept;
const functions* functions_of_avx512() noexcept;
const functions* functions_of_neon() noexcept;

} // namespace creamery::scan
