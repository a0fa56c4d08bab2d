#include <retrograph/graph/array.hpp>

#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

TEST_CASE("an array owns aligned numbers, zeros at first") {
  const Array array{{2, 3}};
  CHECK(array.dtype() == DType::float32);
  CHECK(array.size() == 6);
  CHECK(reinterpret_cast<std::uintptr_t>(array.bytes()) % 64 == 0);
  CHECK(array == Array::of<float>({2, 3}, {0, 0, 0, 0, 0, 0}));
}

TEST_CASE("a copy of an array has numbers of its own, also of a view") {
  std::vector<float> numbers{1, 2, 3};
  const auto view = Array::view({3}, std::span{numbers});
  const Array copy = view;
  numbers[0] = 7;
  CHECK(view.at(0) == 7);
  CHECK(copy.at(0) == 1);
  CHECK(copy.owns_its_numbers());
  CHECK_FALSE(view.owns_its_numbers());
}

TEST_CASE("a view of constant memory only reads") {
  const std::vector<double> numbers{1, 2};
  auto view = Array::view({2}, std::span{numbers});
  CHECK(std::as_const(view).values<double>()[1] == 2);
  CHECK_REFUSED(GraphError, view.values<double>(), "only reads");
}

TEST_CASE("an array is converted, reshaped and printed") {
  const auto array = Array::of<double>({2, 2}, {1.75, -1, 0, 300});
  CHECK(array.cast(DType::int32) == Array::of<std::int32_t>({2, 2}, {1, -1, 0, 300}));
  CHECK(array.cast(DType::boolean) == Array::of<bool>({2, 2}, {true, true, false, true}));
  CHECK(to_string(array) == "[[1.75, -1], [0, 300]]");
  CHECK(to_string(array.reshaped({4}).cast(DType::boolean)) == "[true, true, false, true]");
  CHECK(to_string(Array{{100}}) == "[0, 0, 0, ..., 0, 0, 0]");
  CHECK(to_string(Array::scalar(3)) == "3");
}

TEST_CASE("an array refuses what does not fit, with both sides named") {
  CHECK_REFUSED(ShapeError, (Array::of<float>({2, 2}, {1, 2, 3})), "3 numbers do not fill [2, 2]");
  CHECK_REFUSED(ShapeError, (Array{{2, 2}}.scalar()), "an array of [2, 2] has 4 numbers, not one");
  CHECK_REFUSED(ShapeError, (Array{{2, 2}}.reshaped({3})), "4 numbers do not fill [3]");
  CHECK_REFUSED(TypeError, (Array{{2}}.values<double>()), "an array of float32 is read as float64");
  CHECK_REFUSED(ShapeError, (Array{{-1}}), "an array of [-1] numbers cannot be");
  const auto huge = std::numeric_limits<std::int64_t>::max();
  CHECK_REFUSED(ShapeError, (Array{{huge, huge}}), "cannot be");
  CHECK_REFUSED(ShapeError, (Array{{huge / 2}, DType::float64}), "cannot be");
}
