#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"
#include "support/whole_numbers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// x [depth, rows, columns], and operands that are repeated along some of its axes, in double.
struct Repeated {
  std::int64_t depth, rows, columns;
  Extents extents{depth, rows, columns};
  std::vector<Extents> operands{{columns},           {rows, 1},          {depth, 1, 1},
                                {depth, 1, columns}, {1, rows, columns}, {}};

  /// Of an operand of these extents, the number for a place of x.
  static double at(const Array& operand, std::int64_t d, std::int64_t r, std::int64_t c) {
    std::int64_t place = 0;
    const auto rank = operand.rank();
    const std::array index{d, r, c};
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const auto extent = operand.extents()[axis];
      place = place * extent + (extent == 1 ? 0 : index[3 - rank + axis]);
    }
    return operand.at(place);
  }
};

}  // namespace

TEST_CASE("Elementwise steps read repeated operands as plain loops over all indices do") {
  const auto columns = GENERATE(1, 5, 127, 128, 129, 1000, 2500);
  const auto rows = GENERATE(1, 3, 40);
  const auto fused = GENERATE(false, true);
  CAPTURE(columns, rows, fused);
  const Repeated shapes{3, rows, columns};
  Graph graph;
  const auto x = graph.input("x", Shape{shapes.extents}, DType::float64);
  std::vector<Feed> feeds{x.feed(whole_numbers(shapes.extents, DType::float64, 1))};
  std::vector<Array> operands;
  Tensor y = x;
  for (const auto& extents : shapes.operands) {
    const auto operand = graph.input(std::to_string(operands.size()), Shape{extents}, DType::float64);
    operands.push_back(
        whole_numbers(extents, DType::float64, static_cast<std::uint32_t>(operands.size() + 2)));
    feeds.push_back(operand.feed(operands.back()));
    y = y * 2 + operand;
  }
  const std::vector<Tensor> outputs{y, sum(y, 2), sum(y, {1, 2}), sum(y)};
  Executable executable{graph, {.outputs = outputs, .passes = {.fuse = fused}}};
  const State state{0};
  const auto results = executable.run(state, feeds);

  Array of_places{shapes.extents, DType::float64}, of_rows{{3, rows}, DType::float64},
      of_planes{{3}, DType::float64}, of_all{{}, DType::float64};
  const auto start = whole_numbers(shapes.extents, DType::float64, 1);
  for (std::int64_t d = 0, place = 0; d < 3; ++d)
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c, ++place) {
        auto number = start.at(place);
        for (const auto& operand : operands) number = number * 2 + Repeated::at(operand, d, r, c);
        of_places.values<double>()[static_cast<std::size_t>(place)] = number;
        of_rows.values<double>()[static_cast<std::size_t>(d * rows + r)] += number;
        of_planes.values<double>()[static_cast<std::size_t>(d)] += number;
        of_all.values<double>()[0] += number;
      }
  CHECK_THAT(results.at(0), equals(of_places));
  CHECK_THAT(results.at(1), equals(of_rows));
  CHECK_THAT(results.at(2), equals(of_planes));
  CHECK_THAT(results.at(3), equals(of_all));
}

TEST_CASE("A fused sum has the same bits whether loops are generated or not") {
  Graph graph;
  const auto x = graph.input("x", {5, 3000});
  std::vector<Tensor> kept;  // more of them than buffers of a whole tile fit the cache
  for (int i = 0; i < 12; ++i) kept.push_back(x * (0.3 + i));
  Tensor y = x;
  for (const auto& other : kept) y = y / 2 + other;
  Array numbers{{5, 3000}};
  double number = 0.1;
  for (auto& place : numbers.values<float>())
    place = static_cast<float>(number = 3.9 * number * (1 - number));
  const State state{0};
  std::vector<Array> sums;
  for (const auto generate : {false, true}) {
    Executable executable{graph, {.outputs = {sum(y, 1)}, .passes = {.generate = generate}}};
    sums.push_back(std::move(executable.run(state, x.feed(numbers)).take().front()));
  }
  CHECK_THAT(sums[1], equals(sums[0]));
}
