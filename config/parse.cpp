#include "config/bot_checks.hpp"
#include "config/bot_section.hpp"
#include "config/credentials.hpp"
#include "config/did_you_mean.hpp"
#include "config/load.hpp"
#include "config/references.hpp"
#include "config/section.hpp"
#include "config/service_sections.hpp"
#include "config/yaml_text.hpp"

#include <array>

namespace creamery {

namespace {

constexpr std::array<std::string_view, 7> section_names{"bots",        "endpoints", "store",  "admin",
                                                        "supervision", "cluster",   "logging"};
constexpr std::string_view bots_form = "at least one bot under 'bots', like 'bots: {creamy_bot: {channels: […]}}'";

bool is_section(std::string_view name) {
  return std::find(section_names.begin(), section_names.end(), name) != section_names.end();
}

/// With `bots:` in the file, a bot beside it is in the wrong place; say so instead of "unknown key".
void explain_stray_bots(section& root, const yaml_node& file) {
  for (const auto& [key, value] : file.entries)
    if (looks_like_bot(value))
      root.explain(key.text, "all bots under 'bots', or all at the top level without 'bots'");
}

/// The bots of a file without `bots:`: everything that is no section, unless it only is a misspelled one, which stays
/// behind for `root` to find.
yaml_node find_top_level_bots(section& root, const yaml_node& file) {
  yaml_node bots;
  bots.type = yaml_node::kind::map;
  for (const auto& entry : file.entries) {
    const auto& name = entry.key.text;
    if (is_section(name) || (closest(name, section_names) && !looks_like_bot(entry.value)))
      continue;
    root.leave(name);
    bots.entries.push_back(entry);
  }
  return bots;
}

void read_bots(const yaml_node& sections, configuration& config, reading_context& context) {
  auto defaults = read_bot_defaults(context);
  for (const auto& [name, settings] : sections.entries)
    config.bots.push_back(read_bot(name, settings, defaults, context));
  check_bots(config, sections, context);
}

void read_file(const yaml_node& file, configuration& config, reading_context& context) {
  source_place whole_file{std::string{context.file}, 0, 0};
  if (!file.is_map()) {
    context.out.error(whole_file, file.is_null() ? "the file is empty" : "the file is " + shown(file), bots_form);
    return;
  }
  section root{file, "the file", context};
  const auto* listed = root.find("bots");
  read_service_sections(root, config, context);
  yaml_node bots;
  if (listed == nullptr)
    bots = find_top_level_bots(root, file);
  else if (listed->is_map())
    bots = *listed;
  if (listed != nullptr)
    explain_stray_bots(root, file);
  root.finish();
  if (listed != nullptr && !listed->is_map() && !listed->is_null())
    root.mistake("bots", *listed, "a map from a bot's name to its settings");
  else if (bots.entries.empty())
    context.out.error(whole_file, "there are no bots in the file", bots_form);
  read_bots(bots, config, context);
  read_credentials(config, context);
}

} // namespace

load_result parse_configuration(std::string_view text, std::string_view file, const environment& env) {
  load_result result;
  result.secrets = redactor{env};
  diagnostic_list out{result.secrets};
  reading_context context{file, env, out};
  if (auto root = parse_yaml(text, file, out)) {
    resolve_references(*root, file, env, out);
    read_file(*root, result.config, context);
  }
  result.diagnostics = out.take();
  return result;
}

} // namespace creamery
