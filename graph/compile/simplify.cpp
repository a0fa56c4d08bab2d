#include <retrograph/graph/compile/rewrite.hpp>

namespace retrograph {

void simplify(Program& program) {
  const auto made_by = producers(program);
  for (auto& step : program.steps)
    while (auto rewritten = step.op.rewrite(Match{program, made_by, step})) {
      step.op = std::move(rewritten->op);
      step.inputs = std::move(rewritten->inputs);
    }
}

}  // namespace retrograph
