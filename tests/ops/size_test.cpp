#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/size.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("size counts the numbers along axes, as the run binds them") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  for (const std::int64_t batch : {0, 1, 7}) {
    const Array numbers{{batch, 3}};
    CHECK_THAT(evaluate(size(x), x.feed(numbers)), equals(Array::scalar<std::int64_t>(batch * 3)));
    CHECK_THAT(evaluate(size(x, 0, DType::float32), x.feed(numbers)),
               equals(Array::scalar(static_cast<float>(batch))));
    CHECK_THAT(evaluate(size(x, -1, DType::int32), x.feed(numbers)), equals(Array::scalar<std::int32_t>(3)));
  }
}

TEST_CASE("size of a scalar, or along no axes, is 1") {
  Graph graph;
  CHECK_THAT(evaluate(size(graph.constant(Array::scalar(2.0f)))), equals(Array::scalar<std::int64_t>(1)));
  CHECK_THAT(evaluate(size(graph.constant(Array{{2}}), Axes{std::vector<std::int64_t>{}})),
             equals(Array::scalar<std::int64_t>(1)));
}

TEST_CASE("size needs no step when the graph runs") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch")});
  Executable executable{graph, {.outputs = {size(x * x)}}};
  CHECK(executable.run(x.feed(Array{{5}})).at(0).scalar() == 5);
  CHECK_THAT(executable.plan(), contains("0 steps"));
}

TEST_CASE("size refuses an axis that is not there and to count in bool") {
  Graph graph;
  const auto x = graph.input("x", {2});
  CHECK_REFUSED(ShapeError, size(x, 1), "size: axis 1 is outside of a tensor of rank 1");
  CHECK_REFUSED(TypeError, size(x, {}, DType::boolean), "size: a bool holds no count");
}
