#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/reduction_loop.hpp>
#include <retrograph/ops/kernels/wrapping.hpp>
#include <retrograph/ops/prod.hpp>
#include <retrograph/ops/prod_of_others.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/rewrites.hpp>

namespace retrograph {
namespace {

/// Multiplies numbers; integers wrap around.
struct ProdFold : PlainFold {
  template <class T>
  static T join(T a, T b) {
    return wrapping_multiply(a, b);
  }
  template <class T>
  static T nothing() {
    return T{1};
  }
};

struct Prod : ReducedAxes {
  static constexpr std::string_view name = "prod";
  static constexpr bool never_fails = true;

  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<ReductionKernel<ProdFold, T>>(signature, axes);
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return of_one_number(match); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    return {kept(upstream, x) * prod_of_others(x, axes)};
  }
};

}  // namespace

Tensor prod(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Prod{reduced_axes(Prod::name, x, axes, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> prod_entries() {
  const auto with_zeros = [](std::string label, std::initializer_list<double> numbers) {
    return Sample{std::move(label), {Array::of<double>({4}, numbers)}, [](std::span<const Tensor> x) {
                    return prod(x[0]);
                  }};
  };
  auto samples = reduction_samples(prod, -2, 2);
  samples.push_back(with_zeros("one zero", {0.7, 0, -1.3, 2.1}));
  samples.push_back(with_zeros("two zeros", {0.7, 0, -1.3, 0}));
  samples.push_back(with_zeros("three zeros", {0, 0, -1.3, 0}));
  return {{"prod", "y = prod_i x_i over the axes", "[...] -> [...] without the axes",
           "upstream * prod_{j != i} x_j", number_dtypes, std::move(samples)}};
}

}  // namespace retrograph
