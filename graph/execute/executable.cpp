#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/fed_inputs.hpp>
#include <retrograph/graph/execute/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace retrograph {
namespace {

/// Plans kept: the usual batch, the last short one, an evaluation, and some to spare.
constexpr std::size_t kept_plans = 8;

int checked_threads(int threads) {
  if (threads < 0) throw GraphError{fmt::format("{} is no number of threads", threads)};
  return threads;
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
  };
  std::vector<Entry> plans;  // the last used first
  std::vector<std::int64_t> key;
  std::unordered_map<NodeId, std::pair<std::string, std::size_t>> places;  // name and place in the state

  void check() {
    if (options.outputs.empty() && options.updates.empty()) throw GraphError{"there is nothing to compute"};
    for (const auto& output : options.outputs) require_own(output);
    for (const auto& input : options.inputs) {
      require_own(input);
      const auto listed = std::count_if(options.inputs.begin(), options.inputs.end(),
                                        [&](const Input& other) { return other.is(input); });
      if (listed > 1) throw GraphError{fmt::format("'{}' is listed twice", input.name())};
    }
    for (std::size_t i = 0; i < options.updates.size(); ++i) {
      require_own(options.updates[i].parameter);
      require_own(options.updates[i].value);
      for (std::size_t j = 0; j < i; ++j)
        if (options.updates[i].parameter.is(options.updates[j].parameter))
          throw GraphError{fmt::format("'{}' is updated twice", options.updates[i].parameter.name())};
    }
    complete_inputs();
  }

  void require_own(const Tensor& tensor) const {
    if (&tensor.graph() != &graph)
      throw GraphError{fmt::format("'{}' belongs to another graph", tensor.name())};
  }

  void complete_inputs() {
    const auto needed = needed_nodes(graph, options.outputs, options.updates);
    const auto needs = [&](const Input& input) { return bool{needed[input.node()]}; };
    const auto is_listed = [&](const Input& input) {
      return std::any_of(options.inputs.begin(), options.inputs.end(),
                         [&](const Input& other) { return other.is(input); });
    };
    if (options.inputs.empty()) {
      for (const auto& input : graph.inputs()) inputs.add(input, needs(input));
      return;
    }
    for (const auto& input : graph.inputs())
      if (needs(input) && !is_listed(input))
        throw GraphError{fmt::format("the outputs need the input '{}', which is not listed", input.name()),
                         "add it to .inputs"};
    for (const auto& input : options.inputs) inputs.add(input, true);
  }

  Plan& plan_for(const std::vector<const Array*>& feeds) {
    key.clear();
    for (const auto* feed : feeds) {
      key.push_back(feed ? static_cast<std::int64_t>(feed->rank()) : -1);
      if (feed) key.insert(key.end(), feed->extents().begin(), feed->extents().end());
    }
    auto entry = std::find_if(plans.begin(), plans.end(), [&](const Entry& e) { return e.key == key; });
    if (entry == plans.end()) {
      auto passes = options.passes;
      // Which node makes a number that is not finite is known too late for what was overwritten before.
      passes.update_in_place = passes.update_in_place && !options.check_finite;
      auto program = compile(graph, options.outputs, options.updates, inputs.bind(feeds), passes);
      if (plans.size() == kept_plans) plans.pop_back();
      plans.push_back(
          {key, std::make_unique<Plan>(graph, std::move(program), options.check_finite, options.profile)});
      entry = plans.end() - 1;
    }
    std::rotate(plans.begin(), entry, entry + 1);
    return *plans.front().plan;
  }

  /// The place in the state of a parameter, which must be there with the right type. It is the same from run
  /// to run as a rule, so that names are compared and not sought.
  std::size_t find(const State& state, NodeId id) {
    const auto& type = graph.node(id).results[0];
    auto& [name, index] = places.try_emplace(id, graph.node(id).full_name(), 0).first->second;
    if (index >= state.size() || state.name(index) != name) index = state.find(name);
    if (index == state.size())
      throw GraphError{fmt::format("the state has no '{}'", name),
                       "pass a state made after all parameters and optimizers of the graph"};
    const auto& array = state.array(index);
    if (array.dtype() != type.dtype || !fits(type.shape, array.extents()))
      throw ShapeError{fmt::format("'{}' is {} {} and the state has {} {}", name, to_string(type.shape),
                                   to_string(type.dtype), to_string(array.extents()),
                                   to_string(array.dtype()))};
    return index;
  }

  std::vector<Array> outputs(const Plan& plan) const {
    std::vector<Array> arrays;
    for (const auto value : plan.program().outputs) {
      auto& array = arrays.emplace_back(Array::uninitialized(plan.program().values[value]));
      if (array.size() > 0) std::memcpy(array.bytes(), plan.numbers(value), array.size_in_bytes());
    }
    return arrays;
  }

  /// The arrays that updates exchange for new ones. A view of the caller's memory is exchanged for a copy
  /// first: that memory is not ours to write to in a later run.
  std::vector<Array*> targets_of(const Plan& plan, State& state) {
    std::vector<Array*> targets;
    for (const auto& update : plan.program().updates) {
      auto& array = state.array(find(state, update.node));
      if (!array.owns_its_numbers()) array = Array{std::as_const(array)};
      targets.push_back(&array);
    }
    return targets;
  }

  Results run(const State& state, State* updated, const FeedList& feeds) {
    const auto arrays = inputs.sorted(feeds);
    if (options.check_finite) inputs.require_finite(arrays);
    std::vector<Array> results;
    arena.run([&] {
      auto& plan = plan_for(arrays);
      inputs.set(plan, arrays);
      const auto targets = updated ? targets_of(plan, *updated) : std::vector<Array*>{};
      const auto& parameters = plan.program().parameters;
      for (std::size_t index = 0; index < parameters.size(); ++index)
        plan.set_parameter(index, state.array(find(state, parameters[index].node)).bytes());
      plan.set_context({state.seed(), state.step()});
      plan.run(arena.threads() > 1);
      results = outputs(plan);
      plan.commit(targets);
    });
    if (updated && !options.updates.empty()) updated->set_step(state.step() + 1);
    return {options.outputs, std::move(results)};
  }
};

const Array& Results::operator[](const Tensor& output) const {
  for (std::size_t index = 0; index < outputs_.size(); ++index)
    if (outputs_[index].is(output)) return arrays_[index];
  throw GraphError{fmt::format("'{}' is no output of this executable", output.name()), "add it to .outputs"};
}

Executable::Executable(Graph& graph, ExecutableOptions options, std::source_location where)
    : implementation_{new Implementation{graph,
                                         std::move(options),
                                         tasks::Arena{checked_threads(options.threads)},
                                         FedInputs{graph},
                                         {},
                                         {},
                                         {}}} {
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

Results Executable::run_with(const State& state, State& updated, const FeedList& feeds) {
  return implementation_->run(state, &updated, feeds);
}

Results Executable::run_reading(const State& state, const FeedList& feeds) {
  if (!implementation_->options.updates.empty())
    throw GraphError{"a run with updates needs a state that it may change"};
  return implementation_->run(state, nullptr, feeds);
}

Results Executable::run(State& state, std::span<const Feed> feeds) {
  FeedList list;
  for (const auto& feed : feeds) list.push_back(&feed);
  return run_with(state, state, list);
}

Results Executable::run(const State& state, std::span<const Feed> feeds) {
  FeedList list;
  for (const auto& feed : feeds) list.push_back(&feed);
  return run_reading(state, list);
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
