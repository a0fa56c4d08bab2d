#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/sum_fold.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/reduction.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/size.hpp>

namespace retrograph {
namespace {

template <class T>
void divide_all(T* y, std::int64_t size, std::int64_t divisor) {
  const auto count = static_cast<T>(divisor);
  parallel_for(size, detail::reduction_grain, [=](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) y[i] /= count;
  });
}

template <class T>
class MeanKernel final : public Kernel {
 public:
  MeanKernel(const Signature& signature, const std::vector<std::size_t>& axes)
      : sum_{signature.inputs[0].extents, axes} {}

  void run(const Call& call) const override {
    auto* y = call.output(0).values<T>();
    sum_.run(call.input(0).values<T>(), y);
    divide_all(y, sum_.results(), sum_.count());
  }

 private:
  Reduction<SumFold, T> sum_;
};

template <class T>
class MeanPieces final : public FoldedPieces<SumFold, T> {
 public:
  MeanPieces(std::int64_t results, std::int64_t pieces, std::int64_t line)
      : FoldedPieces<SumFold, T>{results, pieces}, results_{results}, line_{line} {}

  void join(const void* partials, void* results) const override {
    FoldedPieces<SumFold, T>::join(partials, results);
    divide_all(static_cast<T*>(results), results_, line_);
  }

 private:
  std::int64_t results_, line_;
};

struct Mean : ReducedAxes {
  static constexpr std::string_view name = "mean";
  static constexpr bool never_fails = true;

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<MeanKernel<T>>(signature, axes);
  }
  std::int64_t line(const Signature& signature) const {
    return reduced_line(signature.inputs[0].extents, axes);
  }
  std::unique_ptr<PieceReduction> reduction(const Signature& signature, std::int64_t pieces) const {
    const auto results = element_count(signature.outputs[0].extents);
    return visit(signature.inputs[0].dtype,
                 [&]<class T>(std::type_identity<T>) -> std::unique_ptr<PieceReduction> {
                   if constexpr (std::floating_point<T>)
                     return std::make_unique<MeanPieces<T>>(results, pieces, line(signature));
                   else
                     return nullptr;
                 });
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return of_one_number(match); }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    return {repeated(upstream / count(x), x)};
  }
};

}  // namespace

Tensor mean(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Mean{reduced_axes(Mean::name, x, axes, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> mean_entries() {
  return {{"mean", "y = (1 / n) sum_i x_i over the axes, n numbers", "[...] -> [...] without the axes",
           "upstream / n, repeated along the axes", float_dtypes, reduction_samples(mean, -2, 2)}};
}

}  // namespace retrograph
