#include <retrograph/graph/compile/place.hpp>

#include <algorithm>
#include <map>

namespace retrograph {
namespace {

/// A value is put into a block of at most so many times its size; if it is kept, then until the run is over.
constexpr std::size_t most_waste = 4;

/// Blocks that nobody uses, by their sizes.
class FreeBlocks {
 public:
  /// The size of the block that suits best: the smallest that is large enough, or else the largest. None that
  /// would be wasted on so little.
  std::optional<std::size_t> best_size(std::size_t wanted, std::size_t most) const {
    const auto large_enough = blocks_.lower_bound(wanted);
    if (large_enough != blocks_.end() && large_enough->first <= most) return large_enough->first;
    if (large_enough == blocks_.begin()) return std::nullopt;
    return std::prev(large_enough)->first;
  }

  std::uint32_t take(std::size_t size) {
    const auto found = blocks_.find(size);
    const auto block = found->second.back();
    found->second.pop_back();
    if (found->second.empty()) blocks_.erase(found);
    return block;
  }

  void add(std::uint32_t block, std::size_t size) { blocks_[size].push_back(block); }

  void move_to(std::vector<std::uint32_t>& list) {
    for (const auto& [size, blocks] : blocks_) list.insert(list.end(), blocks.begin(), blocks.end());
    blocks_.clear();
  }

 private:
  std::map<std::size_t, std::vector<std::uint32_t>> blocks_;
};

class Placer {
 public:
  Placer(const Program& program, Schedule& schedule)
      : program_{program}, schedule_{schedule}, root_{roots(program)}, made_by_{producers(program)} {
    placement_.places.resize(program.values.size());
    place_leaves();
    find_uses();
  }

  Placement run() {
    std::uint32_t stage = 0;
    for (const auto task : schedule_.serial_order()) {
      if (schedule_.stage(task) != stage) free_for_all();
      stage = schedule_.stage(task);
      for (const auto step : schedule_.steps(task)) {
        place_results(step);
        release_operands(step);
      }
      free_in_task_.move_to(free_after_stage_);
    }
    for (ValueId value = 0; value < root_.size(); ++value)
      placement_.places[value] = placement_.places[root_[value]];
    for (const auto& block : placement_.blocks) placement_.total_bytes += block.bytes;
    schedule_.connect();
    return std::move(placement_);
  }

 private:
  /// What is known of a value while the steps are gone through.
  struct Use {
    std::uint32_t left = 0;                 // steps' operands that are still to come
    std::uint32_t last_task = 0;            // of those gone through, one of the highest stage
    bool in_several_tasks = false;          // of that stage
    bool kept = false;                      // wanted after the run
    std::optional<std::uint32_t> update{};  // whose parameter takes over the block
    std::optional<std::uint32_t> output{};  // whose array is the block
  };

  void place_leaves() {
    const auto place_all = [&](const auto& leaves, Place::Kind kind) {
      for (std::uint32_t index = 0; index < leaves.size(); ++index)
        placement_.places[leaves[index].value] = {kind, index};
    };
    place_all(program_.inputs, Place::Kind::input);
    place_all(program_.parameters, Place::Kind::parameter);
    place_all(program_.constants, Place::Kind::constant);
    for (const auto& update : program_.in_place)
      placement_.places[update.value] = {Place::Kind::parameter, update.parameter};
  }

  void find_uses() {
    uses_.resize(program_.values.size());
    readers_ = Lists{program_.values.size(), [&](const auto& add) {
                       for (std::uint32_t step = 0; step < program_.steps.size(); ++step)
                         for (const auto value : program_.steps[step].inputs) add(root_[value], step);
                     }};
    for (ValueId value = 0; value < uses_.size(); ++value)
      uses_[value].left = static_cast<std::uint32_t>(readers_[value].size());
    for (std::uint32_t index = 0; index < program_.updates.size(); ++index) {
      const auto value = program_.updates[index].value;
      auto& use = uses_[root_[value]];
      // One parameter takes over the block; another with the same value, or an output, gets a copy.
      if (!use.update && root_[value] == value && is_in_block(value)) use.update = index;
      use.kept = true;
    }
    for (std::uint32_t index = 0; index < program_.outputs.size(); ++index) {
      const auto root = root_[program_.outputs[index]];
      auto& use = uses_[root];
      if (!use.update && !use.output && is_in_block(root)) use.output = index;
      use.kept = true;
    }
  }

  bool is_in_block(ValueId value) const { return placement_.places[value].kind == Place::Kind::block; }
  std::size_t bytes(ValueId value) const { return size_in_bytes(program_.values[value]); }

  void place_results(std::uint32_t step) {
    const auto task = schedule_.task_of(step);
    const auto& outputs = program_.steps[step].outputs;
    for (std::size_t result = 0; result < outputs.size(); ++result) {
      const auto value = outputs[result];
      uses_[value].last_task = task;
      if (root_[value] != value || !is_in_block(value)) continue;
      auto block = block_of_operand(step, result);
      if (!block && !uses_[value].update) block = free_block(value);
      take(block ? *block : new_block(), value, step);
    }
    placement_.lower_bound_bytes = std::max(placement_.lower_bound_bytes, live_bytes_);
    for (const auto value : outputs)
      if (root_[value] == value && uses_[value].left == 0) release(value);
  }

  std::optional<std::uint32_t> block_of_operand(std::uint32_t step, std::size_t result) const {
    const auto value = program_.steps[step].outputs[result];
    const auto wanted = bytes(value);
    for (const auto operand : program_.steps[step].inputs) {
      const auto root = root_[operand];
      if (!is_in_block(root) || bytes(root) != wanted || !may_overwrite(step, result, root)) continue;
      const auto index = placement_.places[root].index;
      if (uses_[value].kept && placement_.blocks[index].bytes != wanted) continue;
      if (value_in_[index] == root && is_last_user(step, root)) return index;
    }
    return std::nullopt;
  }

  /// By the word of the op: wherever among its operands the value is, it may be overwritten.
  bool may_overwrite(std::uint32_t index, std::size_t result, ValueId root) const {
    const auto& step = program_.steps[index];
    for (std::size_t operand = 0; operand < step.inputs.size(); ++operand)
      if (root_[step.inputs[operand]] == root && !step.op.may_overwrite(result, operand)) return false;
    return true;
  }

  /// True if all other users of a value are over when the step starts.
  bool is_last_user(std::uint32_t step, ValueId root) const {
    const auto& use = uses_[root];
    const auto& inputs = program_.steps[step].inputs;
    const auto own = std::count_if(inputs.begin(), inputs.end(), [&](auto v) { return root_[v] == root; });
    if (use.kept || use.left != static_cast<std::uint32_t>(own)) return false;
    const auto task = schedule_.task_of(step);
    return schedule_.stage(use.last_task) < schedule_.stage(task) ||
           (use.last_task == task && !use.in_several_tasks);
  }

  /// One that this task left, for its numbers are near; or one that is over for all.
  std::optional<std::uint32_t> free_block(ValueId value) {
    const auto wanted = bytes(value), most = uses_[value].kept ? wanted : most_waste * wanted;
    const auto own = free_in_task_.best_size(wanted, most), other = free_.best_size(wanted, most);
    if (!own && !other) return std::nullopt;
    if (!other || (own && !is_better(*other, *own, wanted))) return free_in_task_.take(*own);
    return free_.take(*other);
  }

  static bool is_better(std::size_t a, std::size_t b, std::size_t wanted) {
    if (a >= wanted && b >= wanted) return a < b;
    return a > b;
  }

  std::uint32_t new_block() {
    placement_.blocks.emplace_back();
    value_in_.push_back(no_value);
    return static_cast<std::uint32_t>(placement_.blocks.size() - 1);
  }

  void take(std::uint32_t index, ValueId value, std::uint32_t step) {
    auto& former = value_in_[index];
    if (former != no_value) {
      schedule_.wait(step, made_by_[former]);
      for (const auto reader : readers_[former]) schedule_.wait(step, reader);
      if (uses_[former].left > 0) live_bytes_ -= bytes(former);  // overwritten by its last user
    }
    former = value;
    live_bytes_ += bytes(value);
    auto& block = placement_.blocks[index];
    block.bytes = std::max(block.bytes, bytes(value));
    block.update = uses_[value].update;
    block.output = uses_[value].output;
    placement_.places[value] = {Place::Kind::block, index};
  }

  void release_operands(std::uint32_t step) {
    const auto task = schedule_.task_of(step);
    for (const auto operand : program_.steps[step].inputs) {
      const auto root = root_[operand];
      auto& use = uses_[root];
      if (schedule_.stage(use.last_task) == schedule_.stage(task))
        use.in_several_tasks = use.in_several_tasks || use.last_task != task;
      else
        use.in_several_tasks = false;
      use.last_task = task;
      if (--use.left == 0) release(root);
    }
  }

  /// After the last user of a value: its block is free, unless that user overwrote it.
  void release(ValueId root) {
    if (uses_[root].kept || !is_in_block(root)) return;
    const auto index = placement_.places[root].index;
    if (value_in_[index] != root) return;
    live_bytes_ -= bytes(root);
    if (uses_[root].in_several_tasks)
      free_after_stage_.push_back(index);
    else
      free_in_task_.add(index, placement_.blocks[index].bytes);
  }

  void free_for_all() {
    for (const auto block : free_after_stage_) free_.add(block, placement_.blocks[block].bytes);
    free_after_stage_.clear();
  }

  static constexpr ValueId no_value = ~ValueId{0};

  const Program& program_;
  Schedule& schedule_;
  Placement placement_;
  std::vector<ValueId> root_;
  std::vector<std::uint32_t> made_by_;
  Lists readers_;  // steps, of each root
  std::vector<Use> uses_;
  std::vector<ValueId> value_in_;  // of each block: its last value
  std::size_t live_bytes_ = 0;
  FreeBlocks free_in_task_;                      // by the steps of this task that are over
  std::vector<std::uint32_t> free_after_stage_;  // for tasks of higher stages
  FreeBlocks free_;                              // by tasks of lower stages
};

}  // namespace

Placement place(const Program& program, Schedule& schedule) {
  return Placer{program, schedule}.run();
}

}  // namespace retrograph
