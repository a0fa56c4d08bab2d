#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, EvaluateCommand& options) {
  auto& evaluate = *program.add_subcommand("evaluate", "Judge saved weights by the test samples");
  add_model(evaluate, options.model)
      ->description("The model, if the file does not say [as it says]")
      ->default_str("");
  add_weights(evaluate, options.load);
  add_data(evaluate, options.data, data_description);
  evaluate.add_option("--top", options.top, "Count labels among so many of the likeliest classes, too")
      ->check(positive_integer)
      ->type_name("K")
      ->capture_default_str();
  add_threads(evaluate, options.threads);
}

}  // namespace retrograph::program
