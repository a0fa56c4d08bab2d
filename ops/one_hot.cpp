#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/indices.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/one_hot_op.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

template <class T, class I>
class OneHotKernel final : public Kernel {
 public:
  OneHotKernel(std::int64_t depth, OutOfRange out_of_range)
      : depth_{depth}, rows_at_a_time_{16384 / (depth + 1) + 1}, out_of_range_{out_of_range} {}

  void run(const Call& call) const override {
    if (out_of_range_ == OutOfRange::refuse) require_inside<I>(call.input(0), depth_);
    const auto* indices = call.input(0).values<I>();
    auto* y = call.output(0).values<T>();
    parallel_for(call.input(0).size, rows_at_a_time_, [&](std::int64_t first, std::int64_t last) {
      std::fill(y + first * depth_, y + last * depth_, T{0});
      for (auto row = first; row < last; ++row)
        if (is_inside(indices[row], depth_)) y[row * depth_ + static_cast<std::int64_t>(indices[row])] = 1;
    });
  }

 private:
  std::int64_t depth_, rows_at_a_time_;
  OutOfRange out_of_range_;
};

struct OneHot {
  static constexpr std::string_view name = "one_hot";
  static constexpr bool differentiable = false;
  Dim depth;
  DType dtype;
  OutOfRange out_of_range;

  std::string attributes() const {
    return fmt::format("depth={}{}", to_string(depth),
                       out_of_range == OutOfRange::zero_row ? ", others zero" : "");
  }
  Types infer(const Types& operands) const {
    require_index_dtype(operands[0].dtype);
    if (!is_floating(dtype))
      throw TypeError{fmt::format("makes float32 or float64, not {}", to_string(dtype)),
                      "convert the result with cast"};
    if (depth.is_number() && depth.number() < 0)
      throw ShapeError{fmt::format("the depth is {}", to_string(depth))};
    auto dims = operands[0].shape.dims();
    dims.push_back(depth);
    return {{dtype, Shape{std::move(dims)}}};
  }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    const auto extent = signature.outputs[0].extents.back();
    return visit_index_type(signature.inputs[0].dtype,
                            [&]<class I>(std::type_identity<I>) -> std::unique_ptr<Kernel> {
                              if (dtype == DType::float32)
                                return std::make_unique<OneHotKernel<float, I>>(extent, out_of_range);
                              return std::make_unique<OneHotKernel<double, I>>(extent, out_of_range);
                            });
  }
  friend bool operator==(const OneHot&, const OneHot&) = default;
};

}  // namespace

bool is_one_hot(const Op& op) {
  const auto* one_hot = op.as<OneHot>();
  return one_hot && one_hot->out_of_range == OutOfRange::refuse;
}

Tensor one_hot(const Tensor& indices, Dim depth, DType dtype, OutOfRange out_of_range,
               std::source_location where) {
  return apply(OneHot{std::move(depth), dtype, out_of_range}, {indices}, where);
}

std::vector<CatalogueEntry> one_hot_entries() {
  const auto indices = std::vector{Array::of<double>({2, 2}, {2, 0, 1, 2})};  // cast to the dtypes named
  return {{"one_hot",
           "y[..., k] = 1 if indices[...] == k, else 0",
           "[...] -> [..., depth]",
           "none",
           {DType::int32, DType::int64, DType::uint8},
           {{"", indices, [](std::span<const Tensor> x) { return one_hot(x[0], 3); }}}}};
}

}  // namespace retrograph
