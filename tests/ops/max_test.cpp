#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/max.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("max and min take the extreme numbers over all axes or some") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 3}, {1, 5, 2, 7, 4, 9}));
  CHECK_THAT(evaluate(max(x)), equals(Array::scalar(9.0f)));
  CHECK_THAT(evaluate(min(x)), equals(Array::scalar(1.0f)));
  CHECK_THAT(evaluate(max(x, 0)), equals(Array::of<float>({3}, {7, 5, 9})));
  CHECK_THAT(evaluate(min(x, 1)), equals(Array::of<float>({2}, {1, 4})));
  CHECK_THAT(evaluate(max(x, -1, Keep::yes)), equals(Array::of<float>({2, 1}, {5, 9})));
}

TEST_CASE("max and min take every dtype") {
  Graph graph;
  const auto flags = graph.constant(Array::of<bool>({2, 2}, {false, true, false, false}));
  CHECK_THAT(evaluate(max(flags, 1)), equals(Array::of<bool>({2}, {true, false})));
  CHECK_THAT(evaluate(min(flags, 0)), equals(Array::of<bool>({2}, {false, false})));
  using Limits = std::numeric_limits<std::int64_t>;
  const auto integers = graph.constant(Array::of<std::int64_t>({3}, {0, Limits::max(), Limits::min()}));
  CHECK_THAT(evaluate(max(integers)), equals(Array::scalar(Limits::max())));
  CHECK_THAT(evaluate(min(integers)), equals(Array::scalar(Limits::min())));
}

TEST_CASE("the gradient of max goes to the number that was chosen") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch, 3}, DType::float64);
  const auto weights = graph.input("weights", {batch}, DType::float64);
  const auto ten_and_twenty = Array::of<double>({2}, {10, 20});
  const auto numbers = Array::of<double>({2, 3}, {1, 5, 2, 7, 4, 9});
  CHECK_THAT(evaluate(gradient(sum(max(x, 1) * weights), x), x.feed(numbers), weights.feed(ten_and_twenty)),
             equals(Array::of<double>({2, 3}, {0, 10, 0, 0, 0, 20})));
  CHECK_THAT(evaluate(gradient(sum(min(x, 1) * weights), x), x.feed(numbers), weights.feed(ten_and_twenty)),
             equals(Array::of<double>({2, 3}, {10, 0, 0, 0, 20, 0})));
}

TEST_CASE("the gradient of max is shared equally by ties") {
  Graph graph;
  const auto x = graph.input("x", {2, 4}, DType::float64);
  const auto numbers = Array::of<double>({2, 4}, {3, 1, 3, 2, 0, 0, 0, 0});
  CHECK_THAT(evaluate(gradient(sum(max(x, 1)), x), x.feed(numbers)),
             equals(Array::of<double>({2, 4}, {0.5, 0, 0.5, 0, 0.25, 0.25, 0.25, 0.25})));
}

TEST_CASE("max and min hand NaN on, wherever it stands, and to the gradient") {
  Graph graph;
  for (std::int64_t place = 0; place < 70; ++place) {
    Array row{{70}}, column{{70, 2}};
    row.values<float>()[static_cast<std::size_t>(place)] = NAN;
    column.values<float>()[static_cast<std::size_t>(2 * place)] = NAN;
    INFO("NaN at " << place);
    CHECK(std::isnan(evaluate(max(graph.constant(Array{row}))).scalar()));
    CHECK(std::isnan(evaluate(min(graph.constant(Array{row}))).scalar()));
    CHECK_THAT(evaluate(max(graph.constant(Array{column}), 0)), equals(Array::of<float>({2}, {NAN, 0})));
  }
  const auto x = graph.input("x", {2, 2}, DType::float64);
  CHECK_THAT(evaluate(gradient(sum(max(x, 1)), x), x.feed(Array::of<double>({2, 2}, {NAN, 1, 2, 1}))),
             equals(Array::of<double>({2, 2}, {NAN, NAN, 1, 0})));
}

TEST_CASE("max and min of infinities") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 2}, {-INFINITY, -INFINITY, INFINITY, 1}));
  CHECK_THAT(evaluate(max(x, 1)), equals(Array::of<float>({2}, {-INFINITY, INFINITY})));
  CHECK_THAT(evaluate(min(x, 1)), equals(Array::of<float>({2}, {-INFINITY, 1})));
}

TEST_CASE("max of an empty batch is empty, of nothing it is an error, as soon as that is known") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  CHECK_THAT(evaluate(max(x, 1), x.feed(Array{{0, 3}})), equals(Array{{0}}));
  CHECK_REFUSED(FeedError, evaluate(max(x), x.feed(Array{{0, 3}})), "an axis to reduce has extent 0");
  CHECK_REFUSED(ShapeError, max(graph.input("empty", {2, 0}), 1), "max: axis 1 has extent 0");
  CHECK_REFUSED(ShapeError, min(graph.input("no_rows", {0, 2}), 0), "min: axis 0 has extent 0");
}

TEST_CASE("max refuses an axis that is not there") {
  Graph graph;
  CHECK_REFUSED(ShapeError, max(graph.input("x", {2}), 1), "max: axis 1 is outside of a tensor of rank 1");
  CHECK_REFUSED(ShapeError, min(graph.input("y", {2}), -2), "min: axis -2 is outside of a tensor of rank 1");
}
