#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, PredictCommand& options) {
  auto& predict = *program.add_subcommand("predict", "Show pictures with what a saved model takes them for");
  predict
      .add_option("sample", options.samples,
                  "PNG files of any size and kind, and indices of test samples, from 0 on")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("FILE.png|INDEX");
  add_weights(predict, options.load);
  add_data(predict, options.data, data_description);
  add_threads(predict, options.threads);
}

}  // namespace retrograph::program
