#include <retrograph/graph/compile/fused.hpp>
#include <retrograph/graph/compile/lists.hpp>
#include <retrograph/graph/compile/program.hpp>

#include <algorithm>
#include <queue>

namespace retrograph {
namespace {

constexpr auto none = ~std::uint32_t{0};

/// The steps in an order in which elementwise ones come as soon as they can: what follows from other
/// elementwise steps is then next to them, and what reads their results, after them.
std::vector<std::uint32_t> elementwise_first(const Program& program,
                                             const std::vector<bool>& is_elementwise) {
  const auto made_by = producers(program);
  const auto count = program.steps.size();
  std::vector<std::uint32_t> waiting_for(count);
  const Lists readers{count, [&](const auto& add) {
                        for (std::uint32_t step = 0; step < count; ++step)
                          for (const auto value : program.steps[step].inputs)
                            if (made_by[value] != no_step) add(made_by[value], step);
                      }};
  for (std::size_t step = 0; step < count; ++step)
    for (const auto reader : readers[step]) ++waiting_for[reader];

  using Ready = std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>>;
  Ready elementwise, others;
  const auto add = [&](std::uint32_t step) { (is_elementwise[step] ? elementwise : others).push(step); };
  for (std::uint32_t step = 0; step < count; ++step)
    if (waiting_for[step] == 0) add(step);
  std::vector<std::uint32_t> order;
  order.reserve(count);
  while (!elementwise.empty() || !others.empty()) {
    auto& ready = elementwise.empty() ? others : elementwise;
    const auto step = ready.top();
    ready.pop();
    order.push_back(step);
    for (const auto reader : readers[step])
      if (--waiting_for[reader] == 0) add(reader);
  }
  return order;
}

/// Groups of elementwise steps with results of the same extents, each connected by what its steps read from
/// one another.
///
/// A group is open until a step outside of it reads one of its results. Steps join open groups only, so that
/// all that reads a group comes after its last member, and all that it reads, before: the whole group can
/// run where its last member stands.
class Groups {
 public:
  Groups(const Program& program, const std::vector<bool>& is_elementwise)
      : program_{program}, is_elementwise_{is_elementwise}, group_of_value_(program.values.size(), none) {}

  void visit(std::uint32_t step) {
    const auto group = is_elementwise_[step] ? join(step) : none;
    for (const auto value : program_.steps[step].inputs) {
      const auto other = find(group_of_value_[value]);
      if (other != none && other != group) is_open_[other] = false;
    }
    group_of_step_.push_back({step, group});
    if (group == none) return;
    for (const auto value : program_.steps[step].outputs) group_of_value_[value] = group;
  }

  struct Entry {
    std::uint32_t step, group;
  };
  /// The steps visited, each with its group; `none` for a step in no group.
  std::vector<Entry> entries() {
    for (auto& entry : group_of_step_) entry.group = find(entry.group);
    return std::move(group_of_step_);
  }
  std::size_t count() const { return parent_.size(); }

 private:
  /// The group of a step: those of its operands as one, as far as it may join them, or a new one.
  std::uint32_t join(std::uint32_t step) {
    auto joined = none;
    for (const auto value : program_.steps[step].inputs) {
      const auto group = find(group_of_value_[value]);
      if (group == none || group == joined || !is_open_[group] || !fits(group, step)) continue;
      joined = joined == none ? group : merge(joined, group);
    }
    if (joined == none) {
      joined = static_cast<std::uint32_t>(parent_.size());
      parent_.push_back(joined);
      is_open_.push_back(true);
      model_.push_back(step);
    }
    return joined;
  }

  bool fits(std::uint32_t group, std::uint32_t step) const { return extents(model_[group]) == extents(step); }
  const Extents& extents(std::uint32_t step) const {
    return program_.values[program_.steps[step].outputs[0]].extents;
  }

  std::uint32_t merge(std::uint32_t a, std::uint32_t b) {
    parent_[std::max(a, b)] = std::min(a, b);
    return std::min(a, b);
  }

  std::uint32_t find(std::uint32_t group) {
    if (group == none) return none;
    while (parent_[group] != group) group = parent_[group] = parent_[parent_[group]];
    return group;
  }

  const Program& program_;
  const std::vector<bool>& is_elementwise_;
  std::vector<std::uint32_t> group_of_value_;
  std::vector<std::uint32_t> parent_;  // of each group: the one that it became a part of, or itself
  std::vector<bool> is_open_;
  std::vector<std::uint32_t> model_;  // a step of each group
  std::vector<Entry> group_of_step_;
};

/// Makes one step of the members of a group, or several if they are too many for one kernel.
class Fuser {
 public:
  explicit Fuser(const Program& program) : program_{program}, readers_left_(program.values.size()) {
    for (const auto& step : program.steps)
      for (const auto value : step.inputs) ++readers_left_[value];
    for (const auto value : program.outputs) ++readers_left_[value];
    for (const auto& update : program.updates) ++readers_left_[update.value];
    local_.resize(program.values.size(), none);
  }

  void add(std::span<const std::uint32_t> members, std::vector<Step>& steps) {
    if (members.size() == 1) {
      steps.push_back(program_.steps[members[0]]);
      return;
    }
    auto fused = fuse(members);
    if (fused) {
      steps.push_back(std::move(*fused));
      return;
    }
    const auto half = members.size() / 2;
    add(members.first(half), steps);
    add(members.subspan(half), steps);
  }

 private:
  /// Nothing if one kernel cannot hold the members.
  std::optional<Step> fuse(std::span<const std::uint32_t> members) {
    if (members.size() > Fused::most_members) return std::nullopt;
    Fused fused;
    Step step{fused, {}, {}, program_.steps[members.back()].origin};
    number_operands(members, step.inputs);
    fused.operand_count = static_cast<std::uint32_t>(step.inputs.size());
    auto next = fused.operand_count;
    for (const auto index : members) local_[program_.steps[index].outputs[0]] = next++;
    for (const auto index : members) {
      const auto& member = program_.steps[index];
      fused.members.push_back({member.op, program_.signature(member), {}});
      for (const auto value : member.inputs) fused.members.back().arguments.push_back(local_[value]);
    }
    for (const auto value : results_of(members)) {
      step.outputs.push_back(value);
      fused.results.push_back(local_[value]);
    }
    for (const auto value : step.inputs) local_[value] = none;
    for (const auto index : members) local_[program_.steps[index].outputs[0]] = none;
    if (!fused.fits(program_.signature(step))) return std::nullopt;
    step.op = std::move(fused);
    return step;
  }

  /// Values that members read and none of them makes, each once, numbered in the order of their first use.
  void number_operands(std::span<const std::uint32_t> members, std::vector<ValueId>& operands) {
    constexpr auto made_here = none - 1;
    for (const auto index : members) {
      for (const auto value : program_.steps[index].inputs) {
        if (local_[value] != none) continue;
        local_[value] = static_cast<std::uint32_t>(operands.size());
        operands.push_back(value);
      }
      local_[program_.steps[index].outputs[0]] = made_here;
    }
  }

  /// Values that members make and others read.
  std::vector<ValueId> results_of(std::span<const std::uint32_t> members) {
    const auto count_readers = [&](int change) {
      for (const auto index : members)
        for (const auto value : program_.steps[index].inputs)
          readers_left_[value] = static_cast<std::uint32_t>(static_cast<int>(readers_left_[value]) + change);
    };
    count_readers(-1);
    std::vector<ValueId> results;
    for (const auto index : members)
      if (const auto value = program_.steps[index].outputs[0]; readers_left_[value] > 0)
        results.push_back(value);
    count_readers(+1);
    return results;
  }

  const Program& program_;
  std::vector<std::uint32_t> readers_left_;  // of each value
  std::vector<std::uint32_t> local_;         // the number of each value in the kernel being made
};

}  // namespace

void fuse(Program& program) {
  std::vector<bool> is_elementwise;
  for (const auto& step : program.steps)
    is_elementwise.push_back(step.op.pointwise(program.signature(step)) != nullptr);
  Groups groups{program, is_elementwise};
  for (const auto step : elementwise_first(program, is_elementwise)) groups.visit(step);

  const auto entries = groups.entries();
  const Lists members{groups.count(), [&](const auto& add) {
                        for (const auto [step, group] : entries)
                          if (group != none) add(group, step);
                      }};
  Fuser fuser{program};
  std::vector<Step> steps;
  for (const auto [step, group] : entries)
    if (group == none)
      steps.push_back(program.steps[step]);
    else if (members[group].back() == step)
      fuser.add(members[group], steps);
  program.steps = std::move(steps);
}

}  // namespace retrograph
