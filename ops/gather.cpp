#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/gather.hpp>
#include <retrograph/ops/indices.hpp>
#include <retrograph/ops/operand.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace retrograph {
namespace {

/// Numbers that one thread moves at a time.
constexpr std::int64_t grain = 16384;

std::int64_t product(const Extents& extents, std::size_t first, std::size_t last) {
  const auto begin = extents.begin();
  return std::accumulate(begin + static_cast<std::ptrdiff_t>(first),
                         begin + static_cast<std::ptrdiff_t>(last), std::int64_t{1}, std::multiplies{});
}

/// A table [outer, extent, inner] and the rows taken from it, [outer, count, inner].
struct Layout {
  std::int64_t outer, extent, inner, count;

  Layout(const ArrayType& table, const ArrayType& indices, std::size_t axis)
      : outer{product(table.extents, 0, axis)},
        extent{table.extents[axis]},
        inner{product(table.extents, axis + 1, table.extents.size())},
        count{element_count(indices.extents)} {}
};

template <class I>
class GatherKernel final : public Kernel {
 public:
  GatherKernel(Layout layout, DType dtype)
      : layout_{layout}, row_bytes_{static_cast<std::size_t>(layout.inner) * size_in_bytes(dtype)} {}

  void run(const Call& call) const override {
    require_inside<I>(call.input(1), layout_.extent);
    if (row_bytes_ == sizeof(std::int32_t))
      copy_rows<sizeof(std::int32_t)>(call);
    else if (row_bytes_ == sizeof(std::int64_t))
      copy_rows<sizeof(std::int64_t)>(call);
    else if (row_bytes_ > 0)
      copy_rows<0>(call);
  }

 private:
  /// `Bytes` of a row, or 0 if they are known to run time only.
  template <std::size_t Bytes>
  void copy_rows(const Call& call) const {
    const auto* indices = call.input(1).values<I>();
    const auto* table = static_cast<const std::byte*>(call.input(0).data);
    auto* rows = static_cast<std::byte*>(call.output(0).data);
    const auto bytes = Bytes > 0 ? Bytes : row_bytes_;
    const auto count = layout_.count, extent = layout_.extent;
    parallel_for(
        layout_.outer * count, grain / layout_.inner + 1, [=](std::int64_t first, std::int64_t last) {
          for (auto row = first; row < last; ++row) {
            const auto source = row / count * extent + static_cast<std::int64_t>(indices[row % count]);
            std::memcpy(rows + static_cast<std::size_t>(row) * bytes,
                        table + static_cast<std::size_t>(source) * bytes, bytes);
          }
        });
  }

  Layout layout_;
  std::size_t row_bytes_;
};

struct Gather {
  static constexpr std::string_view name = "gather";
  std::size_t axis;

  std::string attributes() const { return fmt::format("axis={}", axis); }
  Types infer(const Types& operands) const {
    const auto &x = operands[0], &indices = operands[1];
    require_index_dtype(indices.dtype);
    auto dims = x.shape.dims();
    const auto place = dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
    dims.insert(place, indices.shape.begin(), indices.shape.end());
    return {{x.dtype, Shape{std::move(dims)}}};
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    const auto &x = signature.inputs[0], &indices = signature.inputs[1];
    return visit_index_type(indices.dtype, [&]<class I>(std::type_identity<I>) -> std::unique_ptr<Kernel> {
      return std::make_unique<GatherKernel<I>>(Layout{x, indices, axis}, x.dtype);
    });
  }
  /// However large x is, only the rows that are taken cost something.
  double cost(const Signature& signature) const {
    return 2 * static_cast<double>(element_count(signature.outputs[0].extents));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [x, indices] = node.inputs<2>();
    return {scatter_add(upstream, indices, x.shape()[axis], static_cast<std::int64_t>(axis)), no_gradient};
  }
  friend bool operator==(const Gather&, const Gather&) = default;
};

/// Threads share the columns of the rows, never the rows, so that each sum has the order of the indices.
template <class T, class I>
class ScatterAddKernel final : public Kernel {
 public:
  explicit ScatterAddKernel(Layout layout)
      : layout_{layout},
        blocks_{(layout.inner + block_columns - 1) / block_columns},
        blocks_at_a_time_{
            grain / ((layout.count + layout.extent) * std::min(layout.inner, block_columns) + 1) + 1} {}

  void run(const Call& call) const override {
    require_inside<I>(call.input(1), layout_.extent);
    parallel_for(layout_.outer * blocks_, blocks_at_a_time_, [&](std::int64_t first, std::int64_t last) {
      for (auto block = first; block < last; ++block) sum_block(call, block / blocks_, block % blocks_);
    });
  }

 private:
  static constexpr std::int64_t block_columns = 256;

  void sum_block(const Call& call, std::int64_t outer, std::int64_t block) const {
    const auto inner = layout_.inner, extent = layout_.extent, count = layout_.count;
    const auto* indices = call.input(1).values<I>();
    const auto column = block * block_columns, columns = std::min(block_columns, inner - column);
    const auto* rows = call.input(0).values<T>() + outer * count * inner + column;
    auto* table = call.output(0).values<T>() + outer * extent * inner + column;
    for (std::int64_t k = 0; k < extent; ++k) std::fill_n(table + k * inner, columns, T{0});
    for (std::int64_t i = 0; i < count; ++i) {
      const auto* row = rows + i * inner;
      auto* sum = table + static_cast<std::int64_t>(indices[i]) * inner;
      for (std::int64_t c = 0; c < columns; ++c) sum[c] = static_cast<T>(sum[c] + row[c]);
    }
  }

  Layout layout_;
  std::int64_t blocks_, blocks_at_a_time_;
};

struct ScatterAdd {
  static constexpr std::string_view name = "scatter_add";
  std::size_t axis;
  Dim extent;

  std::string attributes() const { return fmt::format("axis={}, extent={}", axis, to_string(extent)); }
  Types infer(const Types& operands) const {
    const auto &rows = operands[0], &indices = operands[1];
    require_index_dtype(indices.dtype);
    if (extent.is_number() && extent.number() < 0)
      throw ShapeError{fmt::format("the extent is {}", to_string(extent))};
    auto dims = rows.shape.dims();
    const auto first = dims.begin() + static_cast<std::ptrdiff_t>(axis);
    const auto last = first + static_cast<std::ptrdiff_t>(indices.shape.rank());
    if (!std::equal(first, last, indices.shape.begin()))
      throw ShapeError{fmt::format("the rows are {} from axis {} on, the indices {}",
                                   to_string(Shape{std::vector<Dim>{first, last}}), axis,
                                   to_string(indices.shape))};
    dims.insert(dims.erase(first, last), extent);
    return {{rows.dtype, Shape{std::move(dims)}}};
  }
  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    const auto& indices = signature.inputs[1];
    return visit_index_type(indices.dtype, [&]<class I>(std::type_identity<I>) -> std::unique_ptr<Kernel> {
      return std::make_unique<ScatterAddKernel<T, I>>(Layout{signature.outputs[0], indices, axis});
    });
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {gather(upstream, node.input(1), static_cast<std::int64_t>(axis)), no_gradient};
  }
  friend bool operator==(const ScatterAdd&, const ScatterAdd&) = default;
};

}  // namespace

Tensor gather(const Tensor& x, const Tensor& indices, std::int64_t axis, std::source_location where) {
  const std::array operands{x, indices};
  const auto place = with_context("gather", operands, where, [&] { return normalize_axis(axis, x.rank()); });
  return apply(Gather{place}, {x, indices}, where);
}

Tensor scatter_add(const Tensor& rows, const Tensor& indices, Dim extent, std::int64_t axis,
                   std::source_location where) {
  const std::array operands{rows, indices};
  const auto place = with_context("scatter_add", operands, where, [&] {
    if (rows.rank() < indices.rank()) throw ShapeError{"the rows have fewer axes than the indices"};
    return normalize_axis(axis, rows.rank() - indices.rank() + 1);
  });
  return apply(ScatterAdd{place, std::move(extent)}, {rows, indices}, where);
}

std::vector<CatalogueEntry> gather_entries() {
  const auto indices = [](Extents extents, std::initializer_list<std::int32_t> values) {
    return Array::of<std::int32_t>(std::move(extents), values);
  };
  const auto from = [](std::int64_t axis) {
    return [=](std::span<const Tensor> x) { return gather(x[0], x[1], axis); };
  };
  const auto into = [](std::int64_t extent, std::int64_t axis) {
    return [=](std::span<const Tensor> x) { return scatter_add(x[0], x[1], extent, axis); };
  };
  return {{"gather",
           "y[a..., i..., b...] = x[a..., indices[i...], b...]",
           "[a..., extent, b...], [i...] -> [a..., i..., b...]",
           "scatter_add(upstream, indices), none",
           any_dtypes,
           {{"a row twice", {sample_numbers({3, 2}, -2, 2), indices({4}, {2, 0, 2, 1})}, from(0)},
            {"the last axis, a matrix of indices",
             {sample_numbers({2, 3}, -2, 2), indices({2, 2}, {0, 2, 2, 2})},
             from(-1)},
            {"one index", {sample_numbers({2, 3, 2}, -2, 2), indices({}, {1})}, from(1)}}},
          {"scatter_add",
           "y[a..., k, b...] = sum of rows[a..., i..., b...] over i... with indices[i...] == k",
           "[a..., i..., b...], [i...] -> [a..., extent, b...]",
           "gather(upstream, indices), none",
           number_dtypes,
           {{"a row twice", {sample_numbers({4, 2}, -2, 2), indices({4}, {2, 0, 2, 1})}, into(4, 0)},
            {"the last axis, a matrix of indices",
             {sample_numbers({2, 2, 2}, -2, 2), indices({2, 2}, {0, 2, 2, 2})},
             into(3, -1)}}}};
}

}  // namespace retrograph
