#include "support/random_elementwise.hpp"

#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/logical.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/where.hpp>

#include "support/dice.hpp"
#include "support/whole_numbers.hpp"

namespace retrograph::test {
namespace {

constexpr std::int64_t most_numbers = 10'000;
const std::vector<std::int64_t> extents{1, 2, 3, 5, 16, 33, 127, 128, 129, 1000, 1024, 1025, 2048, 3000};
const std::vector<DType> dtypes{DType::float32, DType::float64, DType::int32,
                                DType::int64,   DType::uint8,   DType::boolean};

const std::vector<DType> dtypes_of_parameters{DType::float32, DType::float64, DType::int64};

bool is_number(const Tensor& x) {
  return x.dtype() != DType::boolean;
}

/// At most 8 in size.
Tensor small(const Tensor& x) {
  if (!is_number(x)) return x;
  return x.dtype() == DType::uint8 ? minimum(x, 8) : minimum(maximum(x, -8), 8);
}

Tensor as(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  const bool loses_sign = dtype == DType::uint8 && is_number(x);
  return cast(loses_sign ? abs(x) : x, dtype);
}

class Maker {
 public:
  Maker(RandomElementwise& made, std::uint64_t seed) : made_{made}, dice_{seed, "random_elementwise"} {}

  void run() {
    choose_shape();
    add_leaves();
    const auto steps = 5 + dice_.below(25);
    for (std::size_t step = 0; step < steps; ++step) add_step();
    for (std::size_t count = 1 + dice_.below(5); count > 0; --count)
      made_.outputs.push_back(dice_.below(2) == 0 ? pool_.back() : dice_.one_of(pool_));
    for (const auto& parameter : parameters_) add_update(parameter);
  }

 private:
  void choose_shape() {
    made_.rows = dice_.one_of(extents);
    dims_.push_back(made_.graph.dim("rows"));
    auto numbers = made_.rows;
    for (auto rank = dice_.below(4); rank > 0; --rank) {
      const auto extent = dice_.one_of(extents);
      if (numbers * extent > most_numbers) continue;
      numbers *= extent;
      dims_.emplace_back(extent);
    }
  }

  /// Without some of the first axes, and with extent 1 along others.
  Shape part(bool has_symbol) {
    std::vector<Dim> dims{
        dims_.begin() + static_cast<std::ptrdiff_t>(dice_.below(3) == 0 ? dice_.below(dims_.size() + 1) : 0),
        dims_.end()};
    for (auto& dim : dims)
      if (dice_.below(3) == 0 || (!has_symbol && !dim.is_number())) dim = 1;
    return Shape{std::move(dims)};
  }

  void add_leaves() {
    auto& graph = made_.graph;
    made_.inputs.push_back(graph.input("whole", Shape{dims_}, DType::float64));
    for (int index = 0; index < 4; ++index)
      made_.inputs.push_back(graph.input("input_" + std::to_string(index), part(true), dice_.one_of(dtypes)));
    for (std::uint32_t index = 0; index < 3; ++index)
      parameters_.push_back(graph.parameter(
          "parameter_" + std::to_string(index), part(false),
          [index](const ArrayType& type, const RandomStream&) {
            return whole_numbers(type.extents, DType::int32, index).cast(type.dtype);
          },
          dice_.one_of(dtypes_of_parameters)));
    pool_.assign(made_.inputs.begin(), made_.inputs.end());
    pool_.insert(pool_.end(), parameters_.begin(), parameters_.end());
  }

  void add_step() {
    const auto x = dice_.below(2) == 0 ? pool_.back() : dice_.one_of(pool_);
    const auto choice = dice_.below(9);
    if (choice < 5)
      pool_.push_back(small(binary(x, as(dice_.one_of(pool_), x.dtype()))));
    else if (choice == 5)
      pool_.push_back(as(x, dice_.one_of(dtypes)));
    else if (choice == 6)
      pool_.push_back(unary(x));
    else
      pool_.push_back(small(reduction(is_number(x) ? x : cast(x, DType::int32))));
  }

  Tensor binary(const Tensor& a, const Tensor& b) {
    switch (dice_.below(6)) {
      case 0:
        return is_number(a) ? a + b : logical_and(a, b);
      case 1:
        return is_number(a) ? a - b : logical_xor(a, b);
      case 2:
        return is_number(a) ? a * b : logical_or(a, b);
      case 3:
        return is_number(a) ? maximum(a, b) : equal(a, b);
      case 4:
        return less(a, b);
      default:
        return where(as(dice_.one_of(pool_), DType::boolean), a, b);
    }
  }

  Tensor unary(const Tensor& x) {
    if (!is_number(x)) return logical_not(x);
    if (x.dtype() == DType::uint8) return small(x + 1);
    return dice_.below(2) == 0 ? neg(x) : abs(x);
  }

  /// Along the last axes, or along any.
  Tensor reduction(const Tensor& x) {
    const bool are_last = dice_.below(2) == 0;
    const auto first = dice_.below(x.rank() + 1);
    std::vector<std::int64_t> axes;
    for (std::size_t axis = 0; axis < x.rank(); ++axis)
      if (are_last ? axis >= first : dice_.below(2) == 0) axes.push_back(static_cast<std::int64_t>(axis));
    return dice_.below(2) == 0 ? sum(x, Axes{axes}, Keep::yes) : max(x, Axes{axes}, Keep::yes);
  }

  void add_update(const Parameter& parameter) {
    const auto step = small(sum(as(dice_.one_of(pool_), parameter.dtype())));
    made_.updates.push_back({parameter, small(parameter + step)});
  }

  RandomElementwise& made_;
  Dice dice_;
  std::vector<Dim> dims_;
  std::vector<Parameter> parameters_;
  std::vector<Tensor> pool_;
};

}  // namespace

RandomElementwise::RandomElementwise(std::uint64_t seed) {
  Maker{*this, seed}.run();
}

std::map<NodeId, Array> RandomElementwise::numbers(std::int64_t row_count, std::uint64_t seed) const {
  std::map<NodeId, Array> numbers;
  for (const auto& input : inputs) {
    const auto random = static_cast<std::uint32_t>(31 * seed + input.node());
    auto array = whole_numbers(input.shape().evaluate(binding(row_count)), DType::int32, random);
    for (auto& number : array.values<std::int32_t>())
      if (input.dtype() == DType::uint8) number = std::abs(number);
    numbers.emplace(input.node(), array.cast(input.dtype()));
  }
  return numbers;
}

}  // namespace retrograph::test
