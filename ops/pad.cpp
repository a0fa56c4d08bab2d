#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/pad.hpp>
#include <retrograph/ops/slice.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

struct Pad {
  static constexpr std::string_view name = "pad";
  static constexpr bool never_fails = true;
  std::vector<Padding> paddings;
  double value;

  std::string attributes() const {
    std::vector<std::string> texts;
    for (const auto& [before, after] : paddings) texts.push_back(fmt::format("{}+{}", before, after));
    return fmt::format("[{}], value={}", fmt::join(texts, ", "), value);
  }

  Types infer(const Types& operands) const {
    const auto& x = operands[0];
    if (paddings.size() != x.shape.rank())
      throw ShapeError{fmt::format("{} paddings are given for {} axes", paddings.size(), x.shape.rank())};
    scalar_of(value, x.dtype);
    std::vector<Dim> dims;
    for (std::size_t axis = 0; axis < paddings.size(); ++axis) {
      const auto& [before, after] = paddings[axis];
      if (before < 0 || after < 0)
        throw ShapeError{fmt::format("the padding of axis {} is below 0: {} and {}", axis, before, after),
                         "take a part with slice"};
      dims.push_back(x.shape[axis] + before + after);
    }
    return {{x.dtype, Shape{std::move(dims)}}};
  }

  template <Element T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    const auto& extents = signature.inputs[0].extents;
    const auto from = row_major_strides(extents), to = row_major_strides(signature.outputs[0].extents);
    std::vector<StridedCopy::Axis> axes;
    StridedCopy::Start start;
    for (std::size_t axis = 0; axis < extents.size(); ++axis) {
      axes.push_back({extents[axis], from[axis], to[axis]});
      start.to += paddings[axis].before * to[axis];
    }
    return std::make_unique<FillAndCopyKernel<T>>(static_cast<T>(value),
                                                  StridedCopy{axes, dtype_of<T>(), start});
  }

  Gradients gradient(const Applied&, const Tensor& upstream) const {
    std::vector<Range> ranges;
    for (const auto& [before, after] : paddings)
      ranges.push_back({before, after > 0 ? std::optional{-after} : std::nullopt});
    return {slice(upstream, ranges)};
  }

  friend bool operator==(const Pad&, const Pad&) = default;
};

}  // namespace

Tensor pad(const Tensor& x, const std::vector<Padding>& paddings, double value, std::source_location where) {
  return apply(Pad{paddings, value}, {x}, where);
}

std::vector<CatalogueEntry> pad_entries() {
  const auto with = [](std::vector<Padding> paddings, double value) {
    return [=](std::span<const Tensor> x) { return pad(x[0], paddings, value); };
  };
  return {{"pad",
           "y[before + j, ...] = x[j, ...], value elsewhere",
           "[...] -> [...], each axis longer",
           "the part of upstream where x lies",
           any_dtypes,
           {{"both axes", {sample_numbers({2, 3}, -2, 2)}, with({{1, 2}, {0, 1}}, 1)},
            {"not at all", {sample_numbers({2}, -2, 2)}, with({{}}, 0)}}}};
}

}  // namespace retrograph
