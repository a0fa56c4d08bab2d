#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/sum_fold.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/variance.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Adds up squared distances from the mean.
struct SquaredDeviationFold : SumFold {
  static constexpr bool centred = true;
  template <class T>
  static T take(T x, T centre) {
    return (x - centre) * (x - centre);
  }
};

template <class T>
class VarianceKernel final : public Kernel {
 public:
  VarianceKernel(const Signature& signature, const std::vector<std::size_t>& axes, int correction)
      : sum_{signature.inputs[0].extents, axes},
        squares_{signature.inputs[0].extents, axes},
        means_{std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(sum_.results()))},
        divisor_{static_cast<T>(std::max<std::int64_t>(0, sum_.count() - correction))} {}

  void run(const Call& call) const override {
    const auto* x = call.input(0).values<T>();
    sum_.run(x, means_.get());
    divide(means_.get(), static_cast<T>(sum_.count()));
    auto* y = call.output(0).values<T>();
    squares_.run(x, y, means_.get());
    divide(y, divisor_);
  }

 private:
  void divide(T* numbers, T divisor) const {
    parallel_for(sum_.results(), detail::reduction_grain, [=](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) numbers[i] /= divisor;
    });
  }

  Reduction<SumFold, T> sum_;
  Reduction<SquaredDeviationFold, T> squares_;
  std::unique_ptr<T[]> means_;
  T divisor_;
};

struct Variance : ReducedAxes {
  static constexpr std::string_view name = "variance";
  static constexpr bool never_fails = true;
  int correction;

  std::string attributes() const {
    return ReducedAxes::attributes() + (correction == 0 ? "" : fmt::format(", correction={}", correction));
  }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<VarianceKernel<T>>(signature, axes, correction);
  }
  double cost(const Signature& signature) const {
    return 4 * static_cast<double>(element_count(signature.inputs[0].extents));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    const auto scale = 2 * kept(upstream, x) / (count(x) - correction);
    return {scale * (x - mean(x, as_axes(), Keep::yes))};
  }
  friend bool operator==(const Variance&, const Variance&) = default;
};

}  // namespace

Tensor variance(const Tensor& x, const Axes& axes, Keep keep, int correction, std::source_location where) {
  return apply(Variance{reduced_axes(Variance::name, x, axes, keep, where), correction}, {x}, where);
}

std::vector<CatalogueEntry> variance_entries() {
  const auto population = [](const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
    return variance(x, axes, keep, 0, where);
  };
  auto samples = reduction_samples(population, -2, 2);
  samples.push_back({"Bessel's correction", {sample_numbers({2, 3}, -2, 2)}, [](std::span<const Tensor> x) {
                       return variance(x[0], 1, Keep::no, 1);
                     }});
  return {{"variance", "y = sum_i (x_i - mean)^2 / (n - correction)", "[...] -> [...] without the axes",
           "upstream * 2 (x - mean) / (n - correction)", float_dtypes, std::move(samples)}};
}

}  // namespace retrograph
