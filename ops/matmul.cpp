#include <retrograph/graph/compile/rewrite.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/matmul_op.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/transpose_op.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace retrograph {
namespace {

/// An operand as a stack of matrices [..., rows, columns], after the exchange of axes if there is one.
template <class Dims, class Extent>
struct Stack {
  Dims batch;
  Extent rows{0}, columns{0};
  bool vector = false;
};

/// A vector is a row where it stands first and a column where it stands second.
template <class Dims, class Extent = typename Dims::value_type>
Stack<Dims, Extent> stack(const Dims& dims, bool transpose, std::size_t place) {
  if (dims.size() == 1) {
    const Extent one{1};
    return {{}, place == 0 ? one : dims[0], place == 0 ? dims[0] : one, true};
  }
  Stack<Dims, Extent> stack{{dims.begin(), dims.end() - 2}, dims[dims.size() - 2], dims.back()};
  if (transpose) std::swap(stack.rows, stack.columns);
  return stack;
}

Tensor reshape_to(const Tensor& x, const Shape& shape) {
  return x.shape() == shape ? x : reshape(x, shape);
}

Tensor as_matrix(const Tensor& x, std::size_t place) {
  if (x.rank() > 1) return x;
  return reshape(x, place == 0 ? Shape{1, x.shape()[0]} : Shape{x.shape()[0], 1});
}

Tensor with_axes_of_vectors(const Tensor& upstream, const Tensor& a, const Tensor& b) {
  auto dims = upstream.shape().dims();
  if (b.rank() == 1) dims.push_back(1);
  if (a.rank() == 1) dims.insert(dims.end() - 1, 1);
  return reshape_to(upstream, Shape{std::move(dims)});
}

/// All matrices of a stack under one another: the sum over the stack is then part of the product.
Tensor rows_of(const Tensor& x) {
  Dim rows = 1;
  for (std::size_t axis = 0; axis + 1 < x.rank(); ++axis) rows = rows * x.shape()[axis];
  return reshape(x, {rows, x.shape()[x.rank() - 1]});
}

/// With y = a' b', where a' and b' are the operands after the exchange of axes: the gradient of a' is
/// upstream b'^T; that of a is the same or its transpose.
Tensor gradient_of_a(const Matmul& op, const Tensor& a, const Tensor& b, const Tensor& upstream) {
  return sum_to(op.transpose_a ? matmul(b, upstream, {op.transpose_b, true})
                               : matmul(upstream, b, {false, !op.transpose_b}),
                a.shape());
}

/// Likewise: the gradient of b' is a'^T upstream.
Tensor gradient_of_b(const Matmul& op, const Tensor& a, const Tensor& b, const Tensor& upstream) {
  if (b.rank() == 2 && a.rank() > 2 && !op.transpose_a)
    return gradient_of_b(op, rows_of(a), b, rows_of(upstream));
  return sum_to(op.transpose_b ? matmul(upstream, a, {true, op.transpose_a})
                               : matmul(a, upstream, {!op.transpose_a, false}),
                b.shape());
}

std::vector<Sample> samples() {
  const auto with = [](MatmulOptions options) {
    return [options](std::span<const Tensor> x) { return matmul(x[0], x[1], options); };
  };
  const auto numbers = [](Extents a, Extents b) {
    return std::vector{sample_numbers(std::move(a), -2, 2), sample_numbers(std::move(b), 1, 3)};
  };
  return {{"matrices", numbers({2, 3}, {3, 4}), with({})},
          {"first transposed", numbers({3, 2}, {3, 4}), with({.transpose_a = true})},
          {"second transposed", numbers({2, 3}, {4, 3}), with({.transpose_b = true})},
          {"both transposed", numbers({3, 2}, {4, 3}), with({true, true})},
          {"vector and matrix", numbers({3}, {3, 2}), with({})},
          {"matrix and vector", numbers({2, 3}, {3}), with({})},
          {"vectors", numbers({3}, {3}), with({})},
          {"stacks, broadcast", numbers({2, 1, 2, 3}, {3, 3, 1}), with({})},
          {"a stack and a matrix", numbers({2, 2, 3}, {3, 2}), with({})},
          {"a matrix and a stack, both transposed", numbers({3, 2}, {2, 2, 3}), with({true, true})},
          {"a stack and a vector", numbers({2, 2, 3}, {3}), with({})}};
}

}  // namespace

std::string Matmul::attributes() const {
  if (transpose_a && transpose_b) return "transpose_a, transpose_b";
  return transpose_a ? "transpose_a" : transpose_b ? "transpose_b" : "";
}

Types Matmul::infer(const Types& operands) const {
  require_same_dtype(operands);
  for (const auto& operand : operands)
    if (operand.shape.rank() == 0) throw ShapeError{"an operand is a scalar", "multiply by a scalar with *"};
  const auto a = stack(operands[0].shape.dims(), transpose_a, 0);
  const auto b = stack(operands[1].shape.dims(), transpose_b, 1);
  if (a.columns != b.rows)
    throw ShapeError{fmt::format("inner extents differ: {} and {}", to_string(a.columns), to_string(b.rows)),
                     b.vector      ? fmt::format("the second operand must be [{}]", to_string(a.columns))
                     : transpose_b ? fmt::format("the second operand must be [*, {}]", to_string(a.columns))
                                   : fmt::format("the second operand must be [{}, *]", to_string(a.columns))};
  auto dims = broadcast(Shape{a.batch}, Shape{b.batch}).dims();
  if (!a.vector) dims.push_back(a.rows);
  if (!b.vector) dims.push_back(b.columns);
  return {{operands[0].dtype, Shape{std::move(dims)}}};
}

MatrixProduct Matmul::product(const Signature& signature) const {
  const auto a = stack(signature.inputs[0].extents, transpose_a, 0);
  const auto b = stack(signature.inputs[1].extents, transpose_b, 1);
  auto batch = signature.outputs[0].extents;
  batch.resize(batch.size() - (a.vector ? 0 : 1) - (b.vector ? 0 : 1));
  return {a.rows,       b.columns, a.columns, transpose_a,     transpose_b,
          Addend::none, a.batch,   b.batch,   std::move(batch)};
}

/// A transpose before either operand becomes a part of the product.
std::optional<Rewritten> Matmul::rewrite(const Match& match) const {
  auto inputs = match.inputs();
  auto transposes = std::array{transpose_a, transpose_b};
  for (std::size_t place = 0; place < 2; ++place) {
    const auto* transpose = match.made_by<Transpose>(place);
    if (!transpose || !transpose->swaps_last_two()) continue;
    inputs[place] = match.producer(place)->inputs[0];
    transposes[place] = !transposes[place];
  }
  if (inputs == match.inputs()) return std::nullopt;
  return Rewritten{Matmul{transposes[0], transposes[1]}, std::move(inputs)};
}

Gradients Matmul::gradient(const Applied& node, const Tensor& upstream) const {
  const auto [a, b] = node.inputs<2>();
  const auto left = as_matrix(a, 0), right = as_matrix(b, 1);
  const auto arriving = with_axes_of_vectors(upstream, a, b);
  Gradients gradients(2);
  if (node.wants(0)) gradients[0] = reshape_to(gradient_of_a(*this, left, right, arriving), a.shape());
  if (node.wants(1)) gradients[1] = reshape_to(gradient_of_b(*this, left, right, arriving), b.shape());
  return gradients;
}

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options, std::source_location where) {
  return apply(Matmul{options.transpose_a && a.rank() > 1, options.transpose_b && b.rank() > 1}, {a, b},
               where);
}

std::vector<CatalogueEntry> matmul_entries() {
  return {{"matmul", "y_ij = sum_k a_ik b_kj",
           "[..., rows, inner], [..., inner, columns] -> [..., rows, columns]", "upstream b^T, a^T upstream",
           number_dtypes, samples()}};
}

}  // namespace retrograph
