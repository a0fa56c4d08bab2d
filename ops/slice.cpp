#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/slice.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace retrograph {
namespace {

std::string to_string(const Range& range) {
  auto text = fmt::format("{}:{}", range.start ? fmt::format("{}", *range.start) : "",
                          range.stop ? fmt::format("{}", *range.stop) : "");
  if (range.step != 1) text += fmt::format(":{}", range.step);
  return text;
}

/// How many steps lead from 0 over `span`, the last one cut short if need be.
std::int64_t steps_over(std::int64_t span, std::int64_t step) {
  return span <= 0 ? 0 : (span - 1) / step + 1;
}

/// The size of a step; one of more than any extent is as good as that.
std::int64_t size_of(std::int64_t step) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  return std::abs(std::max(step, -largest));
}

/// What a range takes of an axis whose extent is known.
struct Taken {
  std::int64_t first, count;
};

Taken taken(const Range& range, std::int64_t extent) {
  const bool forward = range.step > 0;
  const auto lowest = forward ? std::int64_t{0} : std::int64_t{-1};
  const auto highest = forward ? extent : extent - 1;
  const auto position = [&](std::int64_t place) {
    return std::clamp(place < 0 ? place + extent : place, lowest, highest);
  };
  const auto first = range.start ? position(*range.start) : forward ? lowest : highest;
  const auto end = range.stop ? position(*range.stop) : forward ? highest : lowest;
  return {first, steps_over(forward ? end - first : first - end, size_of(range.step))};
}

/// How many numbers a range takes; nothing if that is no polynomial in the symbols of a symbolic extent.
std::optional<Dim> count_of(const Range& range, const Dim& extent) {
  if (extent.is_number()) return Dim{taken(range, extent.number()).count};
  const bool forward = range.step > 0;
  const auto position = [&](std::int64_t place) { return place < 0 ? extent + place : Dim{place}; };
  const auto first = range.start ? position(*range.start) : forward ? Dim{0} : extent - 1;
  const auto end = range.stop ? position(*range.stop) : forward ? extent : Dim{-1};
  const auto span = forward ? end - first : first - end;
  if (span.is_number()) return Dim{steps_over(span.number(), size_of(range.step))};
  // From a place counted from the end up to one counted from the front there is nothing, or something.
  if (!(forward ? first : end).is_number()) return std::nullopt;
  return divide_rounding_up(span, size_of(range.step));
}

/// The ranges of a slice, one an axis.
struct Ranges {
  std::vector<Range> of_axis;

  std::string attributes() const {
    std::vector<std::string> texts;
    for (const auto& range : of_axis) texts.push_back(to_string(range));
    return fmt::format("[{}]", fmt::join(texts, ", "));
  }

  Shape shape(const Shape& whole) const {
    std::vector<Dim> dims;
    for (std::size_t axis = 0; axis < whole.rank(); ++axis) {
      const auto count = count_of(of_axis[axis], whole[axis]);
      if (!count)
        throw ShapeError{
            fmt::format("how many numbers {} takes of {} on axis {} cannot be told before the run",
                        to_string(of_axis[axis]), to_string(whole[axis]), axis),
            "count start and stop from the same end, by a step that divides the extent"};
      dims.push_back(*count);
    }
    return Shape{std::move(dims)};
  }

  /// Copies between a whole tensor, where it takes strides, and its part.
  StridedCopy copy(const ArrayType& whole, const ArrayType& part, bool from_whole) const {
    const auto whole_strides = row_major_strides(whole.extents);
    const auto part_strides = row_major_strides(part.extents);
    std::vector<StridedCopy::Axis> axes;
    std::int64_t start = 0;
    for (std::size_t axis = 0; axis < of_axis.size(); ++axis) {
      const auto& range = of_axis[axis];
      const auto [first, count] = taken(range, whole.extents[axis]);
      if (count != part.extents[axis])
        throw FeedError{fmt::format("axis {} has extent {}, which is too short for {}", axis,
                                    whole.extents[axis], to_string(range))};
      start += first * whole_strides[axis];
      const auto stride =
          count > 1 ? range.step * whole_strides[axis] : 0;  // a long step may not fit 64 bits
      axes.push_back(from_whole ? StridedCopy::Axis{count, stride, part_strides[axis]}
                                : StridedCopy::Axis{count, part_strides[axis], stride});
    }
    return {axes, part.dtype, from_whole ? StridedCopy::Start{start, 0} : StridedCopy::Start{0, start}};
  }

  friend bool operator==(const Ranges&, const Ranges&) = default;
};

Tensor slice_gradient(const Tensor& upstream, const Ranges& ranges, const Shape& shape);

struct Slice {
  static constexpr std::string_view name = "slice";
  static constexpr bool never_fails = true;
  Ranges ranges;

  std::string attributes() const { return ranges.attributes(); }
  Types infer(const Types& operands) const { return {{operands[0].dtype, ranges.shape(operands[0].shape)}}; }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<CopyKernel>(ranges.copy(signature.inputs[0], signature.outputs[0], true));
  }
  /// What is left out costs nothing.
  double cost(const Signature& signature) const {
    return 2 * static_cast<double>(element_count(signature.outputs[0].extents));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {slice_gradient(upstream, ranges, node.input(0).shape())};
  }
  friend bool operator==(const Slice&, const Slice&) = default;
};

/// The operand's numbers in the places that a slice takes, and 0 elsewhere.
struct SliceGradient {
  static constexpr std::string_view name = "slice_gradient";
  static constexpr bool never_fails = true;
  Ranges ranges;
  Shape shape;

  std::string attributes() const { return ranges.attributes(); }
  Types infer(const Types& operands) const { return {{operands[0].dtype, shape}}; }
  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<FillAndCopyKernel<T>>(
        T{0}, ranges.copy(signature.outputs[0], signature.inputs[0], false));
  }
  Gradients gradient(const Applied&, const Tensor& upstream) const {
    return {slice(upstream, ranges.of_axis)};
  }
  friend bool operator==(const SliceGradient&, const SliceGradient&) = default;
};

Tensor slice_gradient(const Tensor& upstream, const Ranges& ranges, const Shape& shape) {
  return apply(SliceGradient{ranges, shape}, {upstream}, std::source_location::current());
}

}  // namespace

Tensor slice(const Tensor& x, const std::vector<Range>& ranges, std::source_location where) {
  with_context("slice", x, where, [&] {
    if (ranges.size() > x.rank())
      throw ShapeError{fmt::format("{} ranges are too many for {} axes", ranges.size(), x.rank())};
    for (std::size_t axis = 0; axis < ranges.size(); ++axis)
      if (ranges[axis].step == 0) throw ShapeError{fmt::format("the step of axis {} is 0", axis)};
  });
  auto all = ranges;
  all.resize(x.rank());
  return apply(Slice{{std::move(all)}}, {x}, where);
}

Tensor slice(const Tensor& x, std::int64_t axis, Range range, std::source_location where) {
  const auto place = with_context("slice", x, where, [&] { return normalize_axis(axis, x.rank()); });
  std::vector<Range> ranges(x.rank());
  ranges[place] = range;
  return slice(x, ranges, where);
}

std::vector<CatalogueEntry> slice_entries() {
  const auto with = [](std::vector<Range> ranges) {
    return [=](std::span<const Tensor> x) { return slice(x[0], ranges); };
  };
  const std::vector x{sample_numbers({4, 5}, -2, 2)};
  return {{"slice",
           "y[j, ...] = x[start + j * step, ...]",
           "[...] -> [...], each axis in part",
           "upstream in the places taken, 0 elsewhere",
           any_dtypes,
           {{"rows", x, with({{1, 3}})},
            {"from the end", x, with({{-3, -1}, {-4, {}}})},
            {"every second, backwards", x, with({{{}, {}, 2}, {-1, 0, -2}})},
            {"nothing", x, with({{3, 1}})},
            {"one axis", x, [](std::span<const Tensor> a) {
               return slice(a[0], -1, {2, 4});
             }}}}};
}

}  // namespace retrograph
