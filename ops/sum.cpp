#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/sum_fold.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/sum.hpp>

namespace retrograph {
namespace {

struct Sum : ReducedAxes {
  static constexpr std::string_view name = "sum";
  static constexpr bool never_fails = true;

  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<ReductionKernel<SumFold, T>>(signature, axes);
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return of_one_number(match); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {repeated(upstream, node.input(0))};
  }
};

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Sum{reduced_axes(Sum::name, x, axes, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> sum_entries() {
  return {{"sum", "y = sum_i x_i over the axes", "[...] -> [...] without the axes",
           "upstream, repeated along the axes", number_dtypes, reduction_samples(sum, -2, 2)}};
}

}  // namespace retrograph
