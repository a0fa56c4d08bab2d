#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/concat.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/reshape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace retrograph {
namespace {

/// Numbers between one index and the next of the axis before `axis`.
std::int64_t stride_before(const Extents& extents, std::size_t axis) {
  return std::accumulate(extents.begin() + static_cast<std::ptrdiff_t>(axis), extents.end(), std::int64_t{1},
                         std::multiplies{});
}

/// A copy for each part between it and its place in the whole.
std::vector<StridedCopy> copies(const ArrayType& whole, const std::vector<ArrayType>& parts, std::size_t axis,
                                bool into_whole) {
  const auto whole_stride = stride_before(whole.extents, axis);
  std::vector<StridedCopy> copies;
  std::int64_t start = 0;
  for (const auto& part : parts) {
    const auto count = stride_before(part.extents, axis);
    const auto outer = count == 0 ? 0 : element_count(part.extents) / count;
    if (into_whole)
      copies.push_back({{{outer, count, whole_stride}, {count, 1, 1}}, whole.dtype, {0, start}});
    else
      copies.push_back({{{outer, whole_stride, count}, {count, 1, 1}}, whole.dtype, {start, 0}});
    start += count;
  }
  return copies;
}

class JoinKernel final : public Kernel {
 public:
  JoinKernel(const Signature& signature, std::size_t axis)
      : copies_{copies(signature.outputs[0], signature.inputs, axis, true)} {}
  void run(const Call& call) const override {
    for (std::size_t part = 0; part < copies_.size(); ++part)
      copies_[part].run(call.input(part).data, call.output(0).data);
  }

 private:
  std::vector<StridedCopy> copies_;
};

class SplitKernel final : public Kernel {
 public:
  SplitKernel(const Signature& signature, std::size_t axis)
      : copies_{copies(signature.inputs[0], signature.outputs, axis, false)} {}
  void run(const Call& call) const override {
    for (std::size_t part = 0; part < copies_.size(); ++part)
      copies_[part].run(call.input(0).data, call.output(part).data);
  }

 private:
  std::vector<StridedCopy> copies_;
};

struct Concat {
  static constexpr std::string_view name = "concat";
  static constexpr bool never_fails = true;
  std::size_t axis;

  std::string attributes() const { return fmt::format("axis={}", axis); }
  Types infer(const Types& operands) const {
    auto result = operands[0];
    for (std::size_t part = 1; part < operands.size(); ++part)
      result.shape[axis] = result.shape[axis] + operands[part].shape[axis];
    return {std::move(result)};
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<JoinKernel>(signature, axis);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    std::vector<Dim> parts;
    for (std::size_t part = 0; part < node.input_count(); ++part)
      parts.push_back(node.input(part).shape()[axis]);
    const auto gradients = split(upstream, parts, static_cast<std::int64_t>(axis));
    return {gradients.begin(), gradients.end()};
  }
  friend bool operator==(const Concat&, const Concat&) = default;
};

struct Stack {
  static constexpr std::string_view name = "stack";
  static constexpr bool never_fails = true;
  std::size_t axis;

  std::string attributes() const { return fmt::format("axis={}", axis); }
  Types infer(const Types& operands) const {
    auto dims = operands[0].shape.dims();
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), operands.size());
    return {{operands[0].dtype, Shape{std::move(dims)}}};
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<JoinKernel>(signature, axis);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto count = static_cast<std::int64_t>(node.input_count());
    Gradients gradients;
    for (const auto& part : split(upstream, count, static_cast<std::int64_t>(axis)))
      gradients.push_back(reshape(part, node.input(0).shape()));
    return gradients;
  }
  friend bool operator==(const Stack&, const Stack&) = default;
};

struct Split {
  static constexpr std::string_view name = "split";
  static constexpr bool never_fails = true;
  std::size_t axis;
  std::vector<Dim> parts;

  std::string attributes() const {
    std::vector<std::string> texts;
    for (const auto& part : parts) texts.push_back(to_string(part));
    return fmt::format("axis={}, parts=[{}]", axis, fmt::join(texts, ", "));
  }
  Types infer(const Types& operands) const {
    const auto& [dtype, shape] = operands[0];
    if (parts.empty()) throw ShapeError{"there are no parts"};
    Types results;
    Dim total = 0;
    for (const auto& part : parts) {
      if (part.is_number() && part.number() < 0)
        throw ShapeError{fmt::format("a part has the extent {}", to_string(part))};
      auto result = shape;
      result[axis] = part;
      results.push_back({dtype, std::move(result)});
      total = total + part;
    }
    if (total != shape[axis])
      throw ShapeError{fmt::format("the parts come to {}, axis {} has {}", to_string(total), axis,
                                   to_string(shape[axis]))};
    return results;
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<SplitKernel>(signature, axis);
  }
  Gradients gradient(const Applied& node, const Upstreams& upstreams) const {
    std::vector<Tensor> gradients;
    for (std::size_t part = 0; part < upstreams.size(); ++part)
      gradients.push_back(upstreams[part] ? *upstreams[part] : zeros_like(node.result(part)));
    return {concat(gradients, static_cast<std::int64_t>(axis))};
  }
  friend bool operator==(const Split&, const Split&) = default;

 private:
  static Tensor zeros_like(const Tensor& part) {
    return broadcast_to(constant(part.graph(), 0, part.dtype()), part.shape());
  }
};

/// Throws unless there are tensors, all of one dtype, and of shapes that `fit` that of the first.
template <class F>
void require_fitting(const std::vector<Tensor>& tensors, F&& fit, std::string_view hint) {
  if (tensors.empty()) throw ShapeError{"there is no tensor to join"};
  const auto& first = tensors.front();
  for (const auto& tensor : tensors) {
    if (tensor.dtype() != first.dtype())
      throw TypeError{fmt::format("'{}' is {} and '{}' {}", tensor.name(), to_string(tensor.dtype()),
                                  first.name(), to_string(first.dtype())),
                      "convert one of them with cast"};
    if (!fit(tensor.shape(), first.shape()))
      throw ShapeError{fmt::format("'{}' is {} and '{}' {}", tensor.name(), to_string(tensor.shape()),
                                   first.name(), to_string(first.shape())),
                       std::string{hint}};
  }
}

bool equal_but_for(std::size_t axis, const Shape& a, Shape b) {
  if (a.rank() != b.rank()) return false;
  b[axis] = a[axis];
  return a == b;
}

}  // namespace

Tensor concat(const std::vector<Tensor>& tensors, std::int64_t axis, std::source_location where) {
  const auto place = with_context("concat", tensors, where, [&] {
    const auto normalized = tensors.empty() ? 0 : normalize_axis(axis, tensors.front().rank());
    const auto fit = [&](const Shape& a, const Shape& b) { return equal_but_for(normalized, a, b); };
    require_fitting(tensors, fit, fmt::format("they may differ on axis {} alone", normalized));
    return normalized;
  });
  return tensors.front().graph().apply(Concat{place}, tensors, where);
}

Tensor stack(const std::vector<Tensor>& tensors, std::int64_t axis, std::source_location where) {
  const auto place = with_context("stack", tensors, where, [&] {
    require_fitting(tensors, std::equal_to<Shape>{}, "they must have one shape; concat joins them otherwise");
    return normalize_axis(axis, tensors.front().rank() + 1);
  });
  return tensors.front().graph().apply(Stack{place}, tensors, where);
}

std::vector<Tensor> split(const Tensor& x, std::int64_t parts, std::int64_t axis,
                          std::source_location where) {
  const auto part = with_context("split", x, where, [&] {
    const auto& extent = x.shape()[normalize_axis(axis, x.rank())];
    const auto equal = parts > 0 ? divide_exactly(extent, parts) : std::nullopt;
    if (!equal)
      throw ShapeError{fmt::format("{} on axis {} does not divide into {} equal parts", to_string(extent),
                                   normalize_axis(axis, x.rank()), parts),
                       "give the extent of each part"};
    return *equal;
  });
  return split(x, std::vector<Dim>(static_cast<std::size_t>(parts), part), axis, where);
}

std::vector<Tensor> split(const Tensor& x, const std::vector<Dim>& parts, std::int64_t axis,
                          std::source_location where) {
  const auto place = with_context("split", x, where, [&] { return normalize_axis(axis, x.rank()); });
  const auto first = apply(Split{place, parts}, {x}, where);
  std::vector<Tensor> results;
  for (std::size_t part = 0; part < parts.size(); ++part) results.push_back(first.result(part));
  return results;
}

std::vector<CatalogueEntry> concat_entries() {
  const auto a = sample_numbers({2, 3}, -2, 2), b = sample_numbers({2, 3}, 3, 4);
  const auto column = sample_numbers({2, 1}, 5, 6);
  return {{"concat",
           "y = x_0, x_1, ... one behind the other",
           "[a..., extent_i, b...], ... -> [a..., sum of extents, b...]",
           "parts of upstream",
           any_dtypes,
           {{"rows",
             {a, b},
             [](std::span<const Tensor> x) {
               return concat({x[0], x[1], x[0]});
             }},
            {"columns",
             {a, column},
             [](std::span<const Tensor> x) {
               return concat({x[1], x[0]}, -1);
             }}}},
          {"stack",
           "y[a..., i, b...] = x_i[a..., b...]",
           "[a..., b...], ... -> [a..., count, b...]",
           "parts of upstream",
           any_dtypes,
           {{"first axis",
             {a, b},
             [](std::span<const Tensor> x) {
               return stack({x[0], x[1]});
             }},
            {"last axis",
             {a, b},
             [](std::span<const Tensor> x) {
               return stack({x[1], x[0]}, -1);
             }}}},
          {"split",
           "x = y_0, y_1, ... one behind the other",
           "[a..., extent, b...] -> [a..., extent_i, b...], ...",
           "upstreams, joined",
           any_dtypes,
           {{"equal parts",
             {a},
             [](std::span<const Tensor> x) {
               const auto parts = split(x[0], 3, 1);
               return concat({parts[2], parts[1]}, 0);
             }},
            {"given parts", {a}, [](std::span<const Tensor> x) {
               return split(x[0], {2, 1}, -1).front();
             }}}}};
}

}  // namespace retrograph
