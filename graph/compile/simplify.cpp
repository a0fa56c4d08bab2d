#include <retrograph/graph/compile/rewrite.hpp>

namespace retrograph {

bool simplify(Program& program) {
  const auto made_by = producers(program);
  bool changed = false;
  for (auto& step : program.steps)
    while (auto rewritten = step.op.rewrite(Match{program, made_by, step})) {
      step.op = std::move(rewritten->op);
      step.inputs = std::move(rewritten->inputs);
      changed = true;
    }
  return changed;
}

}  // namespace retrograph
