#include "config/load.hpp"

#include "config/diagnostic_list.hpp"
#include "config/dotenv.hpp"
#include "config/text_file.hpp"

#include <algorithm>

namespace creamery {

namespace {

constexpr std::string_view default_config_name = "bots.yaml";
constexpr std::string_view default_env_name = ".env";

/// `name`, seen from the folder that the program works in.
std::filesystem::path in_directory(const config_files& files, std::string_view name) {
  return files.directory.empty() ? std::filesystem::path{name} : files.directory / name;
}

class loader {
public:
  loader(const config_files& files, environment env) : files_(files), env_(std::move(env)) {
  }

  load_result load() {
    read_env();
    load_result result = read_config();
    diagnostic_list all{redactor{env_}};
    for (auto* list : {&diagnostics_, &result.diagnostics})
      for (auto& x : *list)
        all.add(std::move(x));
    result.diagnostics = all.take();
    return result;
  }

private:
  void read_env() {
    auto path = files_.env.value_or(in_directory(files_, default_env_name));
    std::string text;
    auto error = read_text_file(path, max_config_file_size, text);
    if (error == std::errc::no_such_file_or_directory && !files_.env)
      return; // everything may be in the environment
    if (error) {
      report_unreadable(path, error, "a file with lines NAME=value");
      return;
    }
    auto parsed = parse_dotenv(text, path.string());
    diagnostics_ = std::move(parsed.diagnostics);
    for (auto& x : parsed.variables)
      env_.set_default(x.name, x.value, std::move(x.where));
  }

  load_result read_config() {
    auto path = config_path();
    std::string text;
    auto error = read_text_file(path, max_config_file_size, text);
    if (error) {
      report_unreadable(path, error, what_to_do(error));
      return {};
    }
    return parse_configuration(text, path.string(), env_);
  }

  std::filesystem::path config_path() {
    if (files_.config)
      return *files_.config;
    chosen_by_ = env_.find_value("CONFIG_FILENAME");
    return in_directory(files_, chosen_by_ == nullptr ? default_config_name : chosen_by_->value.reveal());
  }

  std::string what_to_do(std::error_code error) const {
    if (files_.config)
      return "the file that --config names";
    if (chosen_by_ != nullptr)
      return "the file that CONFIG_FILENAME (" + to_string(chosen_by_->where) + ") names";
    if (error != std::errc::no_such_file_or_directory)
      return "a readable file";
    return "your bots in it: copy config/bots.example.yaml to bots.yaml and change it, name another file with "
           "--config, "
           "or try 'creamery demo', which needs none";
  }

  void report_unreadable(const std::filesystem::path& path, std::error_code error, std::string expected) {
    std::string message = "can't be read: " + error.message();
    if (error == std::errc::no_such_file_or_directory)
      message = "there is no such file";
    else if (error == std::errc::file_too_large)
      message = "is larger than 1 MiB";
    diagnostics_.push_back({severity::error, {path.string(), 0, 0}, std::move(message), std::move(expected)});
  }

  const config_files& files_;
  environment env_;
  const environment::variable* chosen_by_ = nullptr;
  std::vector<diagnostic> diagnostics_;
};

} // namespace

bool load_result::ok() const {
  return std::none_of(diagnostics.begin(), diagnostics.end(),
                      [](const diagnostic& x) { return x.level == severity::error; });
}

load_result load_configuration(const config_files& files, environment env) {
  return loader{files, std::move(env)}.load();
}

} // namespace creamery
