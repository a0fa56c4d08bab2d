#include <retrograph/ops/argmax.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/extremum.hpp>
#include <retrograph/ops/kernels/reduction_loop.hpp>
#include <retrograph/ops/reduction.hpp>

namespace retrograph {
namespace {

/// Sees x as [outer, count, inner].
template <class Order, class T>
class PlaceKernel final : public Kernel {
 public:
  PlaceKernel(const Extents& extents, std::size_t axis)
      : outer_{element_count({extents.begin(), extents.begin() + static_cast<std::ptrdiff_t>(axis)})},
        count_{extents[axis]},
        inner_{element_count({extents.begin() + static_cast<std::ptrdiff_t>(axis) + 1, extents.end()})} {}

  void run(const Call& call) const override {
    if (count_ == 0) throw FeedError{std::string{nothing_to_reduce}};
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<std::int64_t>();
    const auto grain =
        std::max<std::int64_t>(1, detail::reduction_grain / (count_ * std::max<std::int64_t>(1, inner_)));
    parallel_for(outer_, grain, [=, this](std::int64_t begin, std::int64_t end) {
      for (auto outer = begin; outer < end; ++outer) find(x + outer * count_ * inner_, y + outer * inner_);
    });
  }

 private:
  void find(const T* x, std::int64_t* y) const {
    std::fill_n(y, inner_, 0);
    for (std::int64_t place = 1; place < count_; ++place)
      for (std::int64_t column = 0; column < inner_; ++column) {
        const auto best = x[y[column] * inner_ + column], candidate = x[place * inner_ + column];
        if (Order::replaces(best, candidate) && !is_nan(best)) y[column] = place;
      }
  }

  std::int64_t outer_, count_, inner_;
};

template <class Order>
struct Place : ReducedAxes {
  static constexpr std::string_view name = Order::place_name;
  static constexpr bool differentiable = false;

  bool never_fails(const Signature& signature) const { return has_numbers(signature); }

  Types infer(const Types& operands) const {
    require_numbers(operands[0].shape, axes);
    return {{DType::int64, reduced(operands[0].shape, axes, keep)}};
  }
  template <Element T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<PlaceKernel<Order, T>>(signature.inputs[0].extents, axes.front());
  }
};

}  // namespace

Tensor argmax(const Tensor& x, std::int64_t axis, Keep keep, std::source_location where) {
  return apply(Place<Largest>{reduced_axes("argmax", x, axis, keep, where)}, {x}, where);
}

Tensor argmin(const Tensor& x, std::int64_t axis, Keep keep, std::source_location where) {
  return apply(Place<Smallest>{reduced_axes("argmin", x, axis, keep, where)}, {x}, where);
}

std::vector<CatalogueEntry> argmax_entries() {
  const auto samples = [](Tensor (*op)(const Tensor&, std::int64_t, Keep, std::source_location)) {
    const auto along = [op](std::int64_t axis, Keep keep) {
      return [op, axis, keep](std::span<const Tensor> x) {
        return op(x[0], axis, keep, std::source_location::current());
      };
    };
    return std::vector<Sample>{{"the last axis", {sample_numbers({2, 3}, 0, 2)}, along(-1, Keep::no)},
                               {"the first axis, kept", {sample_numbers({3, 2}, 0, 2)}, along(0, Keep::yes)}};
  };
  return {{"argmax", "y = the first i with x_i = max_j x_j", "[...] -> int64 [...] without the axis", "none",
           any_dtypes, samples(argmax)},
          {"argmin", "y = the first i with x_i = min_j x_j", "[...] -> int64 [...] without the axis", "none",
           any_dtypes, samples(argmin)}};
}

}  // namespace retrograph
