#include "command_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, OpsCommand&) {
  program.add_subcommand("ops", "List the ops: name, formula, shapes, dtypes and gradient");
}

}  // namespace retrograph::program
