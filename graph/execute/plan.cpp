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

/// Of the plan alone, in every run.
bool is_own(const Block& block) {
  return !block.update && !block.output;
}

}  // namespace

void Plan::Addresses::set(const std::byte* numbers) {
  if (numbers == current) return;
  current = numbers;
  for (const auto reader : readers) *reader = numbers;
  // Only blocks of the plan, spare arrays, outputs and parameters that are updated are written: none is
  // constant.
  for (const auto writer : writers) *writer = const_cast<std::byte*>(numbers);
}

Plan::Plan(Graph& graph, Program program, bool check_finite, Profile* profile)
    : graph_{graph},
      program_{std::move(program)},
      schedule_{program_},
      placement_{place(program_, schedule_)},
      check_finite_{check_finite},
      profile_{profile},
      task_graph_{schedule_},
      feeds_(program_.inputs.size()),
      parameters_(program_.parameters.size()),
      spares_(program_.updates.size()),
      results_(program_.outputs.size()),
      is_in_place_(program_.updates.size()) {
  find_updates_in_place();
  allocate_blocks();
  bind_calls();
}

Plan::~Plan() {
  if (profile_) profile_->forget(program_);
}

void Plan::find_updates_in_place() {
  for (std::size_t index = 0; index < program_.updates.size(); ++index) {
    const auto& update = program_.updates[index];
    const auto place = placement_.places[update.value];
    is_in_place_[index] =
        place.kind == Place::Kind::parameter && program_.parameters[place.index].node == update.node;
  }
}

void Plan::allocate_blocks() {
  std::size_t bytes = 0;
  for (const auto& block : placement_.blocks)
    if (is_own(block)) bytes += aligned(block.bytes);
  arena_ = Array::uninitialized({DType::uint8, {static_cast<std::int64_t>(bytes)}});
  auto* next = arena_->bytes();
  for (const auto& block : placement_.blocks) {
    block_addresses_.push_back(is_own(block) ? next : nullptr);
    if (is_own(block)) next += aligned(block.bytes);
  }
  for (std::size_t index = 0; index < is_in_place_.size(); ++index) {
    const auto& type = program_.values[program_.updates[index].value];
    spare_arrays_.push_back(Array::uninitialized(is_in_place_[index] ? ArrayType{type.dtype, {0}} : type));
  }
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
  kernels_.reserve(program_.steps.size());
  prepared_.reserve(program_.steps.size());
  prepared_of_task_.resize(schedule_.task_count());
  for (const auto task : schedule_.serial_order()) prepare_task(task);
  for (std::size_t index = 0; index < spares_.size(); ++index)
    spares_[index].set(spare_arrays_[index].bytes());
}

void Plan::prepare_task(std::uint32_t task) {
  prepared_of_task_[task].begin = static_cast<std::uint32_t>(prepared_.size());
  for (const auto index : schedule_.steps(task)) {
    const auto& step = program_.steps[index];
    if (step.op.traits().alias) continue;
    const auto first_input = inputs_.size(), first_output = outputs_.size();
    for (const auto value : step.inputs)
      bind(inputs_.emplace_back(view_of<ConstView>(value)).data, value, &Addresses::readers);
    for (const auto value : step.outputs)
      bind(outputs_.emplace_back(view_of<View>(value)).data, value, &Addresses::writers);
    kernels_.push_back(prepare(index));
    prepared_.push_back({kernels_.back().get(),
                         {{inputs_.data() + first_input, step.inputs.size()},
                          {outputs_.data() + first_output, step.outputs.size()},
                          context_,
                          hash_of_name(graph_.node(step.origin).full_name())},
                         index});
  }
  prepared_of_task_[task].end = static_cast<std::uint32_t>(prepared_.size());
}

std::unique_ptr<Kernel> Plan::prepare(std::uint32_t step) const {
  try {
    return program_.steps[step].op.prepare(program_.signature(program_.steps[step]));
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
      const auto& block = placement_.blocks[place.index];
      if (block.update) return &spares_[*block.update];
      return block.output ? &results_[*block.output] : nullptr;
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

void Plan::set_output(std::size_t index, const std::byte* numbers) {
  results_[index].set(numbers);
}

void Plan::set_parameter(std::size_t index, const std::byte* numbers) {
  parameters_[index].set(numbers);
}

void Plan::run(tasks::Arena& arena) {
  const Range all{0, static_cast<std::uint32_t>(prepared_.size())};
  if (profile_) profile_->start_run(program_);
  if (arena.threads() == 1 || schedule_.sharing() == Schedule::Sharing::nothing)
    arena.run_alone([&] { run_range(all); });
  else if (schedule_.sharing() == Schedule::Sharing::loops || check_finite_)
    arena.run([&] { run_range(all); });
  else
    arena.run(task_graph_,
              [&](std::int64_t task) { run_range(prepared_of_task_[static_cast<std::size_t>(task)]); });
}

void Plan::run_range(Range range) const {
  auto [index, end] = range;
  try {
    if (profile_ || check_finite_)
      for (; index < end; ++index) run_watched(prepared_[index]);
    else
      for (; index < end; ++index) prepared_[index].kernel->run(prepared_[index].call);
  } catch (Error& error) {
    add_context(error, prepared_[index].step);
    throw;
  }
}

void Plan::run_watched(const Prepared& prepared) const {
  {
    std::optional<ProfiledStep> note;
    if (profile_) note.emplace(*profile_, prepared.step);
    prepared.kernel->run(prepared.call);
  }
  if (check_finite_) require_finite(prepared);
}

void Plan::require_finite(const Prepared& prepared) const {
  for (const auto& output : prepared.call.outputs)
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

void Plan::commit(std::span<Array* const> parameters) {
  // All copies first: one update may read the parameter that another changes.
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    if (is_in_place_[index]) continue;
    const auto* computed = numbers(program_.updates[index].value);
    auto& spare = spare_arrays_[index];
    if (computed != spare.bytes()) std::memcpy(spare.bytes(), computed, spare.size_in_bytes());
  }
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    if (is_in_place_[index]) continue;
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
