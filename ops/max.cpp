#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/extremum.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/sum.hpp>

namespace retrograph {
namespace {

template <class Order>
struct Extremum : ReducedAxes {
  static constexpr std::string_view name = Order::name;

  bool never_fails(const Signature& signature) const { return has_numbers(signature); }

  Types infer(const Types& operands) const {
    require_numbers(operands[0].shape, axes);
    return ReducedAxes::infer(operands);
  }
  template <Element T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<ReductionKernel<ExtremumFold<Order>, T>>(signature, axes);
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return of_one_number(match); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    const auto chosen = cast(x == kept(node.result(0), x), x.dtype());
    return {chosen * (kept(upstream, x) / sum(chosen, as_axes(), Keep::yes))};
  }
};

}  // namespace

Tensor max(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Extremum<Largest>{reduced_axes("max", x, axes, keep, where)}, {x}, where);
}

Tensor min(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Extremum<Smallest>{reduced_axes("min", x, axes, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> max_entries() {
  constexpr auto shapes = "[...] -> [...] without the axes";
  constexpr auto gradient = "upstream to the chosen, shared equally by ties";
  return {
      {"max", "y = max_i x_i over the axes", shapes, gradient, any_dtypes, reduction_samples(max, -2, 2)},
      {"min", "y = min_i x_i over the axes", shapes, gradient, any_dtypes, reduction_samples(min, -2, 2)}};
}

}  // namespace retrograph
