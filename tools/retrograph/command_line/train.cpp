#include "command_options.hpp"
#include "shared_options.hpp"

#include <cmath>

namespace retrograph::program {
namespace {

/// "output=0.1": the rate is behind the last '='.
std::pair<std::string, double> parse_layer_rate(const std::string& text) {
  const auto sign = text.rfind('=');
  const auto rate =
      sign == std::string::npos ? std::nullopt : parsed<double>(std::string_view{text}.substr(sign + 1));
  if (sign == 0 || !rate || !std::isfinite(*rate) || *rate < 0)
    throw CLI::ValidationError{"--layer-rate", text + " is not SCOPE=RATE, such as output=0.01"};
  return {text.substr(0, sign), *rate};
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

void add_augmentation(CLI::App& train, TrainCommand& options) {
  train.add_option("--shift", options.shift, "Move training images by up to so many pixels, anew each epoch")
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
                                     "Share of the training samples to hold out and judge")
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

}  // namespace

void add(CLI::App& program, TrainCommand& options) {
  auto& train = *program.add_subcommand("train", "Train a model on digits or other labelled samples");
  add_model(train, options.model)->required();
  add_data(train, options.data, data_description);
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

}  // namespace retrograph::program
