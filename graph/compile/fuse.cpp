#include <retrograph/graph/compile/fused.hpp>
#include <retrograph/graph/compile/lists.hpp>
#include <retrograph/graph/compile/program.hpp>

#include <algorithm>
#include <queue>

namespace retrograph {
namespace {

constexpr auto none = ~std::uint32_t{0};

/// What the pass knows of a step.
struct Kind {
  bool is_elementwise = false;
  std::int64_t line = 0;  // of a reduction that can be fused
};

/// The steps in an order in which elementwise ones come as soon as they can: what follows from other
/// elementwise steps is then next to them, and what reads their results, after them. What reads a reduction
/// waits for the reductions that could be made now, since it closes the group of the one that it reads.
std::vector<std::uint32_t> elementwise_first(const Program& program, const std::vector<Kind>& kinds) {
  const auto made_by = producers(program);
  const auto count = program.steps.size();
  std::vector<std::uint32_t> waiting_for(count);
  const Lists readers{count, [&](const auto& add) {
                        for (std::uint32_t step = 0; step < count; ++step)
                          for (const auto value : program.steps[step].inputs)
                            if (made_by[value] != no_step) add(made_by[value], step);
                      }};
  std::vector<bool> reads_reduction(count);
  for (std::size_t step = 0; step < count; ++step)
    for (const auto reader : readers[step]) {
      ++waiting_for[reader];
      if (kinds[step].line > 1) reads_reduction[reader] = true;
    }

  enum class Turn { elementwise, reduction, reader_of_reduction, other };
  const auto turn_of = [&](std::uint32_t step) {
    if (kinds[step].is_elementwise)
      return reads_reduction[step] ? Turn::reader_of_reduction : Turn::elementwise;
    return kinds[step].line > 1 ? Turn::reduction : Turn::other;
  };
  using Waiting = std::pair<Turn, std::uint32_t>;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> ready;
  const auto add = [&](std::uint32_t step) { ready.emplace(turn_of(step), step); };
  for (std::uint32_t step = 0; step < count; ++step)
    if (waiting_for[step] == 0) add(step);
  std::vector<std::uint32_t> order;
  order.reserve(count);
  while (!ready.empty()) {
    const auto step = ready.top().second;
    ready.pop();
    order.push_back(step);
    for (const auto reader : readers[step])
      if (--waiting_for[reader] == 0) add(reader);
  }
  return order;
}

/// Groups of elementwise steps with results of the same extents, each connected by what its steps read from
/// one another, and of reductions of those results.
///
/// A group is open until a step outside of it reads one of its results. Steps join open groups only, so that
/// all that reads a group comes after its last member, and all that it reads, before: the whole group can
/// run where its last member stands.
class Groups {
 public:
  Groups(const Program& program, const std::vector<Kind>& kinds)
      : program_{program}, kinds_{kinds}, source_(program.values.size()) {}

  void visit(std::uint32_t step) {
    close_where_reduced_is_read(step);
    const auto group = kinds_[step].is_elementwise ? join(step) : kinds_[step].line > 1 ? end(step) : none;
    for (const auto value : program_.steps[step].inputs) {
      const auto other = find(source_[value].group);
      if (other != none && other != group) groups_[other].is_open = false;
    }
    entries_.push_back({step, group});
    if (group == none) return;
    for (const auto value : program_.steps[step].outputs) source_[value] = {group, kinds_[step].line > 0};
  }

  struct Entry {
    std::uint32_t step, group;
  };
  /// The steps visited, each with its group; `none` for a step in no group.
  std::vector<Entry> entries() {
    for (auto& entry : entries_) entry.group = find(entry.group);
    return std::move(entries_);
  }
  std::size_t count() const { return groups_.size(); }

 private:
  struct Group {
    std::uint32_t parent;  // the group that it became a part of, or itself
    std::uint32_t model;   // a step with results of its extents
    std::int64_t line;     // of its reductions; 0 without
    bool is_open;
  };
  struct Source {
    std::uint32_t group = none;
    bool is_reduced = false;
  };

  /// What a reduction makes is there when the whole group is over.
  void close_where_reduced_is_read(std::uint32_t step) {
    for (const auto value : program_.steps[step].inputs)
      if (source_[value].is_reduced) groups_[find(source_[value].group)].is_open = false;
  }

  /// The group of a step: those of its operands as one, as far as it may join them, or a new one.
  std::uint32_t join(std::uint32_t step) {
    auto joined = none;
    for (const auto value : program_.steps[step].inputs) {
      const auto group = find(source_[value].group);
      if (group == none || group == joined || !groups_[group].is_open || !fits(group, step)) continue;
      if (joined == none)
        joined = group;
      else if (can_merge(joined, group))
        joined = merge(joined, group);
    }
    if (joined == none) {
      joined = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back({joined, step, 0, true});
    }
    return joined;
  }

  /// The group that a reduction is an end of.
  std::uint32_t end(std::uint32_t step) {
    const auto group = find(source_[program_.steps[step].inputs[0]].group);
    if (group == none || !groups_[group].is_open) return none;
    auto& line = groups_[group].line;
    if (line != 0 && line != kinds_[step].line) return none;
    line = kinds_[step].line;
    return group;
  }

  bool fits(std::uint32_t group, std::uint32_t step) const {
    return extents(groups_[group].model) == extents(step);
  }
  const Extents& extents(std::uint32_t step) const {
    return program_.values[program_.steps[step].outputs[0]].extents;
  }

  bool can_merge(std::uint32_t a, std::uint32_t b) const {
    return groups_[a].line == 0 || groups_[b].line == 0 || groups_[a].line == groups_[b].line;
  }
  std::uint32_t merge(std::uint32_t a, std::uint32_t b) {
    const auto [first, second] = std::minmax(a, b);
    groups_[second].parent = first;
    groups_[first].line = std::max(groups_[first].line, groups_[second].line);
    return first;
  }

  std::uint32_t find(std::uint32_t group) {
    if (group == none) return none;
    while (groups_[group].parent != group)
      group = groups_[group].parent = groups_[groups_[group].parent].parent;
    return group;
  }

  const Program& program_;
  const std::vector<Kind>& kinds_;
  std::vector<Source> source_;  // of each value
  std::vector<Group> groups_;
  std::vector<Entry> entries_;
};

/// Makes one step of the members of a group, or several if they are too many for one kernel.
class Fuser {
 public:
  Fuser(const Program& program, const std::vector<Kind>& kinds)
      : program_{program},
        kinds_{kinds},
        readers_left_{count_uses(program)},
        local_(program.values.size(), none) {}

  void add(std::span<const std::uint32_t> members, std::vector<Step>& steps) {
    std::vector<std::uint32_t> elementwise, reductions;
    for (const auto member : members)
      (kinds_[member].is_elementwise ? elementwise : reductions).push_back(member);
    if (auto fused = fuse(elementwise, reductions)) {
      steps.push_back(std::move(*fused));
      return;
    }
    add_in_parts(elementwise, steps);
    for (const auto reduction : reductions) steps.push_back(program_.steps[reduction]);
  }

 private:
  void add_in_parts(std::span<const std::uint32_t> members, std::vector<Step>& steps) {
    if (members.size() == 1) {
      steps.push_back(program_.steps[members[0]]);
    } else if (auto fused = fuse(members, {})) {
      steps.push_back(std::move(*fused));
    } else {
      add_in_parts(members.first(members.size() / 2), steps);
      add_in_parts(members.subspan(members.size() / 2), steps);
    }
  }

  /// Nothing if one kernel cannot hold the members, or there is but one.
  std::optional<Step> fuse(std::span<const std::uint32_t> members,
                           std::span<const std::uint32_t> reductions) {
    if (members.size() + reductions.size() < 2 || members.size() > Fused::most_members) return std::nullopt;
    Fused fused;
    Step step{fused, {}, {}, program_.steps[members.back()].origin};
    number_operands(members, step.inputs);
    fused.operand_count = static_cast<std::uint32_t>(step.inputs.size());
    auto next = fused.operand_count;
    for (const auto index : members) local_[program_.steps[index].outputs[0]] = next++;
    for (const auto index : members) fused.members.push_back(member(index));
    for (const auto index : reductions) fused.reductions.push_back(member(index));
    for (const auto value : results_of(members, reductions)) {
      step.outputs.push_back(value);
      fused.results.push_back(local_[value]);
    }
    for (const auto index : reductions) step.outputs.push_back(program_.steps[index].outputs[0]);
    for (const auto value : step.inputs) local_[value] = none;
    for (const auto index : members) local_[program_.steps[index].outputs[0]] = none;
    if (!fused.fits(program_.signature(step))) return std::nullopt;
    step.op = std::move(fused);
    return step;
  }

  Fused::Member member(std::uint32_t index) const {
    const auto& step = program_.steps[index];
    Fused::Member member{step.op, program_.signature(step), {}};
    for (const auto value : step.inputs) member.arguments.push_back(local_[value]);
    return member;
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
  std::vector<ValueId> results_of(std::span<const std::uint32_t> members,
                                  std::span<const std::uint32_t> reductions) {
    const auto count_readers = [&](int change) {
      for (const auto& list : {members, reductions})
        for (const auto index : list)
          for (const auto value : program_.steps[index].inputs)
            readers_left_[value] =
                static_cast<std::uint32_t>(static_cast<int>(readers_left_[value]) + change);
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
  const std::vector<Kind>& kinds_;
  std::vector<std::uint32_t> readers_left_;  // of each value
  std::vector<std::uint32_t> local_;         // the number of each value in the kernel being made
};

}  // namespace

void fuse(Program& program) {
  std::vector<Kind> kinds;
  for (const auto& step : program.steps) {
    const auto signature = program.signature(step);
    kinds.push_back({step.op.pointwise(signature) != nullptr, step.op.line(signature)});
  }
  Groups groups{program, kinds};
  for (const auto step : elementwise_first(program, kinds)) groups.visit(step);

  const auto entries = groups.entries();
  const Lists members{groups.count(), [&](const auto& add) {
                        for (const auto [step, group] : entries)
                          if (group != none) add(group, step);
                      }};
  Fuser fuser{program, kinds};
  std::vector<Step> steps;
  for (const auto [step, group] : entries)
    if (group == none)
      steps.push_back(std::move(program.steps[step]));  // no group looks at it
    else if (members[group].back() == step)
      fuser.add(members[group], steps);
  program.steps = std::move(steps);
}

}  // namespace retrograph
