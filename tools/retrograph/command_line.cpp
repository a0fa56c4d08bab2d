#include "command_line.hpp"

#include "bench/workload.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cmath>

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

/// The number that all of `text` is.
template <class T>
std::optional<T> parsed(std::string_view text) {
  T number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

CLI::Validator require(std::string_view what, bool (*holds)(const std::string&)) {
  return CLI::Validator{[what, holds](std::string& text) {
                          return holds(text) ? std::string{} : fmt::format("{} is not {}", text, what);
                        },
                        ""};
}

const auto positive_number = require("a positive number", [](const std::string& text) {
  const auto number = parsed<double>(text);
  return number && std::isfinite(*number) && *number > 0;
});
const auto share = require("a share above 0 and below 1", [](const std::string& text) {
  const auto number = parsed<double>(text);
  return number && *number > 0 && *number < 1;
});
const auto positive_integer = require(
    "a positive integer", [](const std::string& text) { return parsed<std::int64_t>(text).value_or(0) > 0; });
const auto seed = require("an integer from 0 on",
                          [](const std::string& text) { return parsed<std::uint64_t>(text).has_value(); });
const auto thread_count = require("a number of threads from 0 to 1024", [](const std::string& text) {
  return parsed<std::uint32_t>(text).value_or(1025) <= 1024;
});
const auto picture_file =
    require("a name that ends in .dot, .svg, .png or .pdf", [](const std::string& text) {
      const auto ending = std::filesystem::path{text}.extension();
      return ending == ".dot" || ending == ".svg" || ending == ".png" || ending == ".pdf";
    });

/// "128,64".
std::vector<std::int64_t> parse_hidden(const std::string& text) {
  std::vector<std::int64_t> units;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto count = parsed<std::int64_t>(std::string_view{text}.substr(begin, end - begin));
    if (count.value_or(0) <= 0)
      throw CLI::ValidationError{"--hidden", text + " is not a list of positive integers, such as 128,64"};
    units.push_back(*count);
    begin = end + 1;
  }
  return units;
}

/// "output=0.1": the rate is behind the last '='.
std::pair<std::string, double> parse_layer_rate(const std::string& text) {
  const auto sign = text.rfind('=');
  const auto rate =
      sign == std::string::npos ? std::nullopt : parsed<double>(std::string_view{text}.substr(sign + 1));
  if (sign == 0 || !rate || !std::isfinite(*rate) || *rate < 0)
    throw CLI::ValidationError{"--layer-rate", text + " is not SCOPE=RATE, such as output=0.01"};
  return {text.substr(0, sign), *rate};
}

CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& value,
                        const std::vector<std::string>& choices, const std::string& description) {
  return command.add_option(name, value, description)
      ->check(CLI::IsMember(choices).description(""))
      ->type_name(fmt::format("{}", fmt::join(choices, "|")))
      ->capture_default_str();
}

CLI::Option* add_model(CLI::App& command, ModelChoice& options) {
  auto* model = add_choice(command, "model", options.name, {"mlp", "lenet"},
                           "The model: a multi-layer perceptron, or a convolutional net");
  command
      .add_option_function<std::string>(
          "--hidden", [&options](const std::string& text) { options.hidden = parse_hidden(text); },
          "Units of each hidden layer of an mlp, from the images on")
      ->type_name("N[,N...]")
      ->default_str("128");
  add_choice(command, "--activation", options.activation, {"relu", "sigmoid", "tanh"},
             "Between the layers of an mlp");
  command.callback([&] {
    for (const auto* option : {"--hidden", "--activation"})
      if (options.name != "mlp" && command.count(option) > 0)
        throw CLI::ValidationError{
            option, options.name.empty() ? "name the model, too" : options.name + " has its own layers"};
  });
  return model;
}

void add_data(CLI::App& command, std::filesystem::path& data, const std::string& description) {
  command.add_option("--data", data, description)->type_name("DIR")->capture_default_str();
}

void add_batch(CLI::App& command, std::int64_t& batch) {
  command.add_option("--batch", batch, "Samples of one step")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
}

void add_optimizer(CLI::App& command, OptimizerChoice& optimizer) {
  add_choice(command, "--optimizer", optimizer.name, optimizer_names(),
             "How parameters follow their gradients");
}

void add_optimizer_options(CLI::App& command, OptimizerChoice& options) {
  const auto add = [&](const char* name, std::optional<double>& number, const CLI::Validator& check,
                       const char* type, const char* description) {
    command.add_option(name, number, description)->check(check)->type_name(type);
  };
  add("--learning-rate", options.learning_rate, positive_number, "R",
      "Size of a step [what is usual for the optimizer: 0.1 for sgd, 0.001 for adam]");
  command
      .add_option_function<std::vector<std::string>>(
          "--layer-rate",
          [&options](const std::vector<std::string>& texts) {
            for (const auto& text : texts) options.layer_rates.push_back(parse_layer_rate(text));
          },
          "Another learning rate for the parameters of a scope, such as output=0.01; may be repeated")
      ->type_name("SCOPE=R")
      ->expected(1)
      ->take_all();
  add_choice(command, "--schedule", options.schedule, schedule_names(),
             "How the learning rate goes to the end of --epochs");
  command.add_option("--warm-up", options.warm_up, "Steps in which it rises to where that begins")
      ->check(positive_integer)
      ->type_name("STEPS");
  command
      .add_option("--freeze", options.frozen, "Leave the parameters of a scope as they are; may be repeated")
      ->type_name("SCOPE")
      ->expected(1)
      ->take_all();
  add("--momentum", options.momentum, share, "M", "Of the velocity of sgd and rmsprop");
  add("--weight-decay", options.weight_decay, positive_number, "D",
      "How fast parameters shrink by themselves [0; 0.01 for adamw and lamb]");
  add("--clip-norm", options.clip_norm, positive_number, "N",
      "Scale the gradients down where all together are longer");
  command.add_option("--accumulate", options.accumulate, "Batches whose mean gradient makes a step")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
}

void add_threads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads to run on; 0 takes all there are")
      ->check(thread_count)
      ->type_name("N")
      ->capture_default_str();
}

void add_training_files(CLI::App& train, TrainCommand& options) {
  const auto add = [&](const char* name, std::optional<std::filesystem::path>& file,
                       const char* description) {
    return train.add_option(name, file, description)->type_name("FILE");
  };
  add("--save", options.save, "Write weights, slots, seed and step to this file at the end (safetensors)");
  auto* load = add("--load", options.load, "Start from the weights in this file");
  auto* checkpoint = add("--checkpoint", options.checkpoint,
                         "Save the training to this file after each epoch, to go on from after a kill");
  train.add_option("--checkpoint-every", options.checkpoint_every, "Save it each so many steps, too")
      ->check(positive_integer)
      ->needs(checkpoint)
      ->type_name("STEPS");
  add("--resume", options.resume, "Go on with the training in this file, to the same --epochs")
      ->excludes(load);
}

void add_weights(CLI::App& command, std::filesystem::path& file) {
  command.add_option("--load", file, "The weights: a file of train --save, or a checkpoint")
      ->required()
      ->type_name("FILE");
}

void add_augmentation(CLI::App& train, TrainCommand& options) {
  train.add_option("--shift", options.shift, "Move training digits by up to so many pixels, anew each epoch")
      ->check(positive_integer)
      ->type_name("PIXELS");
  train.add_option("--rotate", options.rotate, "Turn them by up to so many degrees")
      ->check(positive_number)
      ->type_name("DEGREES");
  train.add_option("--noise", options.noise, "Add normal noise of this standard deviation to their pixels")
      ->check(positive_number)
      ->type_name("DEVIATION");
}

void add_validation(CLI::App& train, TrainCommand& options) {
  auto* validation = train
                         .add_option("--validation", options.validation,
                                     "Share of the training digits to hold out and judge")
                         ->check(share)
                         ->type_name("SHARE");
  train
      .add_option("--patience", options.patience, "Stop after so many epochs without a lower validation loss")
      ->check(positive_integer)
      ->needs(validation)
      ->type_name("EPOCHS");
  train.add_flag("--restore-best", options.restore_best, "End with the weights of the least validation loss")
      ->needs(validation);
}

void add_train(CLI::App& program, TrainCommand& options) {
  auto& train = *program.add_subcommand("train", "Train a model on the MNIST digits");
  add_model(train, options.model)->required();
  add_data(train, options.data, "Folder of the four MNIST files; ./tools/mnist fetches them");
  train.add_option("--epochs", options.epochs, "Passes over the training set [5]")
      ->check(positive_integer)
      ->type_name("N");
  add_batch(train, options.batch);
  add_optimizer(train, options.optimizer);
  add_optimizer_options(train, options.optimizer);
  add_threads(train, options.threads);
  train.add_option("--seed", options.seed, "Fixes the first weights and the order of the samples")
      ->check(seed)
      ->type_name("N")
      ->capture_default_str();
  train.add_option("--log", options.log, "Write a JSON object for each epoch to this file")
      ->type_name("FILE.jsonl");
  add_training_files(train, options);
  add_augmentation(train, options);
  add_validation(train, options);
  train.add_flag("--health,!--no-health", options.health,
                 "Look at steps and activations now and then, and tell what is wrong with a layer [on]");
  train.add_flag("--check-finite", options.check_finite,
                 "Stop at the first node that makes a NaN or an infinity, and name it (slower)");
}

void add_evaluate(CLI::App& program, EvaluateCommand& options) {
  auto& evaluate = *program.add_subcommand("evaluate", "Judge saved weights by the test samples");
  add_model(evaluate, options.model)
      ->description("The model, if the file does not say [as it says]")
      ->default_str("");
  add_weights(evaluate, options.load);
  add_data(evaluate, options.data, "Folder of the four MNIST files; ./tools/mnist fetches them");
  evaluate.add_option("--top", options.top, "Count labels among so many of the likeliest classes, too")
      ->check(positive_integer)
      ->type_name("K")
      ->capture_default_str();
  add_threads(evaluate, options.threads);
}

void add_bench(CLI::App& program, BenchCommand& options) {
  auto& bench = *program.add_subcommand("bench", "Time the workloads that the README compares");
  std::vector<std::string> names;
  for (const auto& workload : workloads()) names.emplace_back(workload.name);
  bench.add_option("--only", options.only, "One workload alone")
      ->check(CLI::IsMember(names).description(""))
      ->type_name(fmt::format("{}", fmt::join(names, "|")));
  add_threads(bench, options.threads);
  bench.add_option("--repetitions", options.repetitions, "How often each is timed")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
  add_data(bench, options.data, "Folder of the MNIST files; without it the numbers are random");
  bench.add_option("--json", options.json, "Write a list of objects, one a workload, to this file")
      ->type_name("FILE");
}

void add_profile(CLI::App& program, ProfileCommand& options) {
  auto& profile = *program.add_subcommand("profile", "Show where the time of a step of training goes");
  add_model(profile, options.model)->required();
  add_batch(profile, options.batch);
  add_optimizer(profile, options.optimizer);
  add_threads(profile, options.threads);
  profile.add_option("--steps", options.steps, "Steps that are measured")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
  profile.add_option("--trace", options.trace, "Write what ran when, for chrome://tracing or Perfetto")
      ->type_name("FILE.json");
}

void add_draw(CLI::App& program, DrawCommand& options) {
  auto& draw = *program.add_subcommand("draw", "Draw the graph of a model");
  add_model(draw, options.model)->required();
  draw.add_option("-o,--output", options.output, "Where to; the ending says what: .dot, .svg, .png or .pdf")
      ->required()
      ->check(picture_file)
      ->type_name("FILE");
  draw.add_flag("--forward-only", options.forward_only, "Leave out gradients and updates");
}

int complain(std::string sentence, const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  const auto strangers = program.remaining();
  if (chosen.empty())
    sentence = strangers.empty() ? "a command is required: train, evaluate, draw, bench, profile or ops"
                                 : strangers.front() + " is no command";
  const auto command = chosen.empty() ? "" : " " + chosen.front()->get_name();
  fmt::print(stderr, "retrograph: {}\n  hint: retrograph{} --help lists what there is\n", sentence, command);
  return wrong_command_line;
}

}  // namespace

std::variant<Command, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App program{"retrograph: a model is a graph you can see, differentiate, run in parallel and draw",
                   "retrograph"};
  program.set_version_flag("--version", "retrograph " RETROGRAPH_VERSION);
  program.require_subcommand(1);
  program.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  program.formatter(std::make_shared<HelpFormatter>());

  TrainCommand train;
  EvaluateCommand evaluate;
  DrawCommand draw;
  add_train(program, train);
  add_evaluate(program, evaluate);
  add_draw(program, draw);
  BenchCommand bench;
  add_bench(program, bench);
  ProfileCommand profile;
  add_profile(program, profile);
  program.add_subcommand("ops", "List the ops: name, formula, shapes, dtypes and gradient");

  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return complain(error.what(), program);
  }
  const auto& chosen = program.get_subcommands().front()->get_name();
  if (chosen == "train") return Command{train};
  if (chosen == "evaluate") return Command{evaluate};
  if (chosen == "draw") return Command{draw};
  if (chosen == "bench") return Command{bench};
  if (chosen == "profile") return Command{profile};
  return Command{OpsCommand{}};
}

}  // namespace retrograph::program
