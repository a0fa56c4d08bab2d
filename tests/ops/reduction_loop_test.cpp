#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <numeric>
#include <random>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Sums number by number: small integers, so that any order gives the same double.
Array plain_sum(const Array& x, const std::vector<std::size_t>& axes) {
  auto kept = x.extents();
  for (const auto axis : axes) kept[axis] = 1;
  Array y{kept, DType::float64};
  const auto strides = row_major_strides(kept);
  for (std::int64_t place = 0; place < x.size(); ++place) {
    std::int64_t to = 0;
    for (std::size_t axis = kept.size(), rest = static_cast<std::size_t>(place); axis-- > 0;) {
      const auto extent = static_cast<std::size_t>(x.extents()[axis]);
      if (kept[axis] != 1) to += static_cast<std::int64_t>(rest % extent) * strides[axis];
      rest /= extent;
    }
    y.values<double>()[static_cast<std::size_t>(to)] += x.at(place);
  }
  return y;
}

Array small_integers(const Extents& extents) {
  Array x{extents, DType::float64};
  std::int64_t place = 0;
  for (auto& number : x.values<double>()) number = static_cast<double>((place++ * 7919) % 101 - 50);
  return x;
}

Array random_numbers(const Extents& extents) {
  std::mt19937 random{1};
  Array x{extents};
  for (auto& number : x.values<float>()) number = static_cast<float>(random()) / 4e9f - 0.5f;
  return x;
}

}  // namespace

TEST_CASE("a reduction is right for every choice of axes of many shapes") {
  const std::vector<Extents> shapes{
      {},        {1},          {7},       {3, 5},       {1, 6, 1},      {4, 1, 3},
      {2, 3, 4}, {3, 2, 2, 3}, {2, 0, 3}, {5, 1, 1, 2}, {2, 3, 2, 3, 2}};
  for (const auto& extents : shapes)
    for (std::size_t choice = 0; choice < (std::size_t{1} << extents.size()); ++choice) {
      std::vector<std::size_t> axes;
      for (std::size_t axis = 0; axis < extents.size(); ++axis)
        if (choice >> axis & 1) axes.push_back(axis);
      INFO(to_string(extents) << ", choice of axes " << choice);
      Graph graph;
      const auto x = small_integers(extents);
      const auto y =
          sum(graph.constant(Array{x}), Axes{std::vector<std::int64_t>{axes.begin(), axes.end()}}, Keep::yes);
      CHECK_THAT(evaluate(y), equals(plain_sum(x, axes)));
    }
}

TEST_CASE("a reduction is right around every boundary of its blocks") {
  // Strands of 4 and 32, pieces of 1024 and 64, blocks of 512 columns, rows joined by eight.
  for (const std::int64_t n : {1,  2,  3,  4,  5,   7,   8,   9,   15,  16,  17,   31,   32,   33,
                               63, 64, 65, 71, 127, 128, 129, 511, 512, 513, 1023, 1024, 1025, 4097})
    for (const std::int64_t other : {1, 3, 513}) {
      INFO(n << " numbers, " << other << " results");
      Graph graph;
      const auto rows = small_integers({other, n}), columns = small_integers({n, other});
      CHECK_THAT(evaluate(sum(graph.constant(Array{rows}), 1, Keep::yes)), equals(plain_sum(rows, {1})));
      CHECK_THAT(evaluate(sum(graph.constant(Array{columns}), 0, Keep::yes)),
                 equals(plain_sum(columns, {0})));
    }
}

TEST_CASE("a reduction gives the same bits for any number of threads") {
  Graph graph;
  const auto x = graph.input("x", {6, 7000, 33});
  for (const Axes& axes : {Axes{}, Axes{0}, Axes{1}, Axes{2}, Axes{0, 2}, Axes{0, 1}, Axes{1, 2}}) {
    const auto y = sum(x, axes);
    const auto numbers = random_numbers({6, 7000, 33});
    const auto with_threads = [&](int threads) {
      Executable executable{graph, {.outputs = {y}, .threads = threads}};
      return std::move(executable.run(x.feed(numbers))).take().front();
    };
    const auto expected = with_threads(1);
    for (const int threads : {2, 3, 8}) CHECK(with_threads(threads) == expected);
  }
}
