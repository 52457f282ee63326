#include "runtime/program/commands.hpp"
#include "runtime/store/store_folder.hpp"
#include "runtime/store/token_vault.hpp"

#include <cstdlib>
#include <iostream>

namespace creamery {

namespace {

constexpr const char* new_key_variable = "CREAMERY_NEW_KEY";

int refuse(const std::string& why) {
  std::cerr << "creamery vault rekey: " << why << '\n';
  return 1;
}

} // namespace

int rekey(const config_arguments& arguments) {
  auto config = load_or_complain(arguments);
  if (!config)
    return 1;
  const auto& path = config->store.path;
  auto folder = store_folder::open(path);
  if (!folder) // the running service knows only the old key
    return refuse(to_string(folder.error()) + " (stop the service first)");
  auto vault = token_vault::open(path, config->key);
  if (!vault)
    return refuse(to_string(vault.error()));
  const auto* text = std::getenv(new_key_variable);
  secret key{text ? text : ""};
  auto to_file = key.empty();
  if (auto failed = (*vault)->rekey(std::move(key)))
    return refuse(to_string(*failed) + "; the old key still holds");
  if (!to_file)
    std::cout << "The tokens are encrypted with the new key: set CREAMERY_KEY to it now.\n";
  else if (config->key.empty())
    std::cout << "The tokens are encrypted with a new key, which is in the key file.\n";
  else
    std::cout << "The tokens are encrypted with a new key, which is in the key file: remove CREAMERY_KEY now.\n";
  return 0;
}

} // namespace creamery
