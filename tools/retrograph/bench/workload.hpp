#pragma once

#include <retrograph/graph/compile/passes.hpp>
#include <retrograph/graph/execute/plan_size.hpp>
#include <retrograph/models/data/dataset.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace retrograph::program {

/// One training or run to be timed, made ready.
class Workload {
 public:
  virtual ~Workload() = default;

  /// Back to where it started; not timed.
  virtual void reset() {}
  /// What is timed: an epoch, or one run.
  virtual void run() = 0;
  /// A number that all that was computed goes into. The programs of tools/bench come to the same one.
  virtual double result() const = 0;

  /// Runs to be timed at a stretch, so that a clock's tick does not count.
  virtual int runs_at_a_stretch() const { return 1; }
  /// Additions and multiplications of the products of matrices in one run.
  virtual double flop() const { return 0; }
  /// Nodes of the graph, and the plan of the first shapes.
  virtual std::size_t nodes() const = 0;
  virtual PlanSize plan_size() const = 0;
};

/// The training digits of MNIST; or, where there are none, random numbers of the same shape: speed does not
/// depend on them.
class BenchData {
 public:
  explicit BenchData(std::filesystem::path folder) : folder_{std::move(folder)} {}

  /// Pixels at mean 0 and variance 1, or from 0 to 1.
  const Dataset& standardized() const;
  const Dataset& plain() const;
  /// Whether these are the digits.
  bool is_mnist() const;

 private:
  std::filesystem::path folder_;
  mutable std::optional<Dataset> standardized_, plain_;
};

struct WorkloadSettings {
  int threads;
  const BenchData& data;
};

struct NamedWorkload {
  std::string_view name, description;
  std::string_view unit;  // what one run is: "epoch", "run"
  std::unique_ptr<Workload> (*make)(const WorkloadSettings& settings);
};

/// All there are, in the order in which they run.
std::span<const NamedWorkload> workloads();

// Of one file each.
std::unique_ptr<Workload> make_mlp(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_lesson(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_wide(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_lenet(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_latency(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_latency_10000(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_overhead(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_overhead_fused(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_branches(const WorkloadSettings& settings);
std::unique_ptr<Workload> make_elementwise(const WorkloadSettings& settings);

/// All passes of the compiler but those of this name, if there are any.
Passes passes_without(std::string_view name);

}  // namespace retrograph::program
