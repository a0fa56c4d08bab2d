#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, ProfileCommand& options) {
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

}  // namespace retrograph::program
