#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <cstring>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Array softmax_of(const Array& logits, std::int64_t axis = -1) {
  Graph graph;
  return evaluate(softmax(graph.constant(logits), axis));
}

Array log_softmax_of(const Array& logits, std::int64_t axis = -1) {
  Graph graph;
  return evaluate(log_softmax(graph.constant(logits), axis));
}

Array row(double first, double second) {
  return Array::of<double>({2}, {first, second});
}

/// Softmax as its formula says, in long double, for numbers of moderate size.
Array by_formula(const Array& logits, std::int64_t outer, std::int64_t count, std::int64_t inner) {
  Array shares{logits.extents(), DType::float64};
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t j = 0; j < inner; ++j) {
      const auto place = [&](std::int64_t k) { return (o * count + k) * inner + j; };
      long double total = 0;
      for (std::int64_t k = 0; k < count; ++k)
        total += std::exp(static_cast<long double>(logits.at(place(k))));
      for (std::int64_t k = 0; k < count; ++k)
        shares.values<double>()[static_cast<std::size_t>(place(k))] =
            static_cast<double>(std::exp(static_cast<long double>(logits.at(place(k)))) / total);
    }
  return shares;
}

}  // namespace

TEST_CASE("softmax of logarithms are the numbers in proportion") {
  const auto logits = Array::of<double>({2, 3}, {std::log(1.0), std::log(2.0), std::log(5.0),  //
                                                 std::log(3.0), std::log(3.0), std::log(2.0)});
  // Each logarithm is rounded, which exp turns into an error relative to its size (below 2): 4 ulp in all.
  CHECK_THAT(softmax_of(logits),
             equals(Array::of<double>({2, 3}, {0.125, 0.25, 0.625, 0.375, 0.375, 0.25})).within(4_ulp));
  CHECK_THAT(softmax_of(logits.cast(DType::float32)),
             equals(Array::of<float>({2, 3}, {0.125f, 0.25f, 0.625f, 0.375f, 0.375f, 0.25f})).within(4_ulp));
}

TEST_CASE("softmax goes along any axis, at every size around the lanes and the tiles") {
  for (const std::int64_t count : {1, 2, 7, 8, 9, 16, 17, 100})
    for (const std::int64_t inner : {1, 2, 63, 64, 65}) {
      INFO(count << " along, " << inner << " beside");
      const auto logits = sample_numbers({3, count, inner}, -4, 4);
      // exp and the quotient are good to an ulp each, x - max to half an ulp of 8 (that is 8 of 1 in the
      // exponential), and the partial sums of 8 lanes to less than that.
      CHECK_THAT(softmax_of(logits, 1), equals(by_formula(logits, 3, count, inner)).within(24_ulp));
    }
}

TEST_CASE("log_softmax is the logarithm of softmax along any axis") {
  for (const std::int64_t inner : {1, 5}) {
    const auto logits = sample_numbers({3, 10, inner}, -4, 4);
    auto expected = by_formula(logits, 3, 10, inner);
    for (auto& number : expected.values<double>()) number = std::log(number);
    // Both roundings, of x - max and of the logarithm, are of numbers below 16: an ulp of 8 is 1.8e-15.
    CHECK_THAT(log_softmax_of(logits, -2), equals(expected).within(absolute(4e-15)));
  }
}

TEST_CASE("softmax has the Jacobian a_j (1 - a_j), -a_j a_k, whose rows sum to 0") {
  Graph graph;
  const auto x = graph.input("x", {4}, DType::float64);
  const auto a = softmax(x);
  const auto numbers = sample_numbers({4}, -1, 1);
  const auto shares = evaluate(a, x.feed(numbers));
  for (std::int64_t j = 0; j < 4; ++j) {
    Array unit{{4}, DType::float64};
    unit.values<double>()[static_cast<std::size_t>(j)] = 1;
    const auto jacobian = evaluate(gradient(a, x, {.upstream = graph.constant(unit)}), x.feed(numbers));
    Array expected{{4}, DType::float64};
    double total = 0;
    for (std::int64_t k = 0; k < 4; ++k) {
      expected.values<double>()[static_cast<std::size_t>(k)] =
          shares.at(j) * ((j == k ? 1 : 0) - shares.at(k));
      total += jacobian.at(k);
    }
    CHECK_THAT(jacobian, equals(expected).within(2_ulp));  // the same products, in another order
    CHECK(std::abs(total) < 4 * std::numeric_limits<double>::epsilon());
  }
}

TEST_CASE("softmax takes logits of any size") {
  // exp(-710) = 4.5e-309 is a number without all its digits; whether it is flushed to 0 is the machine's
  // choice.
  CHECK_THAT(softmax_of(row(710, 0)), equals(row(1, 0)).within(absolute(1e-308)));
  CHECK_THAT(softmax_of(row(-746, -746)), equals(row(0.5, 0.5)));
  CHECK_THAT(softmax_of(row(1e308, -1e308)), equals(row(1, 0)));
  CHECK_THAT(softmax_of(Array::of<double>({2, 1}, {710, 0}), 0),
             equals(Array::of<double>({2, 1}, {1, 0})).within(absolute(1e-308)));
  CHECK_THAT(log_softmax_of(row(0, -746)), equals(row(0, -746)));
  CHECK_THAT(log_softmax_of(row(1e308, 0)), equals(row(0, -1e308)));
}

TEST_CASE("log_softmax keeps its digits where one class is nearly sure") {
  // log(1 / (1 + exp(-40))) = -exp(-40) + exp(-80) / 2 ...; 1 + exp(-40) itself rounds to 1.
  CHECK_THAT(log_softmax_of(row(40, 0)), equals(row(-std::exp(-40.0), -40)).within(2_ulp));
}

TEST_CASE("softmax gives ties equal shares and a single class the whole") {
  CHECK_THAT(softmax_of(Array::of<double>({4}, {7, 7, 7, 7})),
             equals(Array::of<double>({4}, {0.25, 0.25, 0.25, 0.25})));
  CHECK_THAT(softmax_of(Array::of<float>({2, 1}, {-3, 1e30f})), equals(Array::of<float>({2, 1}, {1, 1})));
}

TEST_CASE("softmax gives a class of -infinity nothing") {
  CHECK_THAT(softmax_of(row(-infinity, 5)), equals(row(0, 1)));
  CHECK_THAT(log_softmax_of(row(-infinity, 5)), equals(row(-infinity, 0)));
}

TEST_CASE("softmax makes a row with NaN or infinity NaN throughout and leaves the other rows alone") {
  const auto logits = Array::of<double>({4, 2}, {not_a_number, 1, 1, not_a_number, infinity, 0, 3, 3});
  const auto expected = Array::of<double>(
      {4, 2}, {not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, not_a_number, 0.5, 0.5});
  CHECK_THAT(softmax_of(logits), equals(expected));
  const auto columns = Array::of<double>({2, 4}, {not_a_number, 1, infinity, 3, 1, not_a_number, 0, 3});
  CHECK_THAT(softmax_of(columns, 0),
             equals(Array::of<double>({2, 4}, {not_a_number, not_a_number, not_a_number, 0.5, not_a_number,
                                               not_a_number, not_a_number, 0.5})));
  CHECK(std::isnan(softmax_of(row(-infinity, -infinity)).at(0)));
}

TEST_CASE("softmax of nothing is nothing") {
  for (const auto axis : {0, 1}) {
    CHECK_THAT(softmax_of(Array{{0, 10}}, axis), equals(Array{{0, 10}}));
    CHECK_THAT(log_softmax_of(Array{{3, 0}}, axis), equals(Array{{3, 0}}));
  }
}

TEST_CASE("softmax of rows of any width agrees with the formula worked out number by number") {
  const auto count = GENERATE(1, 2, 8, 16, 17, 31, 32, 33, 255, 256, 257, 300);
  const auto rows = GENERATE(1, 63, 64, 65);
  const auto dtype = GENERATE(DType::float32, DType::float64);
  CAPTURE(count, rows, dtype);
  // Multiples of 1/8: what is left of one when the largest is taken away is exact.
  Array numbers{{rows, count}, DType::float64}, shares{{rows, count}, DType::float64},
      logarithms{{rows, count}, DType::float64};
  for (std::int64_t i = 0; i < numbers.size(); ++i)
    numbers.values<double>()[static_cast<std::size_t>(i)] = static_cast<double>(i * 7919 % 97) / 8 - 6;
  for (std::int64_t row = 0; row < rows; ++row) {
    double total = 0;
    for (std::int64_t k = 0; k < count; ++k) total += std::exp(numbers.at(row * count + k));
    for (std::int64_t k = 0; k < count; ++k) {
      const auto place = static_cast<std::size_t>(row * count + k);
      shares.values<double>()[place] = std::exp(numbers.at(row * count + k)) / total;
      logarithms.values<double>()[place] = numbers.at(row * count + k) - std::log(total);
    }
  }
  // The exponential is within 2 ulp, a sum of n terms within n / 2, a quotient within 1/2; a logarithm that
  // is nearly 0 keeps the absolute error of the sum.
  const auto ulps = static_cast<double>(count) / 2 + 4;
  const auto epsilon = dtype == DType::float32 ? 0x1p-23 : 0x1p-52;
  CHECK_THAT(softmax_of(numbers.cast(dtype)), equals(shares.cast(dtype)).within(Tolerance{ulps, 0}));
  CHECK_THAT(log_softmax_of(numbers.cast(dtype)),
             equals(logarithms.cast(dtype)).within(absolute((ulps + 16) * epsilon)));
  const auto transposed = [&](const Array& array) {
    Array result{{count, rows}, dtype};
    const auto from = array.cast(dtype);
    const auto bytes = size_in_bytes(dtype);
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t k = 0; k < count; ++k)
        std::memcpy(result.bytes() + static_cast<std::size_t>(k * rows + row) * bytes,
                    from.bytes() + static_cast<std::size_t>(row * count + k) * bytes, bytes);
    return result;
  };
  CHECK_THAT(softmax_of(transposed(numbers), 0), equals(transposed(shares)).within(Tolerance{ulps, 0}));
}

TEST_CASE("softmax has the same bits on any number of threads") {
  Graph graph;
  const auto x = graph.input("x", {1000, 50, 3});
  const auto numbers = sample_numbers({1000, 50, 3}, -9, 9).cast(DType::float32);
  for (const auto axis : {0, 1, 2}) {
    const auto run = [&](int threads) {
      Executable executable{graph, {.outputs = {softmax(x, axis)}, .threads = threads}};
      return std::move(executable.run(x.feed(numbers))).take().front();
    };
    const auto serial = run(1);
    CHECK_THAT(run(2), equals(serial));
    CHECK_THAT(run(3), equals(serial));
  }
}

TEST_CASE("softmax refuses an axis that is not there, and integers") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch"), 3});
  CHECK_REFUSED(ShapeError, softmax(x, 2), "softmax: ");
  CHECK_REFUSED(ShapeError, softmax(x, 2), "x [batch, 3] float32");
  CHECK_REFUSED(ShapeError, log_softmax(x, -3), "log_softmax: ");
  const auto labels = graph.input("labels", {3}, DType::int32);
  CHECK_REFUSED(TypeError, softmax(labels), "softmax: is not defined for int32");
}
