#pragma once

#include <retrograph/graph/compile/place.hpp>
#include <retrograph/graph/execute/plan_size.hpp>
#include <retrograph/graph/execute/profile.hpp>
#include <retrograph/graph/execute/tasks.hpp>
#include <retrograph/graph/state.hpp>

#include <atomic>

namespace retrograph {

/// A program with its kernels and buffers: what runs for one binding of the symbols.
/// A run only sets the addresses of what changes from run to run, then calls kernels; nothing is allocated.
class Plan {
 public:
  explicit Plan(Graph& graph, Program program, bool check_finite, Profile* profile = nullptr);

  /// Sets the numbers that a run works on. Inputs and parameters are in the order of the program's lists.
  void set_input(std::size_t index, const std::byte* numbers);
  void set_parameter(std::size_t index, const std::byte* numbers);
  void set_context(RunContext context);

  /// Runs all steps on the threads of the current arena, or all on this one.
  void run(bool in_parallel);

  const Program& program() const { return program_; }
  PlanSize size() const;
  /// The numbers of a value after a run.
  const std::byte* numbers(ValueId value) const;
  /// Exchanges each parameter's numbers with the new ones, where they are not in its memory already.
  /// `parameters[i]` is what update i changes.
  void commit(std::span<Array* const> parameters);

  std::string describe(const Graph& graph) const;

 private:
  /// Where the address of something that moves between runs is noted.
  struct Addresses {
    std::vector<const void**> readers;
    std::vector<void**> writers;
    const std::byte* current = nullptr;
    void set(const std::byte* numbers);
  };

  void allocate_blocks();
  void bind_calls();
  template <class AnyView>
  AnyView view_of(ValueId value) const;
  template <class Pointer>
  void bind(Pointer& data, ValueId value, std::vector<Pointer*> Addresses::*list);
  std::unique_ptr<Kernel> prepare(std::uint32_t step) const;
  std::byte* fixed_address(Place place) const;
  Addresses* moving_addresses(Place place);
  bool is_in_place(const Program::Leaf& update) const;
  std::string describe(Place place) const;
  void run_in_order();
  void run_tasks();
  struct TaskRun;
  void run_task(const TaskRun& run, std::uint32_t task);
  void run_step(std::uint32_t step);
  void run_profiled(std::uint32_t step);
  void require_finite(std::uint32_t step) const;
  void add_context(Error& error, std::uint32_t step) const;

  Graph& graph_;
  Program program_;
  Schedule schedule_;
  Placement placement_;
  bool check_finite_;
  Profile* profile_;

  std::vector<std::unique_ptr<Kernel>> kernels_;  // of each step; null for an alias
  std::vector<ConstView> inputs_;                 // of all steps in turn
  std::vector<View> outputs_;
  std::vector<Call> calls_;

  std::optional<Array> arena_;
  std::vector<std::byte*> block_addresses_;
  std::vector<Addresses> feeds_, parameters_, spares_;
  std::vector<Array> spare_arrays_;                      // of each update: what the parameter becomes
  std::vector<std::atomic<std::uint32_t>> waiting_for_;  // tasks that each task still waits for
};

}  // namespace retrograph
