#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/linear.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

const auto x = Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
const auto weight = Array::of<float>({3, 2}, {1, 0, 2, -1, 0, 5});
const auto bias = Array::of<float>({2}, {100, -100});

struct Layer {
  Graph graph;
  Tensor x, weight, bias, y;
  Layer(const Array& rows, const Array& matrix, const Array& shift)
      : x{graph.constant(rows)},
        weight{graph.constant(matrix)},
        bias{graph.constant(shift)},
        y{linear(x, weight, bias)} {}
};

/// x of twos, a weight of threes, and for each column its number as the bias.
void compare_with_formula(std::int64_t rows, std::int64_t columns, std::int64_t inner, DType dtype) {
  INFO(rows << " x " << inner << " x " << columns << ' ' << to_string(dtype));
  Array shift{{columns}, DType::int64}, expected{{rows, columns}, DType::int64};
  for (std::int64_t column = 0; column < columns; ++column)
    shift.values<std::int64_t>()[static_cast<std::size_t>(column)] = column;
  for (std::int64_t i = 0; i < rows * columns; ++i)
    expected.values<std::int64_t>()[static_cast<std::size_t>(i)] = i % columns + 6 * inner;
  Layer layer{Array::full({rows, inner}, 2, dtype), Array::full({inner, columns}, 3, dtype),
              shift.cast(dtype)};
  CHECK_THAT(evaluate(layer.y), equals(expected.cast(dtype)));
}

}  // namespace

TEST_CASE("linear multiplies each row by the weight and adds the bias") {
  CHECK_THAT(evaluate(Layer{x, weight, bias}.y), equals(Array::of<float>({2, 2}, {105, -87, 114, -75})));
}

TEST_CASE("linear takes one vector, or rows under any number of axes") {
  CHECK_THAT(evaluate(Layer{Array::of<float>({3}, {4, 5, 6}), weight, bias}.y),
             equals(Array::of<float>({2}, {114, -75})));
  CHECK_THAT(evaluate(Layer{x.reshaped({2, 1, 1, 3}), weight, bias}.y),
             equals(Array::of<float>({2, 1, 1, 2}, {105, -87, 114, -75})));
}

TEST_CASE("linear agrees in float32 and float64 for every number of columns, with the bias of each") {
  for (const auto dtype : {DType::float32, DType::float64})
    for (const std::int64_t rows : {1, 2, 40})
      for (const std::int64_t columns : {1, 2, 15, 16, 17, 65})
        for (const std::int64_t inner : {0, 1, 2, 33}) compare_with_formula(rows, columns, inner, dtype);
}

TEST_CASE("linear adds to each column its own bias where the columns are divided among threads") {
  for (const auto dtype : {DType::float32, DType::float64}) {
    compare_with_formula(64, 130, 500, dtype);
    compare_with_formula(1, 1999, 500, dtype);
    compare_with_formula(900, 1001, 1, dtype);
  }
}

TEST_CASE("the gradients of linear are upstream weight^T, x^T upstream and the sum of upstream over rows") {
  for (const auto& extents : {Extents{2, 3}, Extents{2, 1, 3}}) {
    Layer layer{x.reshaped(extents), weight, bias};
    auto upstream_extents = extents;
    upstream_extents.back() = 2;
    const auto upstream = layer.graph.constant(Array::of<float>(upstream_extents, {1, 10, 100, 1000}));
    const std::vector<Tensor> operands{layer.x, layer.weight, layer.bias};
    const auto gradients = gradient(layer.y, operands, {.upstream = upstream});
    CHECK_THAT(evaluate(gradients[0]), equals(Array::of<float>(extents, {1, -8, 50, 100, -800, 5000})));
    CHECK_THAT(evaluate(gradients[1]), equals(Array::of<float>({3, 2}, {401, 4010, 502, 5020, 603, 6030})));
    CHECK_THAT(evaluate(gradients[2]), equals(Array::of<float>({2}, {101, 1010})));
  }
}

TEST_CASE("linear of no rows is empty, and its weight's gradient is zero") {
  Layer layer{Array{{0, 3}}, weight, bias};
  CHECK(evaluate(layer.y).extents() == Extents{0, 2});
  const auto upstream = layer.graph.constant(Array{{0, 2}});
  CHECK_THAT(evaluate(gradient(layer.y, layer.weight, {.upstream = upstream})), equals(Array{{3, 2}}));
}

TEST_CASE("linear refuses a weight or bias that does not fit and says which it must be") {
  Graph graph;
  const auto images = graph.input("images", {graph.dim("batch"), 784});
  const auto w = graph.input("weight", {784, 128}), b = graph.input("bias", {128});
  CHECK(linear(images, w, b).shape() == Shape{graph.dim("batch"), 128});
  CHECK_REFUSED(ShapeError, linear(images, graph.input("other", {800, 128}), b),
                "inner extents differ: 784 and 800");
  CHECK_REFUSED(ShapeError, linear(images, b, b), "the weight is no matrix");
  CHECK_REFUSED(ShapeError, linear(images, w, graph.input("short", {10})), "it must be [128]");
  CHECK_REFUSED(TypeError, linear(images, w, graph.input("double", {128}, DType::float64)), "float64");
  CHECK_REFUSED(TypeError,
                linear(graph.input("i", {784}, DType::int32), graph.input("j", {784, 128}, DType::int32),
                       graph.input("k", {128}, DType::int32)),
                "not defined for int32");
}
