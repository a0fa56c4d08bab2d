#include <retrograph/graph/compile/lists.hpp>
#include <retrograph/graph/compile/program.hpp>

#include <algorithm>
#include <unordered_map>

namespace retrograph {
namespace {

/// Finds the updates that can be made in place, then the order of steps that this asks for: each step in its
/// turn, but one that overwrites a parameter only once nobody reads the old numbers any more and nothing that
/// is left may fail. Where steps wait for each other in a circle, one of them gives up its place.
class InPlaceUpdates {
 public:
  explicit InPlaceUpdates(Program& program)
      : program_{program}, made_by_{producers(program)}, root_{roots(program)} {}

  void run() {
    find_updates();
    if (program_.in_place.empty()) return;
    count_what_steps_wait_for();
    order_steps();
    std::erase_if(program_.in_place, [&](const auto& update) { return overwrites_[update.step] == 0; });
    apply_order();
  }

 private:
  void find_updates() {
    std::vector<bool> kept(program_.values.size());  // whose numbers somebody wants after the run
    for (const auto value : program_.outputs) kept[root_[value]] = true;
    for (const auto& update : program_.updates) kept[root_[update.value]] = true;
    std::unordered_map<NodeId, std::uint32_t> parameter_of_node;
    for (std::uint32_t index = 0; index < program_.parameters.size(); ++index)
      parameter_of_node.emplace(program_.parameters[index].node, index);

    std::vector<bool> taken(program_.values.size());  // one parameter's memory holds the value
    for (const auto& update : program_.updates) {
      const auto parameter = parameter_of_node.find(update.node);
      const auto step = made_by_[update.value];
      if (parameter == parameter_of_node.end() || step == no_step || taken[update.value]) continue;
      if (kept[program_.parameters[parameter->second].value]) continue;
      if (!can_overwrite(step, update.value, program_.parameters[parameter->second].value)) continue;
      taken[update.value] = true;
      program_.in_place.push_back({update.value, parameter->second, step});
    }
  }

  /// By the word of the op: every operand that is the parameter may be overwritten, and there is one.
  bool can_overwrite(std::uint32_t index, ValueId value, ValueId parameter) const {
    const auto& step = program_.steps[index];
    const auto found = std::find(step.outputs.begin(), step.outputs.end(), value);
    const auto result = static_cast<std::size_t>(found - step.outputs.begin());
    bool reads = false;
    for (std::size_t operand = 0; operand < step.inputs.size(); ++operand) {
      if (root_[step.inputs[operand]] != parameter) continue;
      if (!step.op.may_overwrite(result, operand)) return false;
      reads = true;
    }
    return reads && root_[value] == value && step.op.never_fails(program_.signature(step));
  }

  void count_what_steps_wait_for() {
    overwrites_.resize(program_.steps.size());
    overwriter_.resize(program_.values.size(), no_step);
    for (const auto& update : program_.in_place) {
      ++overwrites_[update.step];
      overwriter_[program_.parameters[update.parameter].value] = update.step;
    }
    waits_for_.resize(program_.steps.size());
    may_fail_.resize(program_.steps.size());
    for (std::uint32_t index = 0; index < program_.steps.size(); ++index) {
      const auto& step = program_.steps[index];
      may_fail_[index] = !step.op.traits().alias && !step.op.never_fails(program_.signature(step));
      left_that_may_fail_ += may_fail_[index];
      for (const auto value : step.inputs) {
        if (made_by_[value] != no_step) ++waits_for_[index];
        if (const auto other = overwriter_of(index, value); other != no_step) ++waits_for_[other];
      }
    }
    users_ = Lists{program_.steps.size(), [&](const auto& add) {
                     for (std::uint32_t index = 0; index < program_.steps.size(); ++index)
                       for (const auto value : program_.steps[index].inputs)
                         if (made_by_[value] != no_step) add(made_by_[value], index);
                   }};
  }

  /// The other step that waits for this one to have read the value.
  std::uint32_t overwriter_of(std::uint32_t step, ValueId value) const {
    const auto other = overwriter_[root_[value]];
    return other == step ? no_step : other;
  }

  void order_steps() {
    done_.resize(program_.steps.size());
    for (std::uint32_t step = 0; step < program_.steps.size(); ++step) visit(step);
    // What is left waits for a step that overwrites something, and that in the end for itself.
    for (std::uint32_t step = 0; step < program_.steps.size(); ++step) {
      if (done_[step]) continue;
      overwrites_[step] = 0;  // the first that is left has all its operands
      waits_for_[step] = 0;
      visit(step);
    }
  }

  /// Runs a step, and those that waited for it, if it is ready.
  void visit(std::uint32_t step) {
    passed_ = std::max(passed_, step + 1);
    ready_.push_back(step);
    while (!ready_.empty()) {
      const auto next = ready_.back();
      ready_.pop_back();
      if (!done_[next] && is_ready(next)) finish(next);
    }
  }

  bool is_ready(std::uint32_t step) {
    if (waits_for_[step] > 0) return false;
    if (overwrites_[step] == 0 || left_that_may_fail_ == 0) return true;
    until_nothing_may_fail_.push_back(step);
    return false;
  }

  void finish(std::uint32_t index) {
    done_[index] = true;
    order_.push_back(index);
    for (const auto user : users_[index]) count_down(user);
    for (const auto value : program_.steps[index].inputs)
      if (const auto other = overwriter_of(index, value); other != no_step) count_down(other);
    if (may_fail_[index] && --left_that_may_fail_ == 0) {
      ready_.insert(ready_.end(), until_nothing_may_fail_.rbegin(), until_nothing_may_fail_.rend());
      until_nothing_may_fail_.clear();
    }
  }

  void count_down(std::uint32_t step) {
    if (waits_for_[step] > 0 && --waits_for_[step] == 0 && step < passed_) ready_.push_back(step);
  }

  void apply_order() {
    std::vector<std::uint32_t> place(order_.size());
    std::vector<Step> steps;
    steps.reserve(order_.size());
    for (const auto index : order_) {
      place[index] = static_cast<std::uint32_t>(steps.size());
      steps.push_back(std::move(program_.steps[index]));
    }
    program_.steps = std::move(steps);
    for (auto& update : program_.in_place) update.step = place[update.step];
  }

  Program& program_;
  std::vector<std::uint32_t> made_by_;
  std::vector<ValueId> root_;
  std::vector<std::uint32_t> overwrites_;  // of each step: how many parameters
  std::vector<std::uint32_t> overwriter_;  // of each value that is a parameter: the step
  std::vector<std::uint32_t> waits_for_;   // of each step: operands, and readings of what it overwrites
  Lists users_;                            // of each step's results
  std::vector<bool> may_fail_, done_;
  std::uint32_t left_that_may_fail_ = 0;
  std::uint32_t passed_ = 0;  // steps whose turn has come
  std::vector<std::uint32_t> ready_, until_nothing_may_fail_, order_;
};

}  // namespace

void update_in_place(Program& program) {
  InPlaceUpdates{program}.run();
}

}  // namespace retrograph
