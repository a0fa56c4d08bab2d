#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/transpose.hpp>

#include "support/instruction_set_limit.hpp"
#include "support/matchers.hpp"
#include "support/whole_numbers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// A plain triple loop over matrices of the wanted dtype.
Array product(const Array& a, const Array& b, MatmulOptions options) {
  const auto [ta, tb] = options;
  const auto rows = a.extents()[ta ? 1 : 0], inner = a.extents()[ta ? 0 : 1],
             columns = b.extents()[tb ? 0 : 1];
  const auto wide_a = a.cast(DType::int64), wide_b = b.cast(DType::int64);
  Array result{{rows, columns}, DType::int64};
  const auto* x = wide_a.values<std::int64_t>().data();
  const auto* y = wide_b.values<std::int64_t>().data();
  auto* z = result.values<std::int64_t>().data();
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      for (std::int64_t k = 0; k < inner; ++k)
        z[i * columns + j] += x[ta ? k * rows + i : i * inner + k] * y[tb ? j * inner + k : k * columns + j];
  return result.cast(a.dtype());
}

Array run(const Array& a, const Array& b, MatmulOptions options = {}, int threads = 1) {
  Graph graph;
  const auto x = graph.input("a", Shape{a.extents()}, a.dtype());
  const auto y = graph.input("b", Shape{b.extents()}, b.dtype());
  Executable executable{graph, {.outputs = {matmul(x, y, options)}, .threads = threads}};
  return std::move(executable.run(x.feed(a), y.feed(b))).take().front();
}

void compare_with_plain_loop(std::int64_t rows, std::int64_t columns, std::int64_t inner, DType dtype) {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      INFO(rows << " x " << inner << (transpose_a ? " (transposed)" : "") << " times " << inner << " x "
                << columns << (transpose_b ? " (transposed)" : ""));
      const auto a = whole_numbers(transpose_a ? Extents{inner, rows} : Extents{rows, inner}, dtype, 1);
      const auto b = whole_numbers(transpose_b ? Extents{columns, inner} : Extents{inner, columns}, dtype, 2);
      const MatmulOptions options{transpose_a, transpose_b};
      CHECK_THAT(run(a, b, options), equals(product(a, b, options)));
    }
}

using detail::InstructionSet;

const auto a23 = Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
const auto b32 = Array::of<float>({3, 2}, {1, 0, 2, -1, 0, 5});

}  // namespace

TEST_CASE("matmul multiplies matrices") {
  CHECK_THAT(run(a23, b32), equals(Array::of<float>({2, 2}, {5, 13, 14, 25})));
  CHECK_THAT(run(b32, a23, {true, true}), equals(Array::of<float>({2, 2}, {5, 14, 13, 25})));
}

TEST_CASE("matmul takes a vector first as a row and a vector second as a column") {
  const auto v = Array::of<float>({3}, {1, -1, 2});
  CHECK_THAT(run(v, b32), equals(Array::of<float>({2}, {-1, 11})));
  CHECK_THAT(run(a23, v), equals(Array::of<float>({2}, {5, 11})));
  CHECK_THAT(run(v, v), equals(Array::scalar<float>(6)));
  CHECK_THAT(run(v, b32, {.transpose_a = true}), equals(Array::of<float>({2}, {-1, 11})));
}

TEST_CASE("matmul broadcasts the axes before the last two") {
  const auto a = whole_numbers({2, 1, 3, 4}, DType::float32, 3),
             b = whole_numbers({5, 4, 2}, DType::float32, 4);
  const auto y = run(a, b);
  REQUIRE(y.extents() == Extents{2, 5, 3, 2});
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 5; ++j) {
      const auto left = Array::copy_of({3, 4}, a.values<float>().subspan(12 * i, 12));
      const auto right = Array::copy_of({4, 2}, b.values<float>().subspan(8 * j, 8));
      const auto own = Array::copy_of({3, 2}, y.values<float>().subspan(6 * (5 * i + j), 6));
      CHECK_THAT(own, equals(product(left, right, {})));
    }
}

TEST_CASE("matmul multiplies a stack by one matrix as it does each matrix of the stack") {
  for (const bool transpose : {false, true}) {
    const auto stack = whole_numbers({3, 4, 4}, DType::float64, 5),
               matrix = whole_numbers({4, 4}, DType::float64, 6);
    const auto y = run(stack, matrix, {transpose, transpose});
    for (std::size_t i = 0; i < 3; ++i) {
      const auto own = Array::copy_of({4, 4}, y.values<double>().subspan(16 * i, 16));
      const auto left = Array::copy_of({4, 4}, stack.values<double>().subspan(16 * i, 16));
      CHECK_THAT(own, equals(product(left, matrix, {transpose, transpose})));
    }
  }
}

TEST_CASE("matmul agrees with a plain loop at sizes around every boundary, transposed or not") {
  for (const auto dtype : {DType::float32, DType::float64, DType::int32})
    for (const std::int64_t rows : {0, 1, 2, 17, 33})
      for (const std::int64_t columns : {0, 1, 10, 63, 65})
        for (const std::int64_t inner : {0, 1, 3, 16, 65})
          compare_with_plain_loop(rows, columns, inner, dtype);
}

TEST_CASE("matmul agrees with a plain loop at sizes around the blocks that it keeps in the caches") {
  for (const std::int64_t rows : {255, 256, 257, 265}) compare_with_plain_loop(rows, 25, 3, DType::float64);
  for (const std::int64_t columns : {479, 480, 481}) compare_with_plain_loop(9, columns, 3, DType::float64);
  for (const std::int64_t inner : {111, 112, 113, 225, 337})
    compare_with_plain_loop(9, 25, inner, DType::float64);
  for (const std::int64_t inner : {447, 448, 449}) compare_with_plain_loop(9, 3, inner, DType::float64);
}

TEST_CASE("matmul agrees with a plain loop where the second operand leaves the caches") {
  for (const std::int64_t columns : {1023, 1024, 1025})
    compare_with_plain_loop(3, columns, 1024, DType::float32);
  for (const std::int64_t columns : {511, 512, 513}) compare_with_plain_loop(3, columns, 256, DType::float32);
}

TEST_CASE("matmul agrees with a plain loop for any number of rows around those of a tile") {
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    const InstructionSetLimit limit{set};
    for (std::int64_t rows = 2; rows <= 18; ++rows)
      for (const std::int64_t columns : {3, 10, 29, 64, 70})
        compare_with_plain_loop(rows, columns, 18, DType::float32);
  }
}

TEST_CASE("matmul agrees with a plain loop in every instruction set") {
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    const InstructionSetLimit limit{set};
    for (const auto dtype : {DType::float32, DType::float64, DType::uint8})
      for (const std::int64_t extent : {3, 7, 14, 29, 33, 70}) {
        for (const std::int64_t inner : {15, 16, 67, 130}) compare_with_plain_loop(1, extent, inner, dtype);
        compare_with_plain_loop(extent, 1, 35, dtype);
        compare_with_plain_loop(extent, extent, 1, dtype);
        compare_with_plain_loop(extent, extent, 5, dtype);
      }
  }
}

TEST_CASE("matmul agrees with a plain loop for vectors of every length around those of registers") {
  for (const auto dtype : {DType::float32, DType::float64, DType::int64, DType::uint8})
    for (const std::int64_t extent : {2, 3, 4, 5, 7, 8, 9, 15, 31, 32, 33, 47, 65, 127, 128, 129, 200}) {
      compare_with_plain_loop(1, extent, 130, dtype);
      compare_with_plain_loop(extent, 1, 66, dtype);
      compare_with_plain_loop(5, extent, 1, dtype);
      compare_with_plain_loop(1, 6, extent, dtype);
    }
}

TEST_CASE("matmul agrees with a plain loop where sums are computed in two halves, and at sizes around") {
  for (const auto dtype : {DType::float32, DType::float64, DType::int32})
    for (const std::int64_t rows : {2, 3, 17})
      for (const std::int64_t columns : {63, 64, 65})
        for (const std::int64_t inner : {511, 512, 513, 545})
          compare_with_plain_loop(rows, columns, inner, dtype);
  for (const std::int64_t rows : {97, 98, 99}) compare_with_plain_loop(rows, 130, 784, DType::float32);
}

TEST_CASE("matmul agrees with a plain loop where the result is divided among threads") {
  compare_with_plain_loop(64, 128, 500, DType::float32);
  compare_with_plain_loop(400, 33, 310, DType::float32);
  for (const auto dtype : {DType::float32, DType::float64}) {
    compare_with_plain_loop(65, 129, 490, dtype);
    compare_with_plain_loop(1, 1999, 500, dtype);
    compare_with_plain_loop(1501, 1, 700, dtype);
    compare_with_plain_loop(1001, 1003, 1, dtype);
  }
}

TEST_CASE("matmul gives the same bits for any number of threads") {
  const auto numbers = [](Extents extents, std::uint32_t seed) {
    auto array = whole_numbers(std::move(extents), DType::float32, seed);
    for (auto& number : array.values<float>()) number /= 7;  // so that every sum is rounded
    return array;
  };
  const auto check = [](const Array& a, const Array& b) {
    const auto expected = run(a, b, {}, 1);
    for (const int threads : {2, 3, 8}) CHECK(run(a, b, {}, threads) == expected);
  };
  check(numbers({129, 784}, 7), numbers({784, 130}, 8));
  check(numbers({65, 784}, 7), numbers({784, 130}, 8));
  check(numbers({40, 64, 65}, 9), numbers({40, 65, 66}, 10));
  check(numbers({1, 2000}, 11), numbers({2000, 900}, 12));
}

TEST_CASE("matmul wraps integers around") {
  const auto a = Array::of<std::int32_t>({1, 2}, {2'000'000'000, 2});
  const auto b = Array::of<std::int32_t>({2, 1}, {2, 2'000'000'000});
  CHECK_THAT(run(a, b), equals(Array::of<std::int32_t>({1, 1}, {-589'934'592})));
}

TEST_CASE("matmul of no terms is zero, and of no rows is empty") {
  const auto y = run(Array{{2, 0}}, Array{{0, 3}});
  CHECK_THAT(y, equals(Array{{2, 3}}));
  CHECK(run(Array{{0, 4}}, Array{{4, 3}}).extents() == Extents{0, 3});
  CHECK(run(Array{{0, 2, 4}}, Array{{4, 3}}).extents() == Extents{0, 2, 3});
}

TEST_CASE("matmul passes on NaN and infinity") {
  const auto infinity = std::numeric_limits<float>::infinity();
  const auto y = run(Array::of<float>({2, 2}, {infinity, 0, 1, 1}), Array::of<float>({2, 2}, {0, 1, 1, 1}));
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THAT(y, equals(Array::of<float>({2, 2}, {nan, infinity, 1, 2})));
}

TEST_CASE("the gradients of matmul are upstream b^T and a^T upstream") {
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) {
      Graph graph;
      const auto a =
          graph.constant(whole_numbers(transpose_a ? Extents{3, 2} : Extents{2, 3}, DType::float64, 1));
      const auto b =
          graph.constant(whole_numbers(transpose_b ? Extents{4, 3} : Extents{3, 4}, DType::float64, 2));
      const auto upstream = graph.constant(whole_numbers({2, 4}, DType::float64, 3));
      const auto y = matmul(a, b, {transpose_a, transpose_b});
      const std::vector<Tensor> xs{a, b};
      const auto gradients = gradient(y, xs, {.upstream = upstream});
      const auto u = evaluate(upstream), x = evaluate(a), z = evaluate(b);
      CHECK_THAT(evaluate(gradients[0]), equals(transpose_a ? product(z, u, {transpose_b, true})
                                                            : product(u, z, {false, !transpose_b})));
      CHECK_THAT(evaluate(gradients[1]), equals(transpose_b ? product(u, x, {true, transpose_a})
                                                            : product(x, u, {!transpose_a, false})));
    }
}

TEST_CASE("matmul takes in a transpose of either operand, which is then not run") {
  Graph graph;
  const auto a = graph.input("a", {2, 3, 4}), b = graph.input("b", {5, 3});
  const auto y = matmul(matrix_transpose(a), matrix_transpose(b)), z = matmul(a, transpose(b), {true, false});
  Executable executable{graph, {.outputs = {y, z, matmul(matrix_transpose(a), b, {false, true})}}};
  const auto fed_a = whole_numbers({2, 3, 4}, DType::float32, 1);
  const auto fed_b = whole_numbers({5, 3}, DType::float32, 2);
  const auto results = executable.run(a.feed(fed_a), b.feed(fed_b));
  CHECK_THAT(results[y], equals(run(fed_a, fed_b, {true, true})));
  CHECK(results[z] == results[y]);
  CHECK(executable.plan().find("transpose") == std::string::npos);
}

TEST_CASE("matmul takes in a transpose of an operand that it transposes itself, which then lies as it is") {
  Graph graph;
  const auto a = graph.input("a", {2, 3}), b = graph.input("b", {3, 4});
  const auto fed_a = whole_numbers({2, 3}, DType::float32, 1),
             fed_b = whole_numbers({3, 4}, DType::float32, 2);
  const auto y = matmul(transpose(a), transpose(b), {true, true});
  CHECK_THAT(evaluate(y, a.feed(fed_a), b.feed(fed_b)), equals(product(fed_a, fed_b, {})));
}

TEST_CASE("matmul leaves a transpose of other axes as it is") {
  Graph graph;
  const auto a = graph.input("a", {3, 2, 4}), b = graph.input("b", {4, 3});
  const auto fed = whole_numbers({3, 2, 4}, DType::float32, 1),
             matrix = whole_numbers({4, 3}, DType::float32, 2);
  const auto stacks = transpose(a, {1, 0, 2});
  CHECK_THAT(evaluate(matmul(stacks, b), a.feed(fed), b.feed(matrix)),
             equals(run(evaluate(stacks, a.feed(fed)), matrix)));
}

TEST_CASE("matmul accepts symbolic extents, before the last two axes too") {
  Graph graph;
  const auto batch = graph.dim("batch"), time = graph.dim("time");
  const auto x = graph.input("x", {batch, time, 3});
  const auto weight = graph.constant(b32);
  const auto y = matmul(x, weight);
  CHECK(y.shape() == Shape{batch, time, 2});
  CHECK(matmul(x, x, {.transpose_b = true}).shape() == Shape{batch, time, time});
  CHECK_THAT(evaluate(y, x.feed(Array::of<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6}))),
             equals(Array::of<float>({1, 2, 2}, {5, 13, 14, 25})));
}

TEST_CASE("matmul refuses inner extents that differ, with names, shapes, line and what to do") {
  Graph graph;
  const auto images = graph.input("images", {graph.dim("batch"), 784});
  const auto weight = graph.input("hidden/weight", {800, 128});
  const auto message = message_of<ShapeError>([&] { matmul(images, weight); });
  const auto line = std::to_string(__LINE__ - 1);
  CHECK(message ==
        "matmul: inner extents differ: 784 and 800\n"
        "  images        [batch, 784] float32\n"
        "  hidden/weight [800, 128]   float32\n"
        "  at matmul_test.cpp:" +
            line +
            "\n"
            "  hint: the second operand must be [784, *]");
  CHECK_REFUSED(ShapeError, matmul(images, weight, {.transpose_b = true}),
                "the second operand must be [*, 784]");
  CHECK_REFUSED(ShapeError, matmul(images, graph.input("v", {10})), "the second operand must be [784]");
  CHECK_REFUSED(ShapeError, matmul(images, images), "inner extents differ: 784 and batch");
}

TEST_CASE("matmul refuses scalars, stacks that do not broadcast, and operands of two dtypes") {
  Graph graph;
  const auto matrix = graph.input("matrix", {3, 3});
  CHECK_REFUSED(ShapeError, matmul(matrix, graph.input("scalar", {})), "multiply by a scalar with *");
  CHECK_REFUSED(ShapeError, matmul(graph.input("two", {2, 3, 3}), graph.input("four", {4, 3, 3})),
                "extents differ: 2 and 4");
  CHECK_REFUSED(TypeError, matmul(matrix, graph.input("double", {3, 3}, DType::float64)), "float64");
  CHECK_REFUSED(TypeError, matmul(graph.input("bools", {3, 3}, DType::boolean), matrix),
                "not defined for bool");
}
