#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/softmax_rows.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace retrograph {
namespace {

/// Numbers as [outer, count, inner]: rows run along `count`. There are none if it is 0.
struct Rows {
  Rows(const Extents& extents, std::size_t axis)
      : outer{extents[axis] == 0 ? 0 : product(extents, 0, axis)},
        count{extents[axis]},
        inner{product(extents, axis + 1, extents.size())} {}

  static std::int64_t product(const Extents& extents, std::size_t first, std::size_t last) {
    return std::accumulate(extents.begin() + static_cast<std::ptrdiff_t>(first),
                           extents.begin() + static_cast<std::ptrdiff_t>(last), std::int64_t{1},
                           std::multiplies{});
  }

  std::int64_t outer, count, inner;
};

/// Rows that lie one after another.
template <class T, SoftmaxResult result>
class RowKernel final : public Kernel {
 public:
  explicit RowKernel(const Rows& rows) : rows_{rows} {}

  void run(const Call& call) const override {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<T>();
    parallel_for(rows_.outer, rows_per_chunk(rows_.count), [=, this](std::int64_t first, std::int64_t last) {
      SoftmaxSums<T> sums;
      for (auto row = first; row < last; row += softmax_width)
        softmax_rows<result>(x + row * rows_.count, y + row * rows_.count,
                             std::min(softmax_width, last - row), rows_.count, sums);
    });
  }

 private:
  Rows rows_;
};

/// Rows that lie across memory: as many as fit a cache line or a few are taken side by side, so that memory
/// is read as it lies and the innermost loops run over neighbours.
template <class T, SoftmaxResult result>
class ColumnKernel final : public Kernel {
 public:
  explicit ColumnKernel(const Rows& rows) : rows_{rows} {}

  void run(const Call& call) const override {
    const auto tiles = (rows_.inner + softmax_width - 1) / softmax_width;
    const auto grain = std::max(std::int64_t{1}, rows_per_chunk(rows_.count) / softmax_width);
    parallel_for(rows_.outer * tiles, grain, [&, tiles](std::int64_t first, std::int64_t last) {
      SoftmaxSums<T> sums;
      for (auto tile = first; tile < last; ++tile) {
        const auto column = tile % tiles * softmax_width;
        const auto offset = tile / tiles * rows_.count * rows_.inner + column;
        softmax_columns<result>(call.input(0).values<T>() + offset, call.output(0).values<T>() + offset,
                                rows_.count, rows_.inner, std::min(softmax_width, rows_.inner - column),
                                sums);
      }
    });
  }

 private:
  Rows rows_;
};

/// What softmax and log_softmax have in common.
template <SoftmaxResult result>
struct AlongAxis {
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;
  std::size_t axis;

  std::string attributes() const { return fmt::format("axis={}", axis); }
  Types infer(const Types& operands) const { return operands; }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    const Rows rows{signature.inputs[0].extents, axis};
    if (rows.inner == 1) return std::make_unique<RowKernel<T, result>>(rows);
    return std::make_unique<ColumnKernel<T, result>>(rows);
  }

  double cost(const Signature& signature) const {
    return softmax_cost * static_cast<double>(element_count(signature.inputs[0].extents));
  }

  Tensor summed(const Tensor& x) const { return sum(x, static_cast<std::int64_t>(axis), Keep::yes); }

  friend bool operator==(const AlongAxis&, const AlongAxis&) = default;
};

struct Softmax : AlongAxis<SoftmaxResult::shares> {
  static constexpr std::string_view name = "softmax";
  static constexpr bool never_negative_zero = true;
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto a = node.result(0);
    return {a * (upstream - summed(upstream * a))};
  }
};

struct LogSoftmax : AlongAxis<SoftmaxResult::logarithms> {
  static constexpr std::string_view name = "log_softmax";
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto a = softmax(node.input(0), static_cast<std::int64_t>(axis));
    return {upstream - a * summed(upstream)};
  }
};

/// The position of the axis, or an error in the name of the op.
std::size_t require_axis(std::string_view op, const Tensor& logits, std::int64_t axis,
                         std::source_location where) {
  try {
    return normalize_axis(axis, logits.rank());
  } catch (Error& error) {
    error.add_context(std::string{op}, {describe(logits)}, where);
    throw;
  }
}

}  // namespace

Tensor softmax(const Tensor& logits, std::int64_t axis, std::source_location where) {
  return apply(Softmax{{require_axis("softmax", logits, axis, where)}}, {logits}, where);
}

Tensor log_softmax(const Tensor& logits, std::int64_t axis, std::source_location where) {
  return apply(LogSoftmax{{require_axis("log_softmax", logits, axis, where)}}, {logits}, where);
}

std::vector<CatalogueEntry> softmax_entries() {
  const auto along = [](Tensor (*op)(const Tensor&, std::int64_t, std::source_location), std::int64_t axis) {
    return [=](std::span<const Tensor> x) { return op(x[0], axis, std::source_location::current()); };
  };
  const auto samples = [&](auto op) {
    return std::vector<Sample>{{"the last axis", {sample_numbers({3, 4}, -2, 2)}, along(op, -1)},
                               {"the first axis", {sample_numbers({3, 4}, -2, 2)}, along(op, 0)},
                               {"an axis between", {sample_numbers({2, 3, 2}, -2, 2)}, along(op, 1)},
                               {"a vector", {sample_numbers({11}, -2, 2)}, along(op, 0)}};
  };
  return {{"softmax", "a_k = exp(x_k) / sum_i exp(x_i)", "[..., classes, ...] -> same",
           "a * (upstream - sum(upstream * a))", float_dtypes, samples(softmax)},
          {"log_softmax", "y_k = x_k - log(sum_i exp(x_i))", "[..., classes, ...] -> same",
           "upstream - softmax(x) * sum(upstream)", float_dtypes, samples(log_softmax)}};
}

}  // namespace retrograph
