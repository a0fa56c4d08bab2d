#include <retrograph/graph/compile/rewrite.hpp>

#include <algorithm>

namespace retrograph {
namespace {

class Combiner {
 public:
  explicit Combiner(Program& program)
      : program_{program},
        known_{producers(program), std::vector<std::optional<double>>(program.values.size()),
               count_uses(program)} {}

  void apply(std::uint32_t index) {
    auto& step = program_.steps[index];
    auto combined = step.op.combine(Match{program_, known_, step});
    if (!combined) return;
    auto former_inputs = std::move(step.inputs);
    if (combined->joins) {
      const auto joined = known_.producers[former_inputs[*combined->joins]];
      program_.steps[joined].op = std::move(combined->op);
      move_results(step, joined);
    } else {
      step.op = std::move(combined->op);
      step.inputs = std::move(combined->inputs);
      for (const auto value : step.inputs) ++known_.uses[value];
    }
    release(std::move(former_inputs));
  }

 private:
  void move_results(Step& from, std::uint32_t to) {
    auto& results = program_.steps[to].outputs;
    for (const auto value : from.outputs) known_.producers[value] = to;
    results.insert(results.end(), from.outputs.begin(), from.outputs.end());
    from.outputs.clear();
    from.inputs.clear();
  }

  /// One reader of each less; a step whose results nobody reads any more does not read either.
  void release(std::vector<ValueId> values) {
    while (!values.empty()) {
      const auto value = values.back();
      values.pop_back();
      if (--known_.uses[value] > 0 || known_.producers[value] == no_step) continue;
      const auto& step = program_.steps[known_.producers[value]];
      if (std::all_of(step.outputs.begin(), step.outputs.end(),
                      [&](auto other) { return known_.uses[other] == 0; }))
        values.insert(values.end(), step.inputs.begin(), step.inputs.end());
    }
  }

  Program& program_;
  Match::Known known_;
};

}  // namespace

void combine(Program& program) {
  Combiner combiner{program};
  for (std::uint32_t index = 0; index < program.steps.size(); ++index) combiner.apply(index);
  remove_unused(program);
}

}  // namespace retrograph
