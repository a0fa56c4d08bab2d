#pragma once

#include <retrograph/graph/compile/passes.hpp>
#include <retrograph/graph/execute/plan_size.hpp>
#include <retrograph/graph/state.hpp>

#include <array>

namespace retrograph {

class Profile;

struct ExecutableOptions {
  std::vector<Input> inputs = {};  // all that are fed; if left empty, any, and at least those that are needed
  std::vector<Tensor> outputs = {};
  Updates updates = {};
  int threads = 0;             // 0: as many as the machine has
  bool check_finite = false;   // stop at the first node whose result is not finite; runs one node at a time
  Profile* profile = nullptr;  // notes when each step of every run began and ended; outlives the executable
  Passes passes = {};          // of the compiler; for tests, and for looking at what one of them does
};

class OutputMemory;

/// The outputs of one run. A later run uses their memory again once they are gone, unless they were taken.
class Results {
 public:
  Results(std::shared_ptr<OutputMemory> memory, std::unique_ptr<std::vector<Array>> arrays);
  ~Results();
  Results(Results&&) noexcept;
  Results& operator=(Results&&) noexcept;

  /// Throws GraphError if the tensor is not among the outputs of the executable.
  const Array& operator[](const Tensor& output) const;
  const Array& at(std::size_t index) const { return arrays_->at(index); }
  std::size_t size() const { return arrays_->size(); }
  std::vector<Array> take() &&;

 private:
  std::shared_ptr<OutputMemory> memory_;
  std::unique_ptr<std::vector<Array>> arrays_;
};

/// A graph compiled for chosen inputs, outputs and updates. The graph must outlive it.
/// A plan is made for each set of shapes that is fed, once, and the last few are kept.
/// One run at a time: two threads need two executables.
class Executable {
 public:
  /// Throws GraphError if a tensor belongs to another graph, a parameter is updated twice, or an output needs
  /// an input that is not listed.
  Executable(Graph& graph, ExecutableOptions options,
             std::source_location where = std::source_location::current());
  ~Executable();
  Executable(Executable&&) noexcept;
  Executable& operator=(Executable&&) noexcept;

  /// One run: reads the feeds and the state, computes the outputs, then commits the updates and counts the
  /// step. If it throws, the state is as it was. Throws FeedError for a missing, foreign or unfitting feed.
  template <std::same_as<Feed>... Feeds>
  Results run(State& state, const Feeds&... feeds) {
    return run_changing(state, std::array<const Feed*, sizeof...(feeds)>{&feeds...});
  }
  /// Without updates, the state is only read.
  template <std::same_as<Feed>... Feeds>
  Results run(const State& state, const Feeds&... feeds) {
    return run_reading(state, std::array<const Feed*, sizeof...(feeds)>{&feeds...});
  }
  /// Where the graph has no parameters.
  template <std::same_as<Feed>... Feeds>
  Results run(const Feeds&... feeds) {
    return run_reading(State{0}, std::array<const Feed*, sizeof...(feeds)>{&feeds...});
  }
  Results run(State& state, std::span<const Feed> feeds);
  Results run(const State& state, std::span<const Feed> feeds);

  /// The plan for the shapes that ran last, as text: steps, tasks, peak bytes beside the lower bound.
  std::string plan() const;
  /// Of the same plan; all 0 if nothing has run yet.
  PlanSize plan_size() const;

 private:
  using FeedList = std::span<const Feed* const>;
  Results run_changing(State& state, FeedList feeds);
  Results run_reading(const State& state, FeedList feeds);

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The numbers of one tensor, for a single use. Throws as Executable does.
template <std::same_as<Feed>... Feeds>
Array evaluate(const Tensor& tensor, const Feeds&... feeds) {
  auto results = Executable{tensor.graph(), {.outputs = {tensor}}}.run(feeds...).take();
  return std::move(results.front());
}
template <std::same_as<Feed>... Feeds>
Array evaluate(const Tensor& tensor, const State& state, const Feeds&... feeds) {
  auto results = Executable{tensor.graph(), {.outputs = {tensor}}}.run(state, feeds...).take();
  return std::move(results.front());
}

}  // namespace retrograph
