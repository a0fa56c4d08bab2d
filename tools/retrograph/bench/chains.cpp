#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/initializers.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sum.hpp>

#include "../../bench/numbers.hpp"
#include "workload.hpp"
#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace retrograph::program {
namespace {

/// A graph with inputs of fixed numbers, a loss and gradients.
class FedGraph : public Workload {
 public:
  explicit FedGraph(int runs) : runs_{runs} {}

  void run() override { outputs_.emplace(executable_->run(no_parameters_, feeds_)); }
  int runs_at_a_stretch() const override { return runs_; }
  std::size_t nodes() const override { return graph_.node_count(); }
  PlanSize plan_size() const override { return executable_->plan_size(); }

 protected:
  Input feed(std::string name, Extents extents, std::uint64_t stream, float scale, float middle = 0) {
    const auto input = graph_.input(std::move(name), Shape{extents});
    auto array = Array::uninitialized({DType::float32, extents});
    bench::fill(array.values<float>(), stream, scale, middle);
    feeds_.push_back(input.feed(std::move(array)));
    return input;
  }

  void compile(std::vector<Tensor> outputs, int threads, Passes passes = {}) {
    executable_.emplace(
        graph_, ExecutableOptions{.outputs = std::move(outputs), .threads = threads, .passes = passes});
  }

  const Array& output(std::size_t index) const { return outputs_->at(index); }

 private:
  int runs_;
  Graph graph_;
  const State no_parameters_{0};
  std::vector<Feed> feeds_;
  std::optional<Executable> executable_;
  std::optional<Results> outputs_;
};

double sum_of(const Array& array) {
  double sum = 0;
  for (const auto number : array.values<float>()) sum += number;
  return sum;
}

double sum_of_sizes(const Array& array) {
  double sum = 0;
  for (const auto number : array.values<float>()) sum += std::abs(number);
  return sum;
}

class Additions final : public FedGraph {
 public:
  Additions(int threads, Passes passes) : FedGraph{200} {
    const auto x = feed("x", {bench::add_extent}, 1, 1),
               upstream = feed("upstream", {bench::add_extent}, 2, 1);
    Tensor y = x;
    for (int i = 0; i < bench::adds; ++i) y = y + x;
    const auto loss = sum(y * upstream);
    compile({loss, gradient(loss, x)}, threads, passes);
  }

  double result() const override { return output(0).scalar() + sum_of(output(1)); }
};

class Branches final : public FedGraph {
 public:
  explicit Branches(int threads) : FedGraph{5} {
    const auto x = feed("x", {n, n}, 1, 1), upstream = feed("upstream", {n, n}, 2, 1);
    std::vector<Tensor> leaves{x};
    std::optional<Tensor> sum_of_chains;
    for (int branch = 0; branch < bench::branches; ++branch) {
      Tensor y = x;
      for (int product = 0; product < bench::products; ++product) {
        const auto index = branch * bench::products + product;
        leaves.push_back(feed(fmt::format("weight_{}_{}", branch, product), {n, n},
                              3 + static_cast<std::uint64_t>(index), bench::branch_bound()));
        y = matmul(y, leaves.back());
      }
      sum_of_chains = sum_of_chains ? *sum_of_chains + y : y;
    }
    const auto loss = sum(*sum_of_chains * upstream);
    auto outputs = gradient(loss, leaves);
    outputs.push_back(loss);
    compile(std::move(outputs), threads);
  }

  double result() const override {
    return output(1 + bench::branches * bench::products).scalar() + sum_of_sizes(output(0)) +
           sum_of_sizes(output(1));
  }
  double flop() const override {
    return 3.0 * bench::branches * bench::products * 2 * std::pow(static_cast<double>(n), 3);
  }

 private:
  static constexpr std::int64_t n = bench::extent;
};

class Elementwise final : public FedGraph {
 public:
  explicit Elementwise(int threads) : FedGraph{1} {
    constexpr std::int64_t rows = bench::elementwise_rows, columns = bench::elementwise_columns;
    const auto x = feed("x", {rows, columns}, 1, 2);
    std::vector<Input> r, c;
    for (std::uint64_t i = 0; i < bench::row_vectors; ++i)
      r.push_back(feed(fmt::format("row_{}", i), {columns}, 10 + i, 0.5f, 1));
    for (std::uint64_t i = 0; i < bench::column_vectors; ++i)
      c.push_back(feed(fmt::format("column_{}", i), {rows, 1}, 20 + i, 0.5f, 1));
    Tensor y = relu((x * r[0] + c[0]) * r[1] + r[2]);
    y = sigmoid(y * c[1] - r[3]) * r[4] + c[2];
    y = retrograph::sqrt(square(y * r[5]) + r[6]) * c[3];
    y = relu(y + r[7] - c[4]) * r[0] + c[0];
    const auto loss = sum(y);
    compile({loss, gradient(loss, x)}, threads);
  }

  double result() const override { return output(0).scalar() + sum_of(output(1)); }
};

}  // namespace

std::unique_ptr<Workload> make_overhead(const WorkloadSettings& settings) {
  return std::make_unique<Additions>(settings.threads, passes_without("fuse"));
}

std::unique_ptr<Workload> make_overhead_fused(const WorkloadSettings& settings) {
  return std::make_unique<Additions>(settings.threads, Passes{});
}

std::unique_ptr<Workload> make_branches(const WorkloadSettings& settings) {
  return std::make_unique<Branches>(settings.threads);
}

std::unique_ptr<Workload> make_elementwise(const WorkloadSettings& settings) {
  return std::make_unique<Elementwise>(settings.threads);
}

}  // namespace retrograph::program
