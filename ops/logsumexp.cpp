#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/kernels/extremum.hpp>
#include <retrograph/ops/kernels/sum_fold.hpp>
#include <retrograph/ops/logsumexp.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/where.hpp>

#include <cmath>
#include <limits>

namespace retrograph {
namespace {

/// Adds up exponentials, each less the largest: between 0 and 1, and one of them 1.
struct ExponentialFold : SumFold {
  static constexpr bool centred = true;
  template <class T>
  static T take(T x, T largest) {
    return std::exp(x - largest);
  }
};

template <class T>
class LogSumExpKernel final : public Kernel {
 public:
  LogSumExpKernel(const Signature& signature, const std::vector<std::size_t>& axes)
      : largest_{signature.inputs[0].extents, axes},
        sum_{signature.inputs[0].extents, axes},
        centres_{std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(sum_.results()))} {}

  void run(const Call& call) const override {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<T>();
    auto* centres = centres_.get();
    if (sum_.count() > 0)
      largest_.run(x, centres);
    else
      std::fill_n(centres, sum_.results(), T{0});
    for_results([=](std::int64_t i) {  // infinity less infinity is NaN: infinite numbers are not shifted
      if (!std::isfinite(centres[i])) centres[i] = 0;
    });
    sum_.run(x, y, centres);
    for_results([=](std::int64_t i) { y[i] = centres[i] + std::log(y[i]); });
  }

 private:
  template <class F>
  void for_results(F f) const {
    parallel_for(sum_.results(), detail::reduction_grain, [=](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) f(i);
    });
  }

  Reduction<ExtremumFold<Largest>, T> largest_;
  Reduction<ExponentialFold, T> sum_;
  std::unique_ptr<T[]> centres_;
};

struct LogSumExp : ReducedAxes {
  static constexpr std::string_view name = "logsumexp";
  static constexpr bool never_fails = true;

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<LogSumExpKernel<T>>(signature, axes);
  }
  double cost(const Signature& signature) const {
    return 20 * static_cast<double>(element_count(signature.inputs[0].extents));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0), y = kept(node.result(0), x);
    // Where y is -infinity, so is x: exp(x - 0) is the 0 that is wanted, and x - y would be NaN.
    const auto shift = where(y == -std::numeric_limits<double>::infinity(), 0, y);
    return {kept(upstream, x) * exp(x - shift)};
  }
};

}  // namespace

Tensor logsumexp(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(LogSumExp{reduced_axes(LogSumExp::name, x, axes, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> logsumexp_entries() {
  return {{"logsumexp", "y = log(sum_i exp(x_i)) over the axes", "[...] -> [...] without the axes",
           "upstream * exp(x - y)", float_dtypes, reduction_samples(logsumexp, -2, 2)}};
}

}  // namespace retrograph
