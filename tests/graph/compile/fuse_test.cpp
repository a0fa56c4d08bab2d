#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/compile/fused.hpp>
#include <retrograph/graph/compile/program.hpp>
#include <retrograph/graph/compile/with_epilogue.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/linear.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/where.hpp>

#include "support/matchers.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Of each step its op, or the members of a fused one.
std::vector<std::string> steps_of(const Program& program) {
  std::vector<std::string> steps;
  for (const auto& step : program.steps)
    steps.push_back(step.op.as<Fused>() ? step.op.attributes() : std::string{step.op.name()});
  return steps;
}

std::vector<std::string> fused_steps(const std::vector<Tensor>& outputs) {
  auto program = prune(outputs[0].graph(), outputs, {}, {});
  fuse(program);
  return steps_of(program);
}

using Steps = std::vector<std::string>;

std::vector<Array> run(const std::vector<Tensor>& outputs, const std::vector<Feed>& feeds, bool fused) {
  Executable executable{outputs[0].graph(), {.outputs = outputs, .passes = {.fuse = fused}}};
  State state{0};
  return std::move(executable.run(std::as_const(state), std::span{feeds})).take();
}

/// Numbers that differ from place to place, between -2 and 2.
Array numbers(Extents extents, DType dtype = DType::float32) {
  const auto count = element_count(extents);
  std::vector<double> values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<double>(i * 7919 % 401) / 100 - 2);
  return Array::copy_of<double>(std::move(extents), values).cast(dtype);
}

}  // namespace

TEST_CASE("A tree of elementwise ops becomes one step") {
  Graph graph;
  const auto x = graph.input("x", {4, 3}), y = graph.input("y", {3});
  const auto left = relu(x * y), right = tanh(x);
  CHECK(fused_steps({left + right}) == Steps{"multiply, relu, tanh, add"});
}

TEST_CASE("What is fused becomes machine code if the pass for it runs, and so does the tail of a product") {
  Graph graph;
  const auto x = graph.input("x", {3, 3});
  for (const bool runs : {false, true}) {
    const auto program =
        compile(graph, std::vector{neg(x) * 2, neg(relu(matmul(x, x)))}, {}, {}, {.generate = runs});
    int found = 0;
    for (const auto& step : program.steps) {
      if (const auto* fused = step.op.as<Fused>()) found += fused->generates;
      if (const auto* product = step.op.as<WithEpilogue>()) found += product->epilogue.generates;
    }
    CHECK(found == (runs ? 2 : 0));
  }
}

TEST_CASE("What others read of a fused step is a result of it") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto doubled = 2 * x;
  const auto result = relu(doubled) + 1;
  auto program = prune(graph, std::vector{doubled, result}, {}, {});
  fuse(program);
  REQUIRE(program.steps.size() == 1);
  CHECK(program.steps[0].outputs == program.outputs);
}

TEST_CASE("Steps with another step between them are not fused") {
  Graph graph;
  const auto x = graph.input("x", {3, 3});
  const auto first = relu(2 * x);
  CHECK(fused_steps({first + matmul(first, x)}) == Steps{"multiply, relu", "matmul", "add"});
}

TEST_CASE("Steps of other extents are not fused, and repeat the result") {
  Graph graph;
  const auto x = graph.input("x", {4, 3}), y = graph.input("y", {3});
  CHECK(fused_steps({relu(x * tanh(square(y)))}) == Steps{"square, tanh", "multiply, relu"});
}

TEST_CASE("An op that refuses some operands runs by itself") {
  Graph graph;
  const auto x = graph.input("x", {3}, DType::int32);
  CHECK(fused_steps({(x + 1) / x * 2 + 1}) == Steps{"add", "divide", "multiply, add"});
}

TEST_CASE("A chain and its gradient become one step around the sum between them") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto loss = sum(square(tanh(2 * x)));
  const std::vector<Tensor> outputs{loss, gradient(loss, x)};
  const auto steps = steps_of(compile(graph, outputs, {}, {}));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].find("tanh, square") != std::string::npos);
  CHECK(steps[0].find("tanh_gradient") != std::string::npos);
  CHECK(steps[0].find("sum") != std::string::npos);
}

TEST_CASE("A reduction along the last axes is fused to what it reduces") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto y = square(x);
  CHECK(fused_steps({sum(y)}) == Steps{"square, sum"});
  CHECK(fused_steps({y, mean(y, 1)}) == Steps{"square, mean"});
  CHECK(fused_steps({sum(y, 0)}) == Steps{"square", "sum"});
  CHECK(fused_steps({sum(y), sum(y, 1)}) == Steps{"square, sum", "sum"});
  CHECK(fused_steps({y / sum(y)}) == Steps{"square, sum", "divide"});
  CHECK(fused_steps({y + sum(y, 1, Keep::yes)}) == Steps{"square, sum", "add"});
}

TEST_CASE("All reductions of a step are fused to it before any of them is read") {
  Graph graph;
  const auto x = graph.input("x", {4, 3});
  const auto y = tanh(x);
  CHECK(fused_steps({2 * sum(y), 2 * sum(square(y))}) ==
        Steps{"tanh, square, sum, sum", "multiply", "multiply"});
}

/// Whole numbers between -2 and 2: their sums here are exact, in whichever order.
Array whole_numbers(Extents extents, DType dtype) {
  const auto count = element_count(extents);
  std::vector<double> values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<double>(i * 7919 % 401 % 5) - 2);
  return Array::copy_of<double>(std::move(extents), values).cast(dtype);
}

TEST_CASE("Fused reductions give what the reductions by themselves give") {
  const auto columns = GENERATE(1, 2, 10, 1000, 1024, 1025, 5000);
  const auto rows = GENERATE(0, 1, 3, 130);
  const auto dtype = GENERATE(DType::float32, DType::float64, DType::int32);
  CAPTURE(rows, columns, dtype);
  Graph graph;
  const auto x = graph.input("x", {rows, columns}, dtype), row = graph.input("row", {columns}, dtype);
  const auto y = square(x) * row;
  std::vector<Tensor> outputs{sum(y), sum(y, 1), sum(y, -1, Keep::yes), sum(x + x, {0, 1})};
  if (dtype != DType::int32 && rows > 0) outputs.push_back(mean(y - x, 1));
  const std::vector<Feed> feeds{x.feed(whole_numbers({rows, columns}, dtype)),
                                row.feed(whole_numbers({columns}, dtype))};
  const auto expected = run(outputs, feeds, false), fused = run(outputs, feeds, true);
  for (std::size_t index = 0; index < outputs.size(); ++index)
    CHECK_THAT(fused[index], equals(expected[index]));
}

TEST_CASE("Elementwise steps become the epilogue of a product that nobody else reads") {
  Graph graph;
  const auto x = graph.input("x", {4, 3}), weight = graph.input("weight", {3, 3});
  const auto bias = graph.input("bias", {3});
  const auto attached = [](const std::vector<Tensor>& outputs) {
    auto program = prune(outputs[0].graph(), outputs, {}, {});
    fuse(program);
    attach_epilogues(program);
    Steps steps;
    for (const auto& step : program.steps) steps.push_back(step.op.attributes());
    return steps;
  };
  const auto product = matmul(x, weight);
  CHECK(attached({relu(linear(x, weight, bias))}) == Steps{"linear, relu"});
  CHECK(attached({relu(product) * x}) == Steps{"matmul, relu, multiply"});
  CHECK(attached({product * product}) == Steps{"matmul, multiply"});
  CHECK(attached({relu(product), product}).size() == 2);  // it is wanted itself
}

TEST_CASE("A product with its epilogue gives the bits of the steps by themselves") {
  const auto rows = GENERATE(0, 1, 5, 20, 64, 300), columns = GENERATE(1, 7, 128, 600);
  const auto inner = GENERATE(0, 1, 70, 300, 600);
  CAPTURE(rows, columns, inner);
  Graph graph;
  const auto x = graph.input("x", {2, rows, inner}), weight = graph.input("weight", {2, inner, columns});
  const auto matrix = graph.input("matrix", {inner, columns}), bias = graph.input("bias", {columns});
  const auto y = relu(linear(x, matrix, bias));
  const auto z = where(matmul(x, weight) > 0, y * bias, y);
  const auto w = tanh(matmul(x, weight) + z);
  const std::vector<Tensor> outputs{y, w};
  const std::vector<Feed> feeds{x.feed(numbers({2, rows, inner})), weight.feed(numbers({2, inner, columns})),
                                matrix.feed(numbers({inner, columns})), bias.feed(numbers({columns}))};
  const auto expected = run(outputs, feeds, false), fused = run(outputs, feeds, true);
  for (std::size_t index = 0; index < outputs.size(); ++index)
    CHECK_THAT(fused[index], equals(expected[index]));
}

TEST_CASE("Groups of elementwise steps that meet become one step") {
  Graph graph;
  const auto x = graph.input("x", {3}), y = graph.input("y", {3}), z = graph.input("z", {3});
  const auto a = relu(x), b = relu(y), c = relu(z);
  CHECK(fused_steps({a + b + c}) == Steps{"relu, relu, relu, add, add"});
}

TEST_CASE("A fused step overwrites an operand only where nobody reads it later") {
  Graph graph;
  const auto x = graph.input("x", {4, 3}), row = graph.input("row", {3});
  const auto early = 2 * x;
  const auto late = early + x * row;
  auto program = prune(graph, std::vector{early, late}, {}, {});
  fuse(program);
  REQUIRE(program.steps.size() == 1);
  const auto& [op, inputs, outputs, origin] = program.steps[0];
  REQUIRE(program.inputs.size() == 2);
  const auto place_of = [](const std::vector<ValueId>& values, ValueId value) {
    return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
  };
  const auto of_x = place_of(inputs, program.inputs[0].value);
  const auto of_row = place_of(inputs, program.inputs[1].value);
  CHECK_FALSE(op.may_overwrite(place_of(outputs, program.outputs[0]), of_x));
  CHECK(op.may_overwrite(place_of(outputs, program.outputs[1]), of_x));
  CHECK_FALSE(op.may_overwrite(place_of(outputs, program.outputs[1]), of_row));
}

TEST_CASE("Fused steps give the bits of the steps they are made of") {
  const auto columns = GENERATE(1, 3, 16, 1000);
  const auto rows = GENERATE(0, 1, 2, 7, 1023, 1024, 1025, 4099);
  CAPTURE(rows, columns);
  Graph graph;
  const auto x = graph.input("x", {rows, columns});
  const auto row = graph.input("row", {columns}), column = graph.input("column", {rows, 1});
  const auto one = graph.input("one", Shape{});
  const auto wide = cast(x * row, DType::float64) + 0.5;
  const auto narrow = cast(where(wide > 0, wide, -wide), DType::float32);
  const auto y = relu(narrow - column) * one + maximum(row, column);
  const auto z = minimum(y, x * 2) + row;
  const std::vector<Tensor> outputs{y, z, z > row};
  const std::vector<Feed> feeds{x.feed(numbers({rows, columns})), row.feed(numbers({columns})),
                                column.feed(numbers({rows, 1})), one.feed(numbers({}))};
  const auto expected = run(outputs, feeds, false), fused = run(outputs, feeds, true);
  for (std::size_t index = 0; index < outputs.size(); ++index)
    CHECK_THAT(fused[index], equals(expected[index]));
}

TEST_CASE("A group with more operands than a kernel can hold becomes several steps") {
  Graph graph;
  std::vector<Feed> feeds;
  std::vector<Tensor> terms;
  for (int index = 0; index < 300; ++index) {
    std::string name{"x"};
    name += std::to_string(index);
    const auto input = graph.input(name, {5});
    feeds.push_back(input.feed(Array::full({5}, index)));
    terms.push_back(2 * input);
  }
  auto total = terms[0];
  for (std::size_t index = 1; index < terms.size(); ++index) total = total + terms[index];
  // Read again at the end: values that live long need buffers.
  for (const auto& term : terms) total = maximum(total, term);
  const auto steps = fused_steps({total});
  CHECK(steps.size() > 1);
  CHECK(steps.size() < 100);
  CHECK_THAT(run({total}, feeds, true)[0], equals(run({total}, feeds, false)[0]));
}
