#pragma once

#include <string>

namespace creamery {

/// Opens an address in the user's browser, if this machine has a screen and a program that knows how. Doesn't wait. Whoever calls
/// this shows the address as well.
void show_in_browser(const std::string& url);

} // namespace creamery
