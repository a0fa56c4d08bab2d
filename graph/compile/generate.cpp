#include <retrograph/graph/compile/fused.hpp>
#include <retrograph/graph/compile/program.hpp>

namespace retrograph {

void generate(Program& program) {
  for (auto& step : program.steps)
    if (const auto* found = step.op.as<Fused>()) {
      auto fused = *found;
      fused.generates = true;
      step.op = std::move(fused);
    }
}

}  // namespace retrograph
