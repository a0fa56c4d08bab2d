#include "command_line.hpp"

#include "command_line/command_options.hpp"
#include "command_line/kept_options.hpp"
#include "training_settings.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace retrograph::program {
namespace {

constexpr int wrong_command_line = 2;

/// Shows "--epochs N" beside "Passes over the training set [5]".
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(28); }

  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? std::string{} : " " + option->get_type_name();
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const auto standard = option->get_default_str();
    return option->get_description() + (standard.empty() ? std::string{} : " [" + standard + "]");
  }
};

/// "train, draw or ops".
std::string names_of_commands(const CLI::App& program) {
  std::string names;
  const auto commands = program.get_subcommands([](const CLI::App*) { return true; });
  for (std::size_t place = 0; place < commands.size(); ++place) {
    if (place > 0) names += place + 1 < commands.size() ? ", " : " or ";
    names += commands[place]->get_name();
  }
  return names;
}

/// The command line as a shell takes it.
std::string as_typed(int argc, const char* const* argv) {
  std::string text = "retrograph";
  for (int place = 1; place < argc; ++place) {
    text += ' ';
    const std::string_view word = argv[place];
    const auto is_plain = [](char letter) {
      return std::isalnum(static_cast<unsigned char>(letter)) || std::strchr("-_./=,:+@%", letter);
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
      text += word;
      continue;
    }
    text += '\'';
    for (const auto letter : word) text += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
    text += '\'';
  }
  return text;
}

int complain(std::string sentence, const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  const auto strangers = program.remaining();
  if (chosen.empty())
    sentence = strangers.empty() ? "a command is required: " + names_of_commands(program)
                                 : strangers.front() + " is no command";
  const auto command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  fmt::print(stderr, "retrograph: {}\n  hint: retrograph{} --help lists what there is\n", sentence, command);
  return wrong_command_line;
}

void set_up(CLI::App& program) {
  program.set_version_flag("--version", "retrograph " RETROGRAPH_VERSION);
  program.require_subcommand(1);
  program.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  program.formatter(std::make_shared<HelpFormatter>());
}

/// What a training was asked for that goes on from the checkpoint.
TrainCommand resumed(const std::filesystem::path& checkpoint) {
  TrainCommand former;
  former.options = saved_options(checkpoint);
  CLI::App program;
  set_up(program);
  add(program, former);
  try {
    auto words = words_of(former.options);
    words.insert(words.begin(), "train");
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    program.parse(words);
    return former;
  } catch (const std::exception& error) {
    throw DataError{fmt::format("'{}' has damaged options: {}", checkpoint.string(), error.what())};
  }
}

}  // namespace

std::variant<Command, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App program{"retrograph: a model is a graph you can see, differentiate, run in parallel and draw",
                   "retrograph"};
  set_up(program);
  const auto checkpoint = resumed_file(argc, argv);

  // In the order of the help.
  std::array<Command, std::variant_size_v<Command>> commands{
      checkpoint ? resumed(*checkpoint) : TrainCommand{},
      EvaluateCommand{},
      PredictCommand{},
      DrawCommand{},
      BenchCommand{},
      ProfileCommand{},
      LessonCommand{},
      ReportCommand{},
      OpsCommand{}};
  for (auto& command : commands) std::visit([&](auto& options) { add(program, options); }, command);

  try {
    program.parse(argc, argv);
    if (const auto* train = program.get_subcommand("train"); train->parsed()) {
      auto& options = std::get<TrainCommand>(commands.front());
      require_sound(options);
      options.options = kept_options(*train, options.options);
      options.command_line = as_typed(argc, argv);
    }
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return complain(error.what(), program);
  }
  const auto all = program.get_subcommands([](const CLI::App*) { return true; });
  const auto chosen =
      std::find_if(all.begin(), all.end(), [](const auto* command) { return command->parsed(); });
  return commands[static_cast<std::size_t>(chosen - all.begin())];
}

}  // namespace retrograph::program
