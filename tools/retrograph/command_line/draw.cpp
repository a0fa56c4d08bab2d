#include "command_options.hpp"
#include "shared_options.hpp"

namespace retrograph::program {

void add(CLI::App& program, DrawCommand& options) {
  auto& draw = *program.add_subcommand("draw", "Draw the graph of a model");
  add_model(draw, options.model)->required();
  draw.add_option("-o,--output", options.output, "Where to; the ending says what: .dot, .svg, .png or .pdf")
      ->required()
      ->check(file_ending_in({".dot", ".svg", ".png", ".pdf"}))
      ->type_name("FILE");
  add_optimizer(draw, options.optimizer);
  draw.add_flag("--forward-only", options.forward_only, "Leave out gradients and updates");
}

}  // namespace retrograph::program
