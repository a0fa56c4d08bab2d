#pragma once

#include <retrograph/graph/compile/place.hpp>
#include <retrograph/graph/execute/arena.hpp>
#include <retrograph/graph/execute/plan_size.hpp>
#include <retrograph/graph/execute/profile.hpp>
#include <retrograph/graph/execute/task_graph.hpp>
#include <retrograph/graph/state.hpp>

namespace retrograph {

/// A program with its kernels and buffers: what runs for one binding of the symbols.
/// A run only sets the addresses of what changes from run to run, then calls kernels; nothing is allocated.
class Plan {
 public:
  explicit Plan(Graph& graph, Program program, bool check_finite, Profile* profile = nullptr);
  ~Plan();

  /// Sets the numbers that a run works on. Inputs and parameters are in the order of the program's lists. A
  /// parameter that is updated in place is written to.
  void set_input(std::size_t index, const std::byte* numbers);
  void set_parameter(std::size_t index, const std::byte* numbers);
  /// Where an output may be written; whether it was is known by `numbers` after the run.
  void set_output(std::size_t index, const std::byte* numbers);
  void set_context(RunContext context) { context_ = context; }

  /// Runs all steps: in tasks on the threads of the arena, or where there is little to do all on this one.
  void run(tasks::Arena& arena);

  const Program& program() const { return program_; }
  PlanSize size() const;
  /// The numbers of a value after a run.
  const std::byte* numbers(ValueId value) const;
  /// True if an update is in its parameter's own memory once the plan has run.
  bool is_in_place(std::size_t update) const { return is_in_place_[update]; }
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
  /// A step, ready to be called.
  struct Prepared {
    const Kernel* kernel;
    Call call;
    std::uint32_t step;
  };

  void find_updates_in_place();
  void allocate_blocks();
  void bind_calls();
  void prepare_task(std::uint32_t task);
  template <class AnyView>
  AnyView view_of(ValueId value) const;
  template <class Pointer>
  void bind(Pointer& data, ValueId value, std::vector<Pointer*> Addresses::*list);
  std::unique_ptr<Kernel> prepare(std::uint32_t step) const;
  std::byte* fixed_address(Place place) const;
  Addresses* moving_addresses(Place place);

  struct Range {
    std::uint32_t begin = 0, end = 0;  // of what is prepared
  };
  void run_range(Range range) const;
  void run_watched(const Prepared& prepared) const;
  void require_finite(const Prepared& prepared) const;
  void add_context(Error& error, std::uint32_t step) const;
  std::string describe(Place place) const;

  Graph& graph_;
  Program program_;
  Schedule schedule_;
  Placement placement_;
  bool check_finite_;
  Profile* profile_;
  TaskGraph task_graph_;

  RunContext context_;
  std::vector<std::unique_ptr<Kernel>> kernels_;
  std::vector<ConstView> inputs_;  // of all steps in turn
  std::vector<View> outputs_;
  std::vector<Prepared>
      prepared_;  // all steps that have a kernel, in the order in which one thread runs them
  std::vector<Range> prepared_of_task_;

  std::optional<Array> arena_;
  std::vector<std::byte*> block_addresses_;
  std::vector<Addresses> feeds_, parameters_, spares_, results_;
  std::vector<bool> is_in_place_;    // of each update
  std::vector<Array> spare_arrays_;  // of each update that is not: what the parameter becomes
};

}  // namespace retrograph
