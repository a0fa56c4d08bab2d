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
  std::int64_t line(const Signature& signature) const {
    return reduced_line(signature.inputs[0].extents, axes);
  }
  std::unique_ptr<PieceReduction> reduction(const Signature& signature, std::int64_t pieces) const {
    const auto results = element_count(signature.outputs[0].extents);
    return visit(signature.inputs[0].dtype,
                 [&]<class T>(std::type_identity<T>) -> std::unique_ptr<PieceReduction> {
                   if constexpr (Number<T>)
                     return std::make_unique<FoldedPieces<SumFold, T>>(results, pieces);
                   else
                     return nullptr;
                 });
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
