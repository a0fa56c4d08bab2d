#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/dot.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/operand.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

void require_vectors(const Types& operands) {
  require_same_dtype(operands);
  for (const auto& operand : operands)
    if (operand.shape.rank() != 1)
      throw ShapeError{fmt::format("{} is no vector", to_string(operand.shape)),
                       "products of matrices are made by matmul"};
}

MatrixProduct product(std::int64_t rows, std::int64_t columns, std::int64_t inner) {
  return {rows, columns, inner};
}

struct Dot {
  static constexpr std::string_view name = "dot";
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    require_vectors(operands);
    const auto &a = operands[0].shape[0], &b = operands[1].shape[0];
    if (a != b)
      throw ShapeError{fmt::format("extents differ: {} and {}", to_string(a), to_string(b)),
                       fmt::format("the second operand must be [{}]", to_string(a))};
    return {{operands[0].dtype, {}}};
  }

  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return retrograph::prepare<T>(product(1, 1, signature.inputs[0].extents[0]));
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    Gradients gradients(2);
    if (node.wants(0)) gradients[0] = upstream * b;
    if (node.wants(1)) gradients[1] = upstream * a;
    return gradients;
  }
};

struct Outer {
  static constexpr std::string_view name = "outer";
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    require_vectors(operands);
    return {{operands[0].dtype, {operands[0].shape[0], operands[1].shape[0]}}};
  }

  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return retrograph::prepare<T>(product(signature.inputs[0].extents[0], signature.inputs[1].extents[0], 1));
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    Gradients gradients(2);
    if (node.wants(0)) gradients[0] = matmul(upstream, b);
    if (node.wants(1)) gradients[1] = matmul(a, upstream);
    return gradients;
  }
};

}  // namespace

Tensor dot(const Tensor& a, const Tensor& b, std::source_location where) {
  return apply(Dot{}, {a, b}, where);
}

Tensor outer(const Tensor& a, const Tensor& b, std::source_location where) {
  return apply(Outer{}, {a, b}, where);
}

std::vector<CatalogueEntry> dot_entries() {
  return {{"dot",
           "y = sum_k a_k b_k",
           "[extent], [extent] -> []",
           "upstream b, upstream a",
           number_dtypes,
           {{"",
             {sample_numbers({4}, -2, 2), sample_numbers({4}, 1, 3)},
             [](std::span<const Tensor> x) { return dot(x[0], x[1]); }}}},
          {"outer",
           "y_ij = a_i b_j",
           "[rows], [columns] -> [rows, columns]",
           "upstream b, upstream^T a",
           number_dtypes,
           {{"", {sample_numbers({3}, -2, 2), sample_numbers({2}, 1, 3)}, [](std::span<const Tensor> x) {
               return outer(x[0], x[1]);
             }}}}};
}

}  // namespace retrograph
