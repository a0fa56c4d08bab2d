#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// x [..., n] as one matrix [rows, n].
Tensor rows_of(const Tensor& x) {
  if (x.rank() == 2) return x;
  Dim rows = 1;
  for (std::size_t axis = 0; axis + 1 < x.rank(); ++axis) rows = rows * x.shape()[axis];
  return reshape(x, {rows, x.shape()[x.rank() - 1]});
}

struct Linear {
  static constexpr std::string_view name = "linear";
  static constexpr bool never_fails = true;
  static constexpr bool takes_epilogue = true;

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto &x = operands[0].shape, &weight = operands[1].shape, &bias = operands[2].shape;
    if (x.rank() == 0) throw ShapeError{"the first operand is a scalar", "it must be [..., in]"};
    const auto& in = x[x.rank() - 1];
    if (weight.rank() != 2)
      throw ShapeError{"the weight is no matrix", fmt::format("it must be [{}, out]", to_string(in))};
    if (weight[0] != in)
      throw ShapeError{fmt::format("inner extents differ: {} and {}", to_string(in), to_string(weight[0])),
                       fmt::format("the weight must be [{}, *]", to_string(in))};
    if (bias != Shape{weight[1]})
      throw ShapeError{"the bias does not fit the weight",
                       fmt::format("it must be [{}]", to_string(weight[1]))};
    auto result = x;
    result[x.rank() - 1] = weight[1];
    return {{operands[0].dtype, std::move(result)}};
  }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return retrograph::prepare<T>(product(signature));
  }

  double cost(const Signature& signature) const { return retrograph::cost(product(signature)); }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [x, weight, bias] = node.inputs<3>();
    Gradients gradients(3);
    if (node.wants(0)) gradients[0] = matmul(upstream, weight, {.transpose_b = true});
    if (node.wants(1)) gradients[1] = matmul(rows_of(x), rows_of(upstream), {.transpose_a = true});
    if (node.wants(2)) gradients[2] = sum(rows_of(upstream), 0);
    return gradients;
  }

 private:
  static MatrixProduct product(const Signature& signature) {
    const auto& weight = signature.inputs[1].extents;
    auto rows = signature.inputs[0].extents;
    rows.pop_back();
    return {element_count(rows), weight[1], weight[0], false, false, Addend::row};
  }
};

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, std::source_location where) {
  return apply(Linear{}, {x, weight, bias}, where);
}

std::vector<CatalogueEntry> linear_entries() {
  const auto apply = [](std::span<const Tensor> x) { return linear(x[0], x[1], x[2]); };
  const auto sample = [&](std::string label, Extents x) {
    return Sample{
        std::move(label),
        {sample_numbers(std::move(x), -2, 2), sample_numbers({3, 4}, -1, 3), sample_numbers({4}, -1, 1)},
        apply};
  };
  return {{"linear",
           "y = x weight + bias",
           "[..., in], [in, out], [out] -> [..., out]",
           "upstream weight^T, x^T upstream, sum of upstream over rows",
           float_dtypes,
           {sample("rows", {2, 3}), sample("a vector", {3}), sample("a stack", {2, 1, 3})}}};
}

}  // namespace retrograph
