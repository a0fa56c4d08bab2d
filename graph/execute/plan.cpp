#include <retrograph/graph/execute/plan.hpp>
#include <retrograph/graph/execute/profiled_step.hpp>
#include <retrograph/graph/finite.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace retrograph {

namespace {

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + 63) / 64 * 64;
}

}  // namespace

void Plan::Addresses::set(const std::byte* numbers) {
  if (numbers == current) return;
  current = numbers;
  for (const auto reader : readers) *reader = numbers;
  // Only blocks of the plan, spare arrays and parameters that are updated are written: none is constant.
  for (const auto writer : writers) *writer = const_cast<std::byte*>(numbers);
}

Plan::Plan(Graph& graph, Program program, bool check_finite, Profile* profile)
    : graph_{graph},
      program_{std::move(program)},
      schedule_{program_},
      placement_{place(program_, schedule_)},
      check_finite_{check_finite},
      profile_{profile},
      feeds_(program_.inputs.size()),
      parameters_(program_.parameters.size()),
      spares_(program_.updates.size()),
      waiting_for_(schedule_.task_count()) {
  allocate_blocks();
  bind_calls();
}

void Plan::allocate_blocks() {
  std::size_t bytes = 0;
  for (const auto& block : placement_.blocks)
    if (!block.update) bytes += aligned(block.bytes);
  arena_ = Array::uninitialized({DType::uint8, {static_cast<std::int64_t>(bytes)}});
  auto* next = arena_->bytes();
  for (const auto& block : placement_.blocks) {
    block_addresses_.push_back(block.update ? nullptr : next);
    if (!block.update) next += aligned(block.bytes);
  }
  for (const auto& update : program_.updates)
    spare_arrays_.push_back(is_in_place(update) ? Array{{0}}
                                                : Array::uninitialized(program_.values[update.value]));
}

/// Without an address yet.
template <class AnyView>
AnyView Plan::view_of(ValueId value) const {
  const auto& type = program_.values[value];
  return {type, element_count(type.extents), nullptr};
}

template <class Pointer>
void Plan::bind(Pointer& data, ValueId value, std::vector<Pointer*> Addresses::*list) {
  const auto place = placement_.places[value];
  if (auto* moving = moving_addresses(place))
    (moving->*list).push_back(&data);
  else
    data = fixed_address(place);
}

void Plan::bind_calls() {
  std::size_t input_count = 0, output_count = 0;
  for (const auto& step : program_.steps) {
    input_count += step.inputs.size();
    output_count += step.outputs.size();
  }
  inputs_.reserve(input_count);  // the calls keep spans of them
  outputs_.reserve(output_count);
  for (const auto& step : program_.steps) {
    const auto first_input = inputs_.size(), first_output = outputs_.size();
    for (const auto value : step.inputs)
      bind(inputs_.emplace_back(view_of<ConstView>(value)).data, value, &Addresses::readers);
    for (const auto value : step.outputs)
      bind(outputs_.emplace_back(view_of<View>(value)).data, value, &Addresses::writers);
    calls_.push_back({{inputs_.begin() + static_cast<std::ptrdiff_t>(first_input), step.inputs.size()},
                      {outputs_.begin() + static_cast<std::ptrdiff_t>(first_output), step.outputs.size()},
                      {},
                      hash_of_name(graph_.node(step.origin).full_name())});
    kernels_.push_back(prepare(static_cast<std::uint32_t>(kernels_.size())));
  }
  for (std::size_t index = 0; index < spares_.size(); ++index)
    spares_[index].set(spare_arrays_[index].bytes());
}

std::unique_ptr<Kernel> Plan::prepare(std::uint32_t step) const {
  const auto& op = program_.steps[step].op;
  if (op.traits().alias) return nullptr;
  try {
    return op.prepare(program_.signature(program_.steps[step]));
  } catch (Error& error) {
    add_context(error, step);
    throw;
  }
}

Plan::Addresses* Plan::moving_addresses(Place place) {
  switch (place.kind) {
    case Place::Kind::input:
      return &feeds_[place.index];
    case Place::Kind::parameter:
      return &parameters_[place.index];
    case Place::Kind::constant:
      return nullptr;
    case Place::Kind::block: {
      const auto update = placement_.blocks[place.index].update;
      return update ? &spares_[*update] : nullptr;
    }
  }
  return nullptr;
}

std::byte* Plan::fixed_address(Place place) const {
  if (place.kind == Place::Kind::constant)
    return const_cast<std::byte*>(program_.constants[place.index].array->bytes());  // only read
  return block_addresses_[place.index];
}

const std::byte* Plan::numbers(ValueId value) const {
  const auto place = placement_.places[value];
  auto* moving = const_cast<Plan*>(this)->moving_addresses(place);
  return moving ? moving->current : fixed_address(place);
}

void Plan::set_input(std::size_t index, const std::byte* numbers) {
  feeds_[index].set(numbers);
}

void Plan::set_parameter(std::size_t index, const std::byte* numbers) {
  parameters_[index].set(numbers);
}

void Plan::set_context(RunContext context) {
  for (auto& call : calls_) call.run = context;
}

void Plan::run(bool in_parallel) {
  if (profile_) profile_->start_run(program_);
  if (in_parallel && !check_finite_ && schedule_.task_count() > 1)
    run_tasks();
  else
    run_in_order();
}

void Plan::run_in_order() {
  for (const auto task : schedule_.serial_order())
    for (const auto step : schedule_.steps(task)) run_step(step);
}

/// One run of all tasks: what is handed to the threads, with the number of a task.
struct Plan::TaskRun {
  Plan& plan;
  tasks::Group& group;
  void operator()(std::int64_t task) const { plan.run_task(*this, static_cast<std::uint32_t>(task)); }
  void start(std::uint32_t task) const { group.start(tasks::Function{*this}, task); }
};

void Plan::run_tasks() {
  const auto task_count = schedule_.task_count();
  for (std::uint32_t task = 0; task < task_count; ++task)
    waiting_for_[task].store(schedule_.predecessor_count(task), std::memory_order_relaxed);
  tasks::Group group;
  const TaskRun run{*this, group};
  for (std::uint32_t task = 0; task < task_count; ++task)
    if (schedule_.predecessor_count(task) == 0) run.start(task);
  group.wait();
}

/// Runs a task and then, on the same thread, one of those that it set free; the others are handed out.
void Plan::run_task(const TaskRun& run, std::uint32_t task) {
  constexpr auto none = ~std::uint32_t{0};  // GCC takes an optional here for one that may be read empty
  for (auto next = task; next != none;) {
    for (const auto step : schedule_.steps(next)) run_step(step);
    const auto successors = schedule_.successors(next);
    next = none;
    for (const auto successor : successors) {
      if (waiting_for_[successor].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
      if (next == none)
        next = successor;
      else
        run.start(successor);
    }
  }
}

void Plan::run_step(std::uint32_t step) {
  if (!kernels_[step]) return;
  try {
    if (profile_)
      run_profiled(step);
    else
      kernels_[step]->run(calls_[step]);
    if (check_finite_) require_finite(step);
  } catch (Error& error) {
    add_context(error, step);
    throw;
  }
}

void Plan::run_profiled(std::uint32_t step) {
  const ProfiledStep note{*profile_, step};
  kernels_[step]->run(calls_[step]);
}

void Plan::require_finite(std::uint32_t step) const {
  for (const auto& output : calls_[step].outputs)
    if (!all_finite(output.type.dtype, output.data, output.size))
      throw NotFiniteError{"made a number that is not finite"};
}

void Plan::add_context(Error& error, std::uint32_t step) const {
  const auto origin = program_.steps[step].origin;
  const auto& node = graph_.node(origin);
  std::vector<Error::Operand> operands;
  for (const auto& operand : graph_.operands(origin)) operands.push_back(retrograph::describe(operand));
  error.add_context(node.full_name(), std::move(operands), node.where);
}

bool Plan::is_in_place(const Program::Leaf& update) const {
  const auto place = placement_.places[update.value];
  return place.kind == Place::Kind::parameter && program_.parameters[place.index].node == update.node &&
         program_.parameters[place.index].value != update.value;
}

void Plan::commit(std::span<Array* const> parameters) {
  // All copies first: one update may read the parameter that another changes.
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    if (is_in_place(program_.updates[index])) continue;
    const auto* computed = numbers(program_.updates[index].value);
    auto& spare = spare_arrays_[index];
    if (computed != spare.bytes()) std::memcpy(spare.bytes(), computed, spare.size_in_bytes());
  }
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    if (is_in_place(program_.updates[index])) continue;
    std::swap(*parameters[index], spare_arrays_[index]);
    spares_[index].set(spare_arrays_[index].bytes());
  }
}

PlanSize Plan::size() const {
  return {program_.steps.size(), schedule_.task_count(), placement_.total_bytes,
          placement_.lower_bound_bytes};
}

std::string Plan::describe(Place place) const {
  const auto name = [&](const auto& leaves) { return graph_.node(leaves[place.index].node).full_name(); };
  switch (place.kind) {
    case Place::Kind::input:
      return name(program_.inputs);
    case Place::Kind::parameter:
      return name(program_.parameters);
    case Place::Kind::constant:
      return "a constant";
    case Place::Kind::block:
      return fmt::format("block {}", place.index);
  }
  throw InternalError{"an unknown kind of place"};
}

std::string Plan::describe(const Graph& graph) const {
  std::string text =
      fmt::format("{} steps in {} tasks, {} blocks of {} bytes; {} are alive at once in this order\n",
                  program_.steps.size(), schedule_.task_count(), placement_.blocks.size(),
                  placement_.total_bytes, placement_.lower_bound_bytes);
  for (const auto task : schedule_.serial_order()) {
    text += fmt::format("task {} (then {})\n", task, fmt::join(schedule_.successors(task), ", "));
    for (const auto index : schedule_.steps(task)) {
      const auto& step = program_.steps[index];
      std::vector<std::string> results;
      for (const auto value : step.outputs)
        results.push_back(fmt::format("{} {} in {}", to_string(program_.values[value].extents),
                                      to_string(program_.values[value].dtype),
                                      describe(placement_.places[value])));
      text += fmt::format("  {:<32} {:<24} {}\n", graph.node(step.origin).full_name(), step.op.name(),
                          fmt::join(results, "; "));
    }
  }
  return text;
}

}  // namespace retrograph
