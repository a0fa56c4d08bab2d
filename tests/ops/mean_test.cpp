#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("mean divides the sum by how many numbers there are") {
  Graph graph;
  const auto x = graph.constant(Array::of<float>({2, 4}, {1, 2, 3, 4, 10, 20, 30, 40}));
  CHECK_THAT(evaluate(mean(x)), equals(Array::scalar(13.75f)));
  CHECK_THAT(evaluate(mean(x, 0)), equals(Array::of<float>({4}, {5.5, 11, 16.5, 22})));
  CHECK_THAT(evaluate(mean(x, -1, Keep::yes)), equals(Array::of<float>({2, 1}, {2.5, 25})));
  CHECK_THAT(evaluate(mean(graph.constant(Array::scalar(3.0f)))), equals(Array::scalar(3.0f)));
}

TEST_CASE("the gradient of mean is the upstream over the count, also where the batch is a symbol") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 2}, DType::float64);
  const auto dx = gradient(mean(x), x);
  const auto dx_of_columns = gradient(sum(mean(x, 0)), x);
  for (const std::int64_t batch : {4, 5}) {
    const auto count = static_cast<double>(batch);
    const Array numbers{{batch, 2}, DType::float64};
    CHECK_THAT(evaluate(dx, x.feed(numbers)),
               equals(Array::full({batch, 2}, 1 / (2 * count), DType::float64)));
    CHECK_THAT(evaluate(dx_of_columns, x.feed(numbers)),
               equals(Array::full({batch, 2}, 1 / count, DType::float64)));
  }
}

TEST_CASE("mean of nothing is NaN, of which nothing comes of nothing") {
  Graph graph;
  const auto x = graph.constant(Array{{0, 2}});
  CHECK_THAT(evaluate(mean(x)), equals(Array::scalar(std::nanf(""))));
  CHECK_THAT(evaluate(mean(x, 0)), equals(Array::of<float>({2}, {NAN, NAN})));
  CHECK_THAT(evaluate(mean(x, 1)), equals(Array{{0}}));
}

TEST_CASE("mean refuses integers and an axis that is not there") {
  Graph graph;
  CHECK_REFUSED(TypeError, mean(graph.input("counts", {2}, DType::int32)), "mean");
  CHECK_REFUSED(ShapeError, mean(graph.input("x", {2}), 1), "mean: axis 1 is outside of a tensor of rank 1");
}
