#include <retrograph/graph/draw/render.hpp>

#include "commands.hpp"
#include "digits.hpp"
#include <fmt/format.h>

namespace retrograph::program {

void run(const DrawCommand& command) {
  Graph graph;
  const auto model = make_model(graph, command.model);
  DotOptions options{.title = describe(command.model)};
  if (command.forward_only)
    options.show = DotOptions::Show::forward;
  else
    make_training(model.loss, command.optimizer);
  render(command.output, graph, options);
  fmt::print("wrote {}\n", command.output.string());
}

}  // namespace retrograph::program
