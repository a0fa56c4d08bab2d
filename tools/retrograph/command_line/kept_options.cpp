#include "kept_options.hpp"

#include <nlohmann/json.hpp>

namespace retrograph::program {
namespace {

/// What is about the start of a training, or of its going on.
bool is_of_start(const std::string& option) {
  return option == "--load" || option == "--resume" || option == "--help";
}

}  // namespace

std::string kept_options(const CLI::App& command, const std::string& former) {
  auto options = former.empty() ? nlohmann::json::object() : nlohmann::json::parse(former);
  for (const auto* option : command.get_options())
    if (option->count() > 0 && !is_of_start(option->get_name()))
      options[option->get_name()] = option->results();
  return options.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> words_of(const std::string& options) {
  std::vector<std::string> words;
  const auto object = nlohmann::json::parse(options);
  for (const auto& [name, values] : object.items())
    for (const auto& value : values.get<std::vector<std::string>>())
      words.push_back(name.starts_with("--") ? name + "=" + value : value);
  return words;
}

std::optional<std::string> resumed_file(int argc, const char* const* argv) {
  constexpr std::string_view option = "--resume";
  std::optional<std::string> file;
  if (argc < 2 || argv[1] != std::string_view{"train"}) return file;
  for (int place = 2; place < argc; ++place) {
    const std::string_view word = argv[place];
    if (word == option && place + 1 < argc) file = argv[place + 1];
    if (word.starts_with(option) && word.substr(option.size()).starts_with('='))
      file = word.substr(option.size() + 1);
  }
  return file;
}

}  // namespace retrograph::program
