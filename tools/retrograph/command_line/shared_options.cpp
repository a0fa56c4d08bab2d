#include "shared_options.hpp"

#include <fmt/format.h>

namespace retrograph::program {
namespace {

/// "128,64".
std::vector<std::int64_t> parse_list(const std::string& option, const std::string& text) {
  std::vector<std::int64_t> units;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto count = parsed<std::int64_t>(std::string_view{text}.substr(begin, end - begin));
    if (count.value_or(0) <= 0)
      throw CLI::ValidationError{option, text + " is not a list of positive integers, such as 128,64"};
    units.push_back(*count);
    begin = end + 1;
  }
  return units;
}

}  // namespace

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
          "--hidden", [&options](const std::string& text) { options.hidden = parse_list("--hidden", text); },
          "Units of each hidden layer, from the images on")
      ->type_name("N[,N...]")
      ->default_str("128 for mlp, 120,84 for lenet");
  command
      .add_option_function<std::string>(
          "--channels",
          [&options](const std::string& text) {
            options.channels = parse_list("--channels", text);
            if (options.channels.size() != 2)
              throw CLI::ValidationError{"--channels", "lenet has two convolutions, not " + text};
          },
          "Channels of each convolution of a lenet")
      ->type_name("N,N")
      ->default_str("6,16");
  add_choice(command, "--activation", options.activation, {"relu", "sigmoid", "tanh"},
             "Between the layers of an mlp");
  auto* batch_norm = command.add_flag("--batch-norm", options.batch_norm,
                                      "Normalise what each layer but the last makes, over the batch");
  command.add_flag("--layer-norm", options.layer_norm, "Likewise, over each sample")->excludes(batch_norm);
  command
      .add_option("--dropout", options.dropout, "Share of a hidden layer's units that each step leaves out")
      ->check(share)
      ->type_name("SHARE");
  command.callback([&] {
    const auto require = [&](const char* option, std::string_view only) {
      if (command.count(option) == 0 || options.name == only) return;
      if (options.name.empty()) throw CLI::ValidationError{option, "name the model, too"};
      if (!only.empty()) throw CLI::ValidationError{option, fmt::format("is for {} alone", only)};
    };
    require("--hidden", "");
    require("--activation", "mlp");
    require("--channels", "lenet");
  });
  return model;
}

const char* const data_description =
    "Folder of idx files as those of MNIST, which ./tools/mnist fetches, folder of classes with PNG files, "
    "or "
    "table .csv";

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

void add_threads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads to run on; 0 takes all there are")
      ->check(thread_count)
      ->type_name("N")
      ->capture_default_str();
}

void add_weights(CLI::App& command, std::filesystem::path& file) {
  command.add_option("--load", file, "The weights: a file of train --save, or a checkpoint")
      ->required()
      ->type_name("FILE");
}

}  // namespace retrograph::program
