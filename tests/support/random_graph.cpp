#include "support/random_graph.hpp"

#include <retrograph/autograd/gradient.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>
#include <retrograph/ops/trigonometric.hpp>
#include <retrograph/ops/where.hpp>

#include "support/dice.hpp"

namespace retrograph::test {
namespace {

Initializer small_numbers() {
  return [](const ArrayType& type, const RandomStream& random) {
    Array array{type.extents, type.dtype};
    std::uint64_t place = 0;
    for (auto& number : array.values<double>()) number = random.uniform(place++) - 0.5;
    return array;
  };
}

bool fits(const Tensor& a, const Tensor& b) {
  try {
    return (a + b).rank() <= 2;
  } catch (const ShapeError&) {
    return false;
  }
}

/// Every number stays between about -2 and 2, so that no chain of ops runs away.
Tensor unary(Dice& dice, const Tensor& x) {
  switch (dice.below(9)) {
    case 0:
      return neg(x);
    case 1:
      return tanh(x);
    case 2:
      return sigmoid(x);
    case 3:
      return sin(x);
    case 4:
      return relu(x);
    case 5:
      return gelu(x) * 0.5;
    case 6:
      return abs(x) - 0.25;
    case 7:
      return tanh(x * 1.5 + 0.1);
    default:
      return cos(x);
  }
}

Tensor binary(Dice& dice, const Tensor& a, const Tensor& b) {
  switch (dice.below(6)) {
    case 0:
      return (a + b) * 0.5;
    case 1:
      return (a - b) * 0.5;
    case 2:
      return tanh(a * b);
    case 3:
      return maximum(a, b);
    case 4:
      return where(a < b, a, b * 0.5);
    default:
      return a / (abs(b) + 1);
  }
}

Tensor reduction(Dice& dice, const Tensor& x) {
  const auto axis = static_cast<std::int64_t>(dice.below(x.rank()));
  const auto keep = dice.below(2) == 0 ? Keep::yes : Keep::no;
  return dice.below(2) == 0 ? mean(x, axis, keep) : tanh(sum(x, axis, keep));
}

Tensor matrix_op(Dice& dice, const Tensor& x) {
  switch (dice.below(4)) {
    case 0:
      return softmax(x, static_cast<std::int64_t>(dice.below(2)));
    case 1:
      return transpose(x);
    case 2:
      return reshape(x, {-1});
    default:
      return tanh(matmul(x, transpose(tanh(x))));
  }
}

Tensor random_step(Dice& dice, const std::vector<Tensor>& pool) {
  const auto& x = dice.one_of(pool);
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2: {
      const auto& other = dice.one_of(pool);
      if (fits(x, other)) return binary(dice, x, other);
      return unary(dice, x);
    }
    case 3:
      return x.rank() > 0 ? reduction(dice, x) : unary(dice, x);
    case 4:
      return x.rank() == 2 ? matrix_op(dice, x) : unary(dice, x);
    default:
      return unary(dice, x);
  }
}

}  // namespace

RandomGraph::RandomGraph(std::uint64_t seed, std::int64_t rows, std::int64_t columns, int steps)
    : binding{{"rows", rows}} {
  Dice dice{seed, "random_graph"};
  const auto row_count = graph.dim("rows");
  const std::vector<Shape> shapes{{row_count, columns}, {columns}, {row_count, 1}, {}, {columns, columns}};
  std::vector<Tensor> pool;
  for (std::size_t index = 0; index < shapes.size(); ++index) {
    inputs.push_back(graph.input("input_" + std::to_string(index), shapes[index], DType::float64));
    pool.push_back(inputs.back());
    auto& array = numbers.emplace_back(shapes[index].evaluate(binding), DType::float64);
    for (auto& number : array.values<double>()) number = dice.number();
  }
  const auto weight = graph.parameter("weight", {columns, columns}, small_numbers(), DType::float64);
  const auto bias = graph.parameter("bias", {columns}, small_numbers(), DType::float64);
  pool.push_back(tanh(matmul(inputs[0], weight) + bias));

  for (int step = 0; step < steps; ++step) pool.push_back(random_step(dice, pool));
  auto loss = sum(pool[5]);
  for (int part = 0; part < 4; ++part) loss = loss + mean(dice.one_of(pool));
  const auto gradients = gradient(loss, std::vector<Tensor>{weight, bias, inputs[0]});
  outputs = {loss, pool.back(), dice.one_of(pool), gradients[2]};
  updates = {{weight, weight - 0.1 * gradients[0]}, {bias, bias - 0.1 * gradients[1]}};
}

std::vector<Feed> RandomGraph::feed_list() const {
  std::vector<Feed> feeds;
  for (std::size_t index = 0; index < inputs.size(); ++index)
    feeds.push_back(inputs[index].feed(numbers[index]));
  return feeds;
}

std::map<NodeId, Array> RandomGraph::feed_map() const {
  std::map<NodeId, Array> feeds;
  for (std::size_t index = 0; index < inputs.size(); ++index)
    feeds.emplace(inputs[index].node(), numbers[index]);
  return feeds;
}

Executable RandomGraph::executable(int threads, const Passes& passes) {
  return Executable{graph, {.outputs = outputs, .updates = updates, .threads = threads, .passes = passes}};
}

}  // namespace retrograph::test
