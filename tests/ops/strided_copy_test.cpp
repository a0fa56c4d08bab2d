#include <retrograph/graph/array.hpp>
#include <retrograph/graph/random.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace retrograph;
using namespace retrograph::test;

namespace {

using Axis = StridedCopy::Axis;

/// A box in some order of its axes within a larger target, from a source that lies in another order, with
/// steps, backwards or repeated.
struct Case {
  std::vector<Axis> axes;
  StridedCopy::Start start;
  std::int64_t source_size = 1, target_size = 1;
};

/// Numbers below `bound`, drawn one after the other.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_{seed, "strided copies"} {}
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(stream_.bits(place_++) % static_cast<std::uint64_t>(bound));
  }

 private:
  RandomStream stream_;
  std::uint64_t place_ = 0;
};

/// Lays out axes of one side, innermost last in `order`: some closely packed, some with gaps between.
void lay_out(Case& result, const std::vector<std::size_t>& order, Draw& draw, bool source) {
  std::int64_t stride = 1;
  auto& start = source ? result.start.from : result.start.to;
  start = draw.below(3);
  for (auto place = order.rbegin(); place != order.rend(); ++place) {
    auto& axis = result.axes[*place];
    auto& own = source ? axis.from : axis.to;
    const auto step = draw.below(4) == 0 ? 2 : 1;
    own = stride * step;
    stride *= axis.extent * step + draw.below(2);
    if (source && draw.below(5) == 0) own = 0;
    if (source && draw.below(5) == 0) {
      start += own * (axis.extent - 1);
      own = -own;
    }
  }
  (source ? result.source_size : result.target_size) = stride + 3;
}

Case random_case(Draw& draw) {
  const std::int64_t extents[] = {1, 2, 3, 5, 16, 33, 70, 200};
  Case result;
  const auto rank = static_cast<std::size_t>(draw.below(4) + 1);
  for (std::size_t axis = 0; axis < rank; ++axis)
    result.axes.push_back({extents[draw.below(rank > 2 ? 6 : 8)], 0, 0});
  std::vector<std::size_t> order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  lay_out(result, order, draw, false);
  for (std::size_t place = rank; place-- > 1;)
    std::swap(order[place],
              order[static_cast<std::size_t>(draw.below(static_cast<std::int64_t>(place) + 1))]);
  lay_out(result, order, draw, true);
  return result;
}

/// The definition: number by number.
void copy_plainly(const Case& box, std::size_t bytes, const std::byte* from, std::byte* to) {
  std::vector<std::int64_t> index(box.axes.size());
  for (bool more = true; more;) {
    auto source = box.start.from, target = box.start.to;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      source += index[axis] * box.axes[axis].from;
      target += index[axis] * box.axes[axis].to;
    }
    std::memcpy(to + static_cast<std::size_t>(target) * bytes,
                from + static_cast<std::size_t>(source) * bytes, bytes);
    more = false;
    for (auto axis = index.size(); axis-- > 0 && !more; index[axis] = more ? index[axis] : 0)
      more = ++index[axis] < box.axes[axis].extent;
  }
}

}  // namespace

TEST_CASE("a strided copy of any box in any order writes what its definition says, and nothing else") {
  Draw draw{7};
  for (int round = 0; round < 60; ++round)
    for (const auto dtype : {DType::uint8, DType::float32, DType::int64}) {
      const auto box = random_case(draw);
      INFO("round " << round << ", " << to_string(dtype));
      Array source{{box.source_size}, dtype}, target{{box.target_size}, dtype};
      std::byte* numbers = source.bytes();
      for (std::size_t place = 0; place < source.size_in_bytes(); ++place)
        numbers[place] = static_cast<std::byte>(place * 37 % 251);
      auto expected = target;
      copy_plainly(box, size_in_bytes(dtype), source.bytes(), expected.bytes());
      StridedCopy{box.axes, dtype, box.start}.run(source.bytes(), target.bytes());
      CHECK(target == expected);
    }
}

TEST_CASE("a strided copy of an empty box writes nothing") {
  Array numbers = Array::of<float>({2}, {1, 2});
  for (const std::int64_t outer : {0, 3})
    StridedCopy{{{outer, 1, 1}, {outer == 0 ? 3 : 0, 1, 1}}, DType::float32}.run(nullptr, numbers.bytes());
  CHECK_THAT(numbers, equals(Array::of<float>({2}, {1, 2})));
}
