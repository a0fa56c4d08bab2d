#include <retrograph/graph/execute/bound_state.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/fed_inputs.hpp>
#include <retrograph/graph/execute/output_memory.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace retrograph {
namespace {

/// Plans kept: the usual batch, the last short one, an evaluation, and some to spare.
constexpr std::size_t kept_plans = 8;

int checked_threads(int threads) {
  if (threads < 0) throw GraphError{fmt::format("{} is no number of threads", threads)};
  return threads;
}

std::vector<const Feed*> addresses_of(std::span<const Feed> feeds) {
  std::vector<const Feed*> addresses;
  for (const auto& feed : feeds) addresses.push_back(&feed);
  return addresses;
}

}  // namespace

struct Executable::Implementation {
  Graph& graph;
  ExecutableOptions options;
  tasks::Arena arena;
  FedInputs inputs;
  struct Entry {
    std::vector<std::int64_t> key;  // the rank and extents of each feed
    std::unique_ptr<Plan> plan;
    BoundState state;
    std::shared_ptr<OutputMemory> outputs;
  };
  std::vector<Entry> plans;  // the last used first
  std::vector<std::int64_t> key;
  std::vector<Array> copies;  // of feeds that a run overwrites

  Implementation(Graph& owner, ExecutableOptions chosen)
      : graph{owner}, options{std::move(chosen)}, arena{checked_threads(options.threads)}, inputs{owner} {}

  void check() {
    if (options.check_finite)
      options.passes.combine = options.passes.fuse = false;  // so that one node is named
    if (options.outputs.empty() && options.updates.empty()) throw GraphError{"there is nothing to compute"};
    for (const auto& output : options.outputs) require_own(output);
    std::unordered_set<NodeId> listed, updated;
    for (const auto& input : options.inputs) {
      require_own(input);
      if (!listed.insert(input.node()).second)
        throw GraphError{fmt::format("'{}' is listed twice", input.name())};
    }
    for (const auto& [parameter, value] : options.updates) {
      require_own(parameter);
      require_own(value);
      if (!updated.insert(parameter.node()).second)
        throw GraphError{fmt::format("'{}' is updated twice", parameter.name())};
    }
    complete_inputs(listed);
  }

  void require_own(const Tensor& tensor) const {
    if (&tensor.graph() != &graph)
      throw GraphError{fmt::format("'{}' belongs to another graph", tensor.name())};
  }

  void complete_inputs(const std::unordered_set<NodeId>& listed) {
    const auto needed = needed_nodes(graph, options.outputs, options.updates);
    const auto needs = [&](const Input& input) { return bool{needed[input.node()]}; };
    if (options.inputs.empty()) {
      for (const auto& input : graph.inputs()) inputs.add(input, needs(input));
      return;
    }
    for (const auto& input : graph.inputs())
      if (needs(input) && !listed.contains(input.node()))
        throw GraphError{fmt::format("the outputs need the input '{}', which is not listed", input.name()),
                         "add it to .inputs"};
    for (const auto& input : options.inputs) inputs.add(input, true);
  }

  Entry& entry_for(const FedInputs::Arrays& feeds) {
    key.clear();
    for (const auto* feed : feeds) {
      key.push_back(feed ? static_cast<std::int64_t>(feed->rank()) : -1);
      if (feed) key.insert(key.end(), feed->extents().begin(), feed->extents().end());
    }
    auto entry = std::find_if(plans.begin(), plans.end(), [&](const Entry& e) { return e.key == key; });
    if (entry == plans.end()) {
      auto plan = plan_for(feeds);
      if (plans.size() == kept_plans) plans.pop_back();
      BoundState state{graph, *plan};
      auto outputs = std::make_shared<OutputMemory>(options.outputs, output_types(plan->program()));
      plans.push_back({key, std::move(plan), std::move(state), std::move(outputs)});
      entry = plans.end() - 1;
    }
    std::rotate(plans.begin(), entry, entry + 1);
    return plans.front();
  }

  std::unique_ptr<Plan> plan_for(const FedInputs::Arrays& feeds) {
    auto passes = options.passes;
    // Which node makes a number that is not finite is known too late for what was overwritten before.
    passes.update_in_place = passes.update_in_place && !options.check_finite;
    std::unique_ptr<Plan> plan;
    arena.run_alone([&] {
      auto program = compile(graph, options.outputs, options.updates, inputs.bind(feeds), passes);
      plan = std::make_unique<Plan>(graph, std::move(program), options.check_finite, options.profile);
    });
    return plan;
  }

  /// What is fed may be the memory of a parameter, which a run may overwrite before all have read it.
  void keep_apart(FedInputs::Arrays& feeds, const BoundState& bound) {
    copies.clear();
    copies.reserve(feeds.size());
    for (auto& feed : feeds)
      if (feed && bound.is_overwritten(*feed)) feed = &copies.emplace_back(*feed);
  }

  static std::vector<ArrayType> output_types(const Program& program) {
    std::vector<ArrayType> types;
    for (const auto value : program.outputs) types.push_back(program.values[value]);
    return types;
  }

  static void copy_outputs(const Plan& plan, std::vector<Array>& arrays) {
    for (std::size_t index = 0; index < arrays.size(); ++index) {
      auto& array = arrays[index];
      const auto* numbers = plan.numbers(plan.program().outputs[index]);
      if (numbers != array.bytes() && array.size() > 0)
        std::memcpy(array.bytes(), numbers, array.size_in_bytes());
    }
  }

  Results run_reading(const State& state, FeedList feeds) {
    auto& arrays = fed(feeds);
    auto& entry = entry_for(arrays);
    entry.state.read(state, *entry.plan);
    return run(entry, state, arrays);
  }

  /// Whatever can throw does so before the first update: that is made during the run, in place.
  Results run_changing(State& state, FeedList feeds) {
    auto& arrays = fed(feeds);
    auto& entry = entry_for(arrays);
    entry.state.read_and_change(state, *entry.plan);
    keep_apart(arrays, entry.state);
    auto results = run(entry, state, arrays);
    entry.plan->commit(entry.state.changed());
    if (!options.updates.empty()) state.set_step(state.step() + 1);
    return results;
  }

  FedInputs::Arrays& fed(FeedList feeds) {
    auto& arrays = inputs.sorted(feeds);
    if (options.check_finite) inputs.require_finite(arrays);
    return arrays;
  }

  Results run(Entry& entry, const State& state, const FedInputs::Arrays& feeds) {
    auto& plan = *entry.plan;
    inputs.set(plan, feeds);
    plan.set_context({state.seed(), state.step()});
    auto arrays = entry.outputs->get();
    for (std::size_t index = 0; index < arrays->size(); ++index)
      plan.set_output(index, (*arrays)[index].bytes());
    plan.run(arena);
    copy_outputs(plan, *arrays);
    return {entry.outputs, std::move(arrays)};
  }
};

Executable::Executable(Graph& graph, ExecutableOptions options, std::source_location where)
    : implementation_{new Implementation{graph, std::move(options)}} {
  try {
    implementation_->check();
  } catch (Error& error) {
    error.add_context("executable", {}, where);
    throw;
  }
}

Executable::~Executable() = default;
Executable::Executable(Executable&&) noexcept = default;
Executable& Executable::operator=(Executable&&) noexcept = default;

Results Executable::run_changing(State& state, FeedList feeds) {
  return implementation_->run_changing(state, feeds);
}

Results Executable::run_reading(const State& state, FeedList feeds) {
  if (!implementation_->options.updates.empty())
    throw GraphError{"a run with updates needs a state that it may change"};
  return implementation_->run_reading(state, feeds);
}

Results Executable::run(State& state, std::span<const Feed> feeds) {
  return run_changing(state, addresses_of(feeds));
}

Results Executable::run(const State& state, std::span<const Feed> feeds) {
  return run_reading(state, addresses_of(feeds));
}

PlanSize Executable::plan_size() const {
  const auto& plans = implementation_->plans;
  return plans.empty() ? PlanSize{} : plans.front().plan->size();
}

std::string Executable::plan() const {
  const auto& plans = implementation_->plans;
  return plans.empty() ? "nothing has run yet\n" : plans.front().plan->describe(implementation_->graph);
}

}  // namespace retrograph
