#include <retrograph/graph/compile/place.hpp>

#include <algorithm>

namespace retrograph {
namespace {

class Placer {
 public:
  Placer(const Program& program, Schedule& schedule) : program_{program}, schedule_{schedule} {
    placement_.places.resize(program.values.size());
    place_leaves();
    find_roots_and_users();
  }

  Placement run() {
    for (const auto task : schedule_.serial_order())
      for (const auto step : schedule_.tasks()[task].steps) place_results(step);
    for (ValueId value = 0; value < root_.size(); ++value)
      placement_.places[value] = placement_.places[root_[value]];
    for (const auto& block : placement_.blocks) placement_.total_bytes += block.bytes;
    placement_.lower_bound_bytes = largest_live_set();
    return std::move(placement_);
  }

 private:
  void place_leaves() {
    const auto place_all = [&](const auto& leaves, Place::Kind kind) {
      for (std::uint32_t index = 0; index < leaves.size(); ++index)
        placement_.places[leaves[index].value] = {kind, index};
    };
    place_all(program_.inputs, Place::Kind::input);
    place_all(program_.parameters, Place::Kind::parameter);
    place_all(program_.constants, Place::Kind::constant);
  }

  /// The root of a value is the value whose numbers it shows under another shape, or itself.
  void find_roots_and_users() {
    root_.resize(program_.values.size());
    for (ValueId value = 0; value < root_.size(); ++value) root_[value] = value;
    users_.resize(program_.values.size());
    is_output_.resize(program_.values.size());
    update_of_.resize(program_.values.size());
    for (std::uint32_t index = 0; index < program_.steps.size(); ++index) {
      const auto& step = program_.steps[index];
      if (step.op.traits().alias) root_[step.outputs[0]] = root_[step.inputs[0]];
      for (const auto value : step.inputs) users_[root_[value]].push_back(index);
    }
    for (const auto value : program_.outputs) is_output_[root_[value]] = true;
    for (std::uint32_t index = 0; index < program_.updates.size(); ++index) {
      const auto value = program_.updates[index].value;
      // One parameter takes over the block; another with the same value, or an output, gets a copy.
      if (!update_of_[root_[value]] && root_[value] == value) update_of_[value] = index;
    }
  }

  void place_results(std::uint32_t index) {
    const auto& step = program_.steps[index];
    for (std::size_t result = 0; result < step.outputs.size(); ++result) {
      const auto value = step.outputs[result];
      if (root_[value] != value) continue;
      auto block = block_of_operand(index, result);
      if (!block) block = free_block(index, value);
      if (!block) block = new_block();
      take(*block, value, index);
    }
  }

  std::size_t bytes(ValueId value) const { return size_in_bytes(program_.values[value]); }

  std::optional<std::uint32_t> block_of_operand(std::uint32_t step, std::size_t result_index) {
    const auto& [op, inputs, outputs, origin] = program_.steps[step];
    const auto result = outputs[result_index];
    for (std::size_t operand = 0; operand < inputs.size(); ++operand) {
      if (!op.may_overwrite(result_index, operand)) continue;
      const auto root = root_[inputs[operand]];
      const auto place = placement_.places[root];
      if (place.kind != Place::Kind::block || bytes(root) != bytes(result)) continue;
      const auto& block = placement_.blocks[place.index];
      if (block.to_the_end || block.update) continue;
      if (update_of_[result] && block.bytes != bytes(result)) continue;
      const auto over = [&](std::uint32_t user) { return user == step || schedule_.runs_before(user, step); };
      if (std::all_of(users_[root].begin(), users_[root].end(), over)) return place.index;
    }
    return std::nullopt;
  }

  /// The best block whose readers are all over: the smallest that is large enough, or else the largest.
  std::optional<std::uint32_t> free_block(std::uint32_t step, ValueId value) const {
    if (update_of_[value]) return std::nullopt;
    const auto wanted = bytes(value);
    std::optional<std::uint32_t> best;
    for (std::uint32_t index = 0; index < placement_.blocks.size(); ++index) {
      const auto& block = placement_.blocks[index];
      if (block.to_the_end || block.update || !is_over(index, step)) continue;
      if (!best || better(block.bytes, placement_.blocks[*best].bytes, wanted)) best = index;
    }
    return best;
  }

  static bool better(std::size_t a, std::size_t b, std::size_t wanted) {
    if (a >= wanted && b >= wanted) return a < b;
    return a > b;
  }

  bool is_over(std::uint32_t block, std::uint32_t step) const {
    return std::all_of(last_users_[block].begin(), last_users_[block].end(),
                       [&](std::uint32_t user) { return schedule_.runs_before(user, step); });
  }

  std::uint32_t new_block() {
    placement_.blocks.emplace_back();
    last_users_.emplace_back();
    return static_cast<std::uint32_t>(placement_.blocks.size() - 1);
  }

  void take(std::uint32_t index, ValueId value, std::uint32_t step) {
    for (const auto user : last_users_[index]) schedule_.wait(step, user);
    auto& block = placement_.blocks[index];
    block.bytes = std::max(block.bytes, bytes(value));
    block.to_the_end = is_output_[value];
    block.update = update_of_[value];
    last_users_[index] = users_[value];
    last_users_[index].push_back(step);
    placement_.places[value] = {Place::Kind::block, index};
  }

  std::size_t largest_live_set() const {
    std::vector<std::ptrdiff_t> change(program_.steps.size() + 1);
    for (std::uint32_t index = 0; index < program_.steps.size(); ++index)
      for (const auto value : program_.steps[index].outputs) {
        if (root_[value] != value) continue;
        const auto size = static_cast<std::ptrdiff_t>(bytes(value));
        const bool to_the_end = is_output_[value] || update_of_[value];
        const auto last = to_the_end              ? program_.steps.size() - 1
                          : users_[value].empty() ? index
                                                  : users_[value].back();
        change[index] += size;
        change[is_overwritten_by(last, value) ? last : last + 1] -= size;
      }
    std::ptrdiff_t live = 0, largest = 0;
    for (const auto difference : change) largest = std::max(largest, live += difference);
    return static_cast<std::size_t>(largest);
  }

  /// True if `step` works in place on the value.
  bool is_overwritten_by(std::size_t step, ValueId value) const {
    const auto& outputs = program_.steps[step].outputs;
    return std::any_of(outputs.begin(), outputs.end(), [&](ValueId output) {
      return root_[output] == output && output != value &&
             placement_.places[output].index == placement_.places[value].index;
    });
  }

  const Program& program_;
  Schedule& schedule_;
  Placement placement_;
  std::vector<ValueId> root_;
  std::vector<std::vector<std::uint32_t>> users_;  // of each root, in order
  std::vector<bool> is_output_;                    // of each root
  std::vector<std::optional<std::uint32_t>> update_of_;
  std::vector<std::vector<std::uint32_t>> last_users_;  // of each block
};

}  // namespace

Placement place(const Program& program, Schedule& schedule) {
  return Placer{program, schedule}.run();
}

}  // namespace retrograph
