#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/slice.hpp>
#include <retrograph/ops/sum.hpp>

#include "support/counted.hpp"
#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// What Python's `range(extent)[start:stop:step]` gives, found by trying every place.
std::vector<float> taken_plainly(const Range& range, std::int64_t extent) {
  const auto from_front = [&](std::int64_t place) { return place < 0 ? place + extent : place; };
  const bool forward = range.step > 0;
  const auto start = range.start ? from_front(*range.start) : forward ? 0 : extent - 1;
  const auto stop = range.stop ? from_front(*range.stop) : forward ? extent : -1;
  std::vector<float> places;
  const auto visit = [&](std::int64_t place) {
    const bool in_range = forward ? place >= start && place < stop : place <= start && place > stop;
    // A start outside of the axis is moved to its end before the steps are counted.
    const auto first = forward ? std::max(start, std::int64_t{0}) : std::min(start, extent - 1);
    if (in_range && (place - first) % range.step == 0) places.push_back(static_cast<float>(place));
  };
  for (std::int64_t i = 0; i < extent; ++i) visit(forward ? i : extent - 1 - i);
  return places;
}

}  // namespace

TEST_CASE("slice takes a range of each axis") {
  Graph graph;
  const auto x = graph.constant(counted({3, 4}));
  CHECK_THAT(evaluate(slice(x, {{1, 3}, {0, 2}})), equals(Array::of<float>({2, 2}, {4, 5, 8, 9})));
  CHECK_THAT(evaluate(slice(x, {{{}, {}, -1}, {1, {}, 2}})),
             equals(Array::of<float>({3, 2}, {9, 11, 5, 7, 1, 3})));
  CHECK_THAT(evaluate(slice(x, {{-1, {}}})), equals(Array::of<float>({1, 4}, {8, 9, 10, 11})));
  CHECK_THAT(evaluate(slice(x, -1, {2, 3})), equals(Array::of<float>({3, 1}, {2, 6, 10})));
}

TEST_CASE("slice means by start, stop and step what NumPy means") {
  const std::optional<std::int64_t> places[] = {{}, -9, -2, -1, 0, 2, 9};
  for (const std::int64_t extent : {0, 1, 4})
    for (const auto start : places)
      for (const auto stop : places)
        for (const std::int64_t step : {-5, -2, -1, 1, 2, 3}) {
          const Range range{start, stop, step};
          const auto expected = taken_plainly(range, extent);
          INFO(extent << ": " << (start ? *start : 99) << ", " << (stop ? *stop : 99) << ", " << step);
          Graph graph;
          CHECK_THAT(evaluate(slice(graph.constant(counted({extent})), {range})),
                     equals(Array::copy_of<float>({static_cast<std::int64_t>(expected.size())}, expected)));
        }
}

TEST_CASE("slice takes numbers of every size") {
  for (const auto dtype : all_dtypes) {
    Graph graph;
    const auto x = graph.constant(Array::of<float>({2, 3}, {1, 0, 1, 1, 1, 0}).cast(dtype));
    CHECK_THAT(evaluate(slice(x, {{}, {1, 3}})), equals(Array::of<float>({2, 2}, {0, 1, 1, 0}).cast(dtype)));
    CHECK_THAT(evaluate(slice(x, {{}, {{}, {}, -2}})),
               equals(Array::of<float>({2, 2}, {1, 1, 0, 1}).cast(dtype)));
  }
}

TEST_CASE("slice takes steps larger than any extent") {
  Graph graph;
  const auto x = graph.constant(counted({3, 2}));
  constexpr auto limits = std::numeric_limits<std::int64_t>{};
  CHECK_THAT(evaluate(slice(x, {{1, {}, limits.max()}})), equals(Array::of<float>({1, 2}, {2, 3})));
  CHECK_THAT(evaluate(slice(x, {{1, {}, limits.min()}})), equals(Array::of<float>({1, 2}, {2, 3})));
  CHECK_THAT(evaluate(slice(x, {{limits.min(), limits.max()}})), equals(counted({3, 2})));
}

TEST_CASE("the gradient of slice is its upstream in the places taken and 0 elsewhere") {
  Graph graph;
  const auto x = graph.constant(counted({2, 5}));
  const auto weights = graph.constant(Array::of<float>({1, 3}, {10, 20, 30}));
  const auto y = sum(slice(x, {{1, 2}, {{}, {}, -2}}) * weights);
  CHECK_THAT(evaluate(gradient(y, x)), equals(Array::of<float>({2, 5}, {0, 0, 0, 0, 0, 30, 0, 20, 0, 10})));
}

TEST_CASE("slice is differentiable twice where its square is taken") {
  const auto square_of_part = [](std::span<const Tensor> x) {
    const auto part = slice(x[0], {{-1, {}, -2}, {1, 4, 2}});
    return part * part;
  };
  CHECK_NOTHROW(check_gradient(square_of_part, {sample_numbers({3, 5}, -2, 2)}, {.order = 2}));
}

TEST_CASE("slice tells the extent of a part of a symbolic axis where it can be told") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto x = graph.input("x", {batch});
  const auto twice = graph.input("twice", {2 * batch});
  const auto extent = [](const Tensor& tensor, Range range) {
    return to_string(slice(tensor, 0, range).shape()[0]);
  };
  CHECK(extent(x, {}) == "batch");
  CHECK(extent(x, {{}, {}, -1}) == "batch");
  CHECK(extent(x, {0, 5}) == "5");
  CHECK(extent(x, {0, 5, 2}) == "3");
  CHECK(extent(x, {2}) == "batch - 2");
  CHECK(extent(x, {1, -1}) == "batch - 2");
  CHECK(extent(x, {-4}) == "4");
  CHECK(extent(x, {-4, -1}) == "3");
  CHECK(extent(x, {{}, 2, -1}) == "batch - 3");
  CHECK(extent(x, {4, 4}) == "0");
  CHECK(extent(twice, {{}, {}, 2}) == "batch");
  CHECK(extent(twice, {1, {}, 2}) == "batch");
}

TEST_CASE("slice of a symbolic axis and its gradient are right for what is fed") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch")});
  const auto y = slice(x, {{-2, {}, -1}});  // all but the last, backwards
  const auto dx = gradient(sum(y * y), x);
  CHECK(to_string(dx.shape()) == "[batch]");
  CHECK_THAT(evaluate(y, x.feed(counted({4}))), equals(Array::of<float>({3}, {2, 1, 0})));
  CHECK_THAT(evaluate(dx, x.feed(counted({4}))), equals(Array::of<float>({4}, {0, 2, 4, 0})));
  CHECK_THAT(evaluate(dx, x.feed(counted({1}))), equals(Array::of<float>({1}, {0})));
}

TEST_CASE("slice refuses a symbolic axis that is fed too short") {
  Graph graph;
  const auto x = graph.input("x", {graph.dim("batch")});
  const auto front = slice(x, {{0, 5}}), back = slice(x, {{-4, {}}}), rest = slice(x, {{5, {}}});
  CHECK_THAT(evaluate(front, x.feed(counted({5}))), equals(counted({5})));
  CHECK_REFUSED(FeedError, evaluate(front, x.feed(counted({4}))),
                "slice: axis 0 has extent 4, which is too short for 0:5\n  x [batch] float32");
  CHECK_REFUSED(FeedError, evaluate(back, x.feed(counted({3}))), "too short for -4:");
  CHECK_REFUSED(FeedError, evaluate(rest, x.feed(counted({4}))), "the extent batch - 5 comes to -1");
}

TEST_CASE("slice refuses a range of a symbolic axis whose extent cannot be told") {
  Graph graph;
  const auto x = graph.input("x", {3, graph.dim("batch")});
  CHECK_REFUSED(ShapeError, slice(x, 1, {-2, 5}),
                "slice: how many numbers -2:5 takes of batch on axis 1 cannot be told before the run");
  CHECK_REFUSED(ShapeError, slice(x, 1, {-2, 5}), "hint: count start and stop from the same end");
  CHECK_REFUSED(ShapeError, slice(x, 1, {2, -5, -1}), "2:-5:-1 takes of batch");
  CHECK_REFUSED(ShapeError, slice(x, 1, {{}, {}, 2}), "::2 takes of batch");
}

TEST_CASE("slice refuses a step of 0, too many ranges and axes outside") {
  Graph graph;
  const auto x = graph.input("x", {3});
  CHECK_REFUSED(ShapeError, slice(x, {{0, 3, 0}}), "slice: the step of axis 0 is 0\n  x [3] float32");
  CHECK_REFUSED(ShapeError, slice(x, {{}, {}}), "2 ranges are too many for 1 axes");
  CHECK_REFUSED(ShapeError, slice(x, 1, {}), "axis 1 is outside of a tensor of rank 1");
}
