#pragma once

#include "actors/settings.hpp"
#include "messages/result.hpp"
#include "runtime/store/store_folder.hpp"
#include "runtime/store/token_vault.hpp"

#include <filesystem>
#include <memory>

namespace creamery {

/// The folder `store.path`, and what the process before this one has left there.
struct opened_store {
  std::unique_ptr<store_folder> folder;
  store_settings settings;
  std::shared_ptr<token_vault> vault = {};
};

/// Opens the folder, reads and logs what is known of the end of the process before, and has crashes of this one recorded.
/// Fails when the folder can't be used, or `key` doesn't open its token vault.
result<opened_store> open_store(const std::filesystem::path& path, const secret& key);

} // namespace creamery
