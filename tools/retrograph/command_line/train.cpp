#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {
namespace {

void add_training_files(CLI::App& train, TrainCommand& options) {
  const auto add = [&](const char* name, std::optional<std::filesystem::path>& file,
                       const char* description) {
    return train.add_option(name, file, description)->type_name("FILE");
  };
  add("--save", options.save, "Write weights, slots, seed and step to this file at the end (safetensors)");
  auto* load = add("--load", options.load, "Start from the weights in this file");
  add("--checkpoint", options.checkpoint,
      "Save the training to this file after each epoch, to go on from after a kill");
  train.add_option("--checkpoint-every", options.checkpoint_every, "Save it each so many steps, too")
      ->check(positive_integer)
      ->type_name("STEPS");
  add("--resume", options.resume,
      "Go on with the training in this checkpoint, with its options and to its --epochs")
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
  train.add_option("--validation", options.validation, "Share of the training samples to hold out and judge")
      ->check(share)
      ->type_name("SHARE");
  train
      .add_option("--patience", options.patience, "Stop after so many epochs without a lower validation loss")
      ->check(positive_integer)
      ->type_name("EPOCHS");
  train.add_flag("--restore-best", options.restore_best, "End with the weights of the least validation loss");
}

}  // namespace

void add(CLI::App& program, TrainCommand& options) {
  auto& train = *program.add_subcommand("train", "Train a model on digits or other labelled samples");
  add_model(train, options.model)
      ->description("The model: a multi-layer perceptron, or a convolutional net; --resume has its own");
  add_data(train, options.data, data_description);
  train.add_option("--epochs", options.epochs, "Passes over the training set")
      ->check(positive_integer)
      ->type_name("N")
      ->capture_default_str();
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
  train
      .add_option("--health-every", options.health_every,
                  "At the first step of each epoch and each so many-th after it")
      ->check(positive_integer)
      ->type_name("STEPS")
      ->capture_default_str();
  train.add_flag("--check-finite", options.check_finite,
                 "Stop at the first node that makes a NaN or an infinity, and name it (slower)");
}

void require_sound(const TrainCommand& options) {
  const auto require = [](bool is_fine, const char* option, const char* other) {
    if (!is_fine) throw CLI::RequiresError{option, other};
  };
  if (options.model.name.empty()) throw CLI::RequiredError{"model"};
  require(!options.patience || options.validation > 0, "--patience", "--validation");
  require(!options.restore_best || options.validation > 0, "--restore-best", "--validation");
  require(options.checkpoint_every == 0 || options.checkpoint, "--checkpoint-every", "--checkpoint");
  if (const auto wrong = wrong_option(options.optimizer))
    throw CLI::ValidationError{wrong->option, wrong->reason};
}

}  // namespace retrograph::program
