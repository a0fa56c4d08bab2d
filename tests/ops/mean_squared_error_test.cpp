#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/mean_squared_error.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("mean_squared_error is the mean of the squared differences") {
  Graph graph;
  const auto predictions = graph.constant(Array::of<float>({2, 2}, {1, 2, 3, 4}));
  const auto targets = graph.constant(Array::of<float>({2, 2}, {1, 0, 6, 5}));
  CHECK_THAT(evaluate(mean_squared_error(predictions, targets)), equals(Array::scalar(3.5f)));
}

TEST_CASE("mean_squared_error has the gradients 2 (predictions - targets) / n and minus that") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto predictions = graph.input("predictions", {batch}, DType::float64);
  const auto targets = graph.input("targets", {batch}, DType::float64);
  const auto both =
      gradient(mean_squared_error(predictions, targets), std::vector<Tensor>{predictions, targets});
  const auto p = Array::of<double>({4}, {1, 2, 3, 4}), t = Array::of<double>({4}, {1, 0, 6, 5});
  CHECK_THAT(evaluate(both[0], predictions.feed(p), targets.feed(t)),
             equals(Array::of<double>({4}, {0, 1, -1.5, -0.5})));
  CHECK_THAT(evaluate(both[1], predictions.feed(p), targets.feed(t)),
             equals(Array::of<double>({4}, {0, -1, 1.5, 0.5})));
}

TEST_CASE("mean_squared_error of nothing is NaN") {
  Graph graph;
  const auto nothing = graph.constant(Array{{0, 3}});
  CHECK(std::isnan(evaluate(mean_squared_error(nothing, nothing)).scalar()));
}

TEST_CASE("mean_squared_error refuses what broadcasting would make a matrix of") {
  Graph graph;
  const auto predictions = graph.input("predictions", {graph.dim("batch"), 1});
  const auto targets = graph.input("targets", {graph.dim("batch")});
  const auto refuse = [&] { return mean_squared_error(predictions, targets); };
  CHECK_REFUSED(ShapeError, refuse(), "mean_squared_error: shapes differ: [batch, 1] and [batch]");
  CHECK_REFUSED(ShapeError, refuse(), "predictions [batch, 1] float32");
  const auto wide = graph.input("wide", {graph.dim("batch")}, DType::float64);
  CHECK_REFUSED(TypeError, mean_squared_error(targets, wide), "dtypes differ: float32 and float64");
  const auto counts = graph.input("counts", {3}, DType::int32);
  CHECK_REFUSED(TypeError, mean_squared_error(counts, counts),
                "mean_squared_error: is not defined for int32");
}
