#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/prod_of_others.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

/// The places in memory of a tensor's numbers whose index is 0 along all axes but `axes`, in order.
std::vector<std::int64_t> places_along(const Extents& extents, const std::vector<std::size_t>& axes) {
  const auto strides = row_major_strides(extents);
  std::vector<std::int64_t> places{0};
  for (const auto axis : axes) {
    std::vector<std::int64_t> next;
    for (const auto place : places)
      for (std::int64_t index = 0; index < extents[axis]; ++index)
        next.push_back(place + index * strides[axis]);
    places = std::move(next);
  }
  return places;
}

std::vector<std::size_t> other_axes(std::size_t rank, const std::vector<std::size_t>& axes) {
  std::vector<std::size_t> others;
  for (std::size_t axis = 0; axis < rank; ++axis)
    if (!std::binary_search(axes.begin(), axes.end(), axis)) others.push_back(axis);
  return others;
}

/// Polynomials in e_1 ... e_m without squares, as one coefficient for each subset of the e: its bits are the
/// index. The products before and after each number meet in its result.
template <class T>
class ProdOfOthersKernel final : public Kernel {
 public:
  ProdOfOthersKernel(const Signature& signature, const std::vector<std::size_t>& axes)
      : starts_{places_along(signature.inputs[0].extents,
                             other_axes(signature.inputs[0].extents.size(), axes))},
        steps_{places_along(signature.inputs[0].extents, axes)},
        subsets_{std::size_t{1} << (signature.inputs.size() - 1)},
        scratch_per_result_{(steps_.size() + 2) * subsets_},
        scratch_{std::make_unique_for_overwrite<T[]>(starts_.size() * scratch_per_result_)} {}

  void run(const Call& call) const override {
    const auto length = static_cast<std::int64_t>(scratch_per_result_);
    const auto grain = std::max<std::int64_t>(1, 8192 / length);
    parallel_for(static_cast<std::int64_t>(starts_.size()), grain, [&](std::int64_t begin, std::int64_t end) {
      for (auto result = begin; result < end; ++result)
        run_one(call, starts_[static_cast<std::size_t>(result)], scratch_.get() + result * length);
    });
  }

 private:
  void run_one(const Call& call, std::int64_t start, T* scratch) const {
    auto* y = call.output(0).values<T>();
    const auto count = steps_.size();
    T* const before = scratch;
    T* const after = scratch + subsets_;  // after[k]: of numbers k, k+1, ...
    set_to_one(after + count * subsets_);
    for (auto k = count; k-- > 1;)
      multiply(after + (k + 1) * subsets_, call, start + steps_[k], after + k * subsets_);
    set_to_one(before);
    for (std::size_t k = 0; k < count; ++k) {
      y[start + steps_[k]] = top_coefficient(before, after + (k + 1) * subsets_);
      multiply(before, call, start + steps_[k], before);
    }
  }

  void set_to_one(T* polynomial) const {
    std::fill_n(polynomial, subsets_, T{0});
    polynomial[0] = 1;
  }

  /// Multiplies by x + sum_i e_i u_i of one place. The largest subsets first, so that the result may be
  /// `factor`.
  void multiply(const T* factor, const Call& call, std::int64_t place, T* result) const {
    for (auto subset = subsets_; subset-- > 0;) {
      auto sum = factor[subset] * call.input(0).values<T>()[place];
      for (std::size_t i = 1; i < call.inputs.size(); ++i)
        if (const auto bit = std::size_t{1} << (i - 1); subset & bit)
          sum += factor[subset ^ bit] * call.input(i).values<T>()[place];
      result[subset] = sum;
    }
  }

  T top_coefficient(const T* a, const T* b) const {
    T sum{0};
    for (std::size_t subset = 0; subset < subsets_; ++subset) sum += a[subset] * b[subsets_ - 1 - subset];
    return sum;
  }

  std::vector<std::int64_t> starts_, steps_;  // of results; from there to the numbers that make one up
  std::size_t subsets_, scratch_per_result_;
  std::unique_ptr<T[]> scratch_;
};

/// With directions u_1 ... u_m as further operands it is the derivative of order m + 1 of prod along them:
///
///     y_k = the coefficient of e_1 ... e_m in prod_{j != k} (x_j + sum_i e_i u_ij)
///
/// These are closed under differentiation. With v the upstream, sum_k v_k y_k is the coefficient of
/// e_1 ... e_m d in prod_j (x_j + sum_i e_i u_ij + d v_j): x's gradient gains the direction v, and that of
/// u_i has v in place of u_i.
struct ProdOfOthers {
  static constexpr std::string_view name = "prod_of_others";
  static constexpr bool never_fails = true;
  std::vector<std::size_t> axes;

  std::string attributes() const { return fmt::format("axes=[{}]", fmt::join(axes, ", ")); }
  Types infer(const Types& operands) const { return {operands[0]}; }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<ProdOfOthersKernel<T>>(signature, axes);
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    std::vector<Tensor> operands;
    for (std::size_t index = 0; index < node.input_count(); ++index) operands.push_back(node.input(index));
    const auto applied_to = [&](const std::vector<Tensor>& tensors) {
      return node.graph().apply(ProdOfOthers{axes}, tensors, std::source_location::current());
    };
    Gradients gradients(operands.size());
    for (std::size_t index = 1; index < operands.size(); ++index) {
      auto replaced = operands;
      replaced[index] = upstream;
      if (node.wants(index)) gradients[index] = applied_to(replaced);
    }
    operands.push_back(upstream);
    if (node.wants(0)) gradients[0] = applied_to(operands);
    return gradients;
  }

  friend bool operator==(const ProdOfOthers&, const ProdOfOthers&) = default;
};

}  // namespace

Tensor prod_of_others(const Tensor& x, const std::vector<std::size_t>& axes) {
  return apply(ProdOfOthers{axes}, {x}, std::source_location::current());
}

}  // namespace retrograph
