#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/models/training/tally.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Steps of every size there is, among them some that are not finite.
template <class T>
Array steps(std::int64_t size) {
  constexpr auto infinity = std::numeric_limits<T>::infinity();
  const T sizes[] = {0,
                     T(0.5),
                     T(-2),
                     T(1e-9),
                     T(-1e-8),
                     1,
                     T(1e-7),
                     infinity,
                     T(3),
                     -infinity,
                     std::numeric_limits<T>::quiet_NaN(),
                     T(-0.25),
                     T(-0.0)};
  Array array{{size}, dtype_of<T>()};
  for (std::int64_t i = 0; i < size; ++i)
    array.values<T>()[static_cast<std::size_t>(i)] = sizes[(i * 7 + i / 100) % 13];
  return array;
}

template <class T>
Array weights(std::int64_t size) {
  Array array{{size}, dtype_of<T>()};
  for (std::int64_t i = 0; i < size; ++i)
    array.values<T>()[static_cast<std::size_t>(i)] = static_cast<T>(i % 5 - 2);
  return array;
}

template <class T>
std::vector<double> naive(const Array& steps, const Array& weights) {
  std::vector<double> sums(tally_size, 0);
  const auto at = [&](Tally which) -> double& { return sums[static_cast<std::size_t>(which)]; };
  for (std::int64_t i = 0; i < steps.size(); ++i) {
    const auto size = std::abs(steps.at(i));
    at(Tally::weight_squares) += weights.at(i) * weights.at(i);
    at(Tally::not_finite) += !std::isfinite(size);
    if (!std::isfinite(size)) continue;
    at(Tally::too_large) += size > 1;
    at(Tally::too_small) += size > 0 && size < static_cast<T>(1e-7);
    at(Tally::zero) += size == 0;
    at(Tally::largest) = std::max(at(Tally::largest), size);
    at(Tally::step_squares) += size * size;
  }
  return sums;
}

template <class T>
Array tallied(const Array& steps, const Array& weights, int threads = 1) {
  Graph graph;
  const auto a = graph.input("steps", {graph.dim("n")}, dtype_of<T>());
  const auto b = graph.input("weights", {graph.dim("n")}, dtype_of<T>());
  const auto tally = tally_steps(a, b, 1, 1e-7);
  Executable executable{graph, {.outputs = {tally}, .threads = threads}};
  return std::move(executable.run(a.feed(steps), b.feed(weights))).take().front();
}

template <class T>
void check_sizes() {
  for (const std::int64_t size : {0, 1, 15, 16, 17, 4095, 4096, 4097, 8192, 64 * 4096, 64 * 4096 + 1}) {
    CAPTURE(size);
    const auto a = steps<T>(size), b = weights<T>(size);
    const auto result = tallied<T>(a, b), expected = Array::copy_of<double>({tally_size}, naive<T>(a, b));
    // The squares are sums of T over the 256 numbers of a lane: half an ulp a number at most.
    CHECK_THAT(result, equals(expected).within(
                           Tolerance{.absolute = expected.at(5) * 256 * std::numeric_limits<T>::epsilon()}));
    for (std::int64_t which = 0; which < 5; ++which) CHECK(result.at(which) == expected.at(which));
    CHECK(result.at(6) == expected.at(6));  // whole numbers
  }
}

}  // namespace

TEST_CASE("tally_steps counts as a plain loop does, at every size around a vector and a piece") {
  check_sizes<float>();
  check_sizes<double>();
}

TEST_CASE("tally_steps counts alike on machines without wide vectors, and on any number of threads") {
  const auto a = steps<float>(300'000), b = weights<float>(300'000);
  const auto one = tallied<float>(a, b, 1);
  for (const int threads : {2, 3}) CHECK(tallied<float>(a, b, threads) == one);
  for (const auto widest : {detail::InstructionSet::baseline, detail::InstructionSet::avx2}) {
    detail::limit_instruction_set(widest);
    const auto narrow = tallied<float>(a, b);
    for (std::int64_t which = 0; which < 5; ++which) CHECK(narrow.at(which) == one.at(which));
  }
  detail::limit_instruction_set(detail::InstructionSet::avx512);
}

TEST_CASE("tally_steps and count_beyond refuse what they cannot count") {
  Graph graph;
  const auto x = graph.input("x", {3}), y = graph.input("y", {4});
  const auto z = graph.input("z", {3}, DType::float64);
  CHECK_REFUSED(ShapeError, tally_steps(x, y, 1, 1e-7), "steps and weights differ in shape");
  CHECK_REFUSED(TypeError, tally_steps(x, z, 1, 1e-7), "floats of one dtype");
  CHECK_REFUSED(TypeError, count_beyond(graph.input("n", {3}, DType::int32), 7), "int32");
}

TEST_CASE("count_beyond counts on both sides, and not the limit itself") {
  Graph graph;
  const auto x = graph.input("x", {6});
  CHECK(
      evaluate(count_beyond(x, 7), x.feed(Array::of<float>({6}, {7, -7, 7.1f, -8, 0, INFINITY}))).scalar() ==
      3);
}
