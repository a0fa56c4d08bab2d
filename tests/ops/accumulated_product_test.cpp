#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/kernels/matmul_kernel.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/matchers.hpp"
#include "support/whole_numbers.hpp"

#include <functional>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Operands c [rows, columns], a [rows, inner], b [inner, columns] and a scalar that the run feeds.
struct Operands {
  Tensor c, a, b, rate;
};
using Expression = std::function<Tensor(const Operands&)>;

struct Case {
  std::int64_t rows, columns, inner;
  DType dtype = DType::float32;
};

/// The result of a formula, and the plan that gave it.
struct Outcome {
  Array result;
  std::string plan;
};

Outcome run(const Expression& formula, const Case& sizes, const Passes& passes = {}, int threads = 1) {
  const auto [rows, columns, inner, dtype] = sizes;
  Graph graph;
  const auto c = graph.input("c", {rows, columns}, dtype), a = graph.input("a", {rows, inner}, dtype),
             b = graph.input("b", {inner, columns}, dtype), rate = graph.input("rate", {}, dtype);
  Executable executable{graph, {.outputs = {formula({c, a, b, rate})}, .threads = threads, .passes = passes}};
  auto results = executable.run(
      c.feed(whole_numbers({rows, columns}, dtype, 1)), a.feed(whole_numbers({rows, inner}, dtype, 2)),
      b.feed(whole_numbers({inner, columns}, dtype, 3)), rate.feed(Array::scalar(0.25).cast(dtype)));
  return {std::move(results).take().front(), executable.plan()};
}

bool is_one_product(const std::string& plan) {
  return plan.find("accumulated_product") != std::string::npos && plan.find("1 steps") != std::string::npos;
}

const std::vector<Expression>& formulas() {
  static const std::vector<Expression> all{
      [](const Operands& x) { return x.c + matmul(x.a, x.b); },
      [](const Operands& x) { return matmul(x.a, x.b) + x.c; },
      [](const Operands& x) { return x.c - matmul(x.a, x.b); },
      [](const Operands& x) { return matmul(x.a, x.b) - x.c; },
      [](const Operands& x) { return x.c - 0.5 * matmul(x.a, x.b); },
      [](const Operands& x) { return x.c - matmul(x.a, x.b) * x.rate; },
      [](const Operands& x) { return x.rate * matmul(x.a, x.b) - x.c; },
      [](const Operands& x) { return 0.5 * x.c + matmul(x.a, x.b); },
      [](const Operands& x) { return x.rate * x.c - 2 * matmul(x.a, x.b); },
      [](const Operands& x) { return 2 * matmul(x.a, x.b) + x.c * x.rate; }};
  return all;
}

void compare_with_two_steps(const Case& sizes) {
  INFO(sizes.rows << " x " << sizes.inner << " times " << sizes.inner << " x " << sizes.columns);
  for (const auto index : {std::size_t{5}, std::size_t{8}}) {
    const auto combined = run(formulas()[index], sizes);
    CHECK(is_one_product(combined.plan));
    CHECK_THAT(combined.result, equals(run(formulas()[index], sizes, {.combine = false}).result));
  }
}

}  // namespace

TEST_CASE("a sum or difference with a product is one step, whatever the order, the signs and the factors") {
  const Case sizes{5, 7, 3};
  for (std::size_t index = 0; index < formulas().size(); ++index) {
    INFO("formula " << index);
    const auto combined = run(formulas()[index], sizes),
               plain = run(formulas()[index], sizes, {.combine = false});
    CHECK(is_one_product(combined.plan));
    CHECK_FALSE(is_one_product(plain.plan));
    CHECK_THAT(combined.result, equals(plain.result));
  }
}

TEST_CASE("an accumulated product agrees with two steps at sizes around every boundary") {
  for (const auto dtype : {DType::float32, DType::float64})
    for (const std::int64_t rows : {1, 2, 7, 8, 9, 33})
      for (const std::int64_t columns : {1, 10, 15, 16, 17, 31, 33, 47, 49})
        for (const std::int64_t inner : {0, 1, 3, 17}) compare_with_two_steps({rows, columns, inner, dtype});
}

TEST_CASE(
    "an accumulated product agrees with two steps at sizes around the blocks that it keeps in the caches") {
  for (const auto dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t rows : {255, 256, 257}) compare_with_two_steps({rows, 50, 3, dtype});
    for (const std::int64_t inner : {255, 256, 257, 513}) compare_with_two_steps({9, 50, inner, dtype});
    for (const std::int64_t rows : {31, 32, 33}) compare_with_two_steps({rows, 600, 3, dtype});
    for (const std::int64_t inner : {129, 130}) compare_with_two_steps({301, 307, inner, dtype});
    for (const std::int64_t inner : {511, 530}) compare_with_two_steps({33, 70, inner, dtype});
  }
}

TEST_CASE("an accumulated product agrees with two steps in every instruction set") {
  using detail::InstructionSet;
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    detail::limit_instruction_set(set);
    for (const auto dtype : {DType::float32, DType::float64})
      for (const std::int64_t extent : {3, 7, 14, 29, 33, 70})
        for (const std::int64_t inner : {1, 5}) compare_with_two_steps({extent, extent, inner, dtype});
    for (const std::int64_t rows : {15, 16, 63, 64, 65, 81, 130})
      for (const std::int64_t columns : {2, 10, 30, 32, 63, 64})
        compare_with_two_steps({rows, columns, 1, DType::float32});
  }
  detail::limit_instruction_set(InstructionSet::avx512);
}

TEST_CASE("an accumulated product takes operands that lie transposed, and stacks") {
  Graph graph;
  const auto x = graph.input("x", {5, 4}), d = graph.input("d", {5, 3}), w = graph.input("w", {4, 3});
  const auto stack = graph.input("stack", {2, 3, 3}), other = graph.input("other", {3, 3});
  const auto step = w - 0.5 * matmul(transpose(x), d);
  const auto stacks = stack + matmul(stack * stack, transpose(other));
  const auto compute = [&](bool combine) {
    Executable executable{graph, {.outputs = {step, stacks}, .passes = {.combine = combine, .fuse = false}}};
    auto results = executable.run(x.feed(whole_numbers({5, 4}, DType::float32, 1)),
                                  d.feed(whole_numbers({5, 3}, DType::float32, 2)),
                                  w.feed(whole_numbers({4, 3}, DType::float32, 3)),
                                  stack.feed(whole_numbers({2, 3, 3}, DType::float32, 4)),
                                  other.feed(whole_numbers({3, 3}, DType::float32, 5)));
    CHECK((executable.plan().find(" matmul ") == std::string::npos) == combine);
    return std::move(results).take();
  };
  const auto combined = compute(true), plain = compute(false);
  CHECK_THAT(combined[0], equals(plain[0]));
  CHECK_THAT(combined[1], equals(plain[1]));
}

TEST_CASE("an accumulated product gives the same in the memory of its addend") {
  const auto check = [](MatrixProduct product) {
    product.addend = Addend::matrix;
    product.factor = {.negative = true, .operand = 3};
    const auto [m, n, k] = std::array{product.rows, product.columns, product.inner};
    const auto a = whole_numbers({m, k}, DType::float32, 1), b = whole_numbers({k, n}, DType::float32, 2),
               rate = Array::scalar(0.7f);
    auto c = whole_numbers({m, n}, DType::float32, 3);
    Array y{{m, n}};
    const auto view = [](const Array& array) { return ConstView{array.type(), array.size(), array.bytes()}; };
    const auto compute = [&](Array& result) {
      const ConstView inputs[] = {view(a), view(b), view(c), view(rate)};
      const View outputs[] = {{result.type(), result.size(), result.bytes()}};
      prepare<float>(product)->run({inputs, outputs, {}, 0});
    };
    compute(y);
    compute(c);
    CHECK(c == y);
  };
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true})
      for (const std::int64_t inner : {1, 5, 300})
        for (const std::int64_t rows : {1, 13, 20})
          for (const std::int64_t columns : {1, 15, 30, 33, 70})
            check({rows, columns, inner, transpose_a, transpose_b});
  check({301, 307, 130});
  check({33, 70, 530});
  check({301, 307, 130, true, true});
}

TEST_CASE("an accumulated product gives the same bits for any number of threads") {
  const auto divided = [](const Operands& x) { return x.c - matmul(x.a / 7, x.b / 3) * x.rate; };
  for (const Case sizes : {Case{129, 130, 784}, Case{784, 128, 64}, Case{33, 70, 530}, Case{301, 307, 130},
                           Case{1500, 900, 1}, Case{1, 900, 2000}}) {
    const auto expected = run(divided, sizes).result;
    for (const int threads : {2, 3, 8}) CHECK(run(divided, sizes, {}, threads).result == expected);
  }
}

TEST_CASE("a product that somebody else reads stays a step of its own") {
  const auto shared = [](const Operands& x) {
    const auto product = matmul(x.a, x.b);
    return (x.c + product) * product;
  };
  const auto shared_step = [](const Operands& x) {
    const auto step = x.rate * matmul(x.a, x.b);
    return (x.c - step) * step;
  };
  const auto twice = [](const Operands& x) {
    const auto product = matmul(x.a, x.b);
    return product + product;
  };
  for (const Expression& formula : {Expression{shared}, Expression{shared_step}, Expression{twice}})
    CHECK(run(formula, {3, 4, 5}).plan.find("accumulated_product") == std::string::npos);
}

TEST_CASE("a product of integers, or one that a row is added to, stays a step of its own") {
  Graph graph;
  const auto a = graph.input("a", {3, 3}, DType::int32);
  const auto x = graph.input("x", {3, 3}), row = graph.input("row", {3});
  Executable executable{graph, {.outputs = {a + matmul(a, a), row + matmul(x, x)}}};
  executable.run(a.feed(Array{{3, 3}, DType::int32}), x.feed(Array{{3, 3}}), row.feed(Array{{3}}));
  CHECK(executable.plan().find("accumulated_product") == std::string::npos);
}

TEST_CASE("sums of products accumulate one after another") {
  const auto formula = [](const Operands& x) { return x.c + matmul(x.a, x.b) - matmul(x.a * 2, x.b); };
  const auto combined = run(formula, {5, 7, 3});
  CHECK(combined.plan.find("3 steps") != std::string::npos);
  CHECK_THAT(combined.result, equals(run(formula, {5, 7, 3}, {.combine = false}).result));
}

TEST_CASE("an accumulated product leaves an addend in its place that is also a factor") {
  const auto formula = [](const Operands& x) {
    const auto c = neg(x.c);
    return reshape(c - matmul(c, x.b), {11 * 11}) * 2;
  };
  const auto under_another_shape = [](const Operands& x) {
    const auto c = neg(x.c);
    return c + matmul(reshape(reshape(c, {121}), {11, 11}), x.b);
  };
  for (const Expression& f : {Expression{formula}, Expression{under_another_shape}}) {
    const auto combined = run(f, {11, 11, 11});
    CHECK(combined.plan.find("accumulated_product") != std::string::npos);
    CHECK_THAT(combined.result, equals(run(f, {11, 11, 11}, {.combine = false}).result));
  }
}
