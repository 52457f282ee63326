#pragma once

#include "actors/settings.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <memory>
#include <string_view>

namespace creamery::test {

/// What actors share, without a network: links that are opened here stay silent for ever, and there are no modules.
class environment {
public:
  environment() {
    net_->stop();
  }

  runtime_environment& get() noexcept {
    return content_;
  }

private:
  static std::unique_ptr<net_context> make_net() {
    auto made = net_context::make({});
    return made ? std::move(*made) : nullptr;
  }

  std::unique_ptr<net_context> net_ = make_net();
  module_loader modules_{{}};
  kept_states memory_;
  runtime_environment content_{*net_, modules_, memory_, {}, {}, {}};
};

} // namespace creamery::test
