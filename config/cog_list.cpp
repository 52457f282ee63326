#include "config/cog_list.hpp"

#include "config/names.hpp"
#include "config/yaml_json.hpp"

#include <map>

namespace creamery {

namespace {

constexpr std::string_view cogs_form = "a list of names, or a map from name to options";
constexpr std::string_view name_form = "a name of lower-case letters, digits and '_', like echo_console";

class cog_reader {
public:
  cog_reader(section& bot, reading_context& context) : bot_(bot), context_(context) {
  }

  std::vector<cog_config> read() {
    const auto* value = bot_.find("cogs");
    if (value == nullptr || value->is_null())
      return {};
    if (value->is_map())
      for (const auto& [name, options] : value->entries)
        read_cog(name, &options);
    else if (value->is_sequence())
      for (const auto& item : value->items)
        read_item(item);
    else
      bot_.mistake("cogs", *value, cogs_form);
    return std::move(cogs_);
  }

private:
  void read_item(const yaml_node& item) {
    if (item.is_map() && item.entries.size() == 1) {
      read_cog(item.entries.front().key, &item.entries.front().value);
    } else if (item.is_map() && !item.entries.empty()) {
      // `- routines:` with its options on the next line, indented like the name instead of deeper
      const auto& name = item.entries.front().key;
      context_.out.error(context_.place(item.entries[1].key),
                         shown(item.entries[1].key) + " stands beside the cog " + shown(name) + " in " + bot_.owner(),
                         "a cog's options indented deeper than its name, each cog with its own '-'");
    } else if (item.is_scalar() && !item.broken) {
      read_cog(item, nullptr);
    } else if (!item.broken) {
      context_.out.error(context_.place(item), "a cog of " + bot_.owner() + " is " + shown(item), name_form);
    }
  }

  void read_cog(const yaml_node& name, const yaml_node* options) {
    if (!is_cog_name(name.text)) {
      context_.out.error(context_.place(name), "a cog of " + bot_.owner() + " is named " + shown(name), name_form);
      return;
    }
    auto [first, is_new] = lines_.try_emplace(name.text, name.line);
    if (!is_new) {
      context_.out.error(context_.place(name),
                         "cog " + shown(name) + " is listed twice in " + bot_.owner() + " (first on line "
                           + std::to_string(first->second) + ")",
                         "each cog once");
      return;
    }
    cog_config cog;
    cog.name = name.text;
    cog.line = name.line;
    if (options != nullptr)
      read_options(cog, *options);
    cogs_.push_back(std::move(cog));
  }

  void read_options(cog_config& cog, const yaml_node& options) {
    if (options.is_null())
      return;
    auto owner = "cog '" + cog.name + "' of " + bot_.owner();
    if (!options.is_map()) {
      context_.out.error(context_.place(options), "the options of " + owner + " are " + shown(options),
                         "a map, like {name: value}");
      return;
    }
    section reader{options, owner, context_}; // never finished: which other options there are, only the cog knows
    constexpr std::string_view what = "the name of a cluster node: letters, digits, '_' and '-'";
    if (const auto* node = reader.find_scalar("node", what)) {
      if (is_bot_name(node->text))
        cog.node = node->text;
      else
        reader.mistake("node", *node, what);
    }
    cog.options = to_json(options);
    cog.options.erase("node");
  }

  section& bot_;
  reading_context& context_;
  std::vector<cog_config> cogs_;
  /// Where each of them is.
  std::map<std::string_view, int> lines_;
};

} // namespace

std::vector<cog_config> read_cogs(section& bot, reading_context& context) {
  return cog_reader{bot, context}.read();
}

} // namespace creamery
