#include <retrograph/models/data/standardize.hpp>

#include "support/matchers.hpp"

#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

TrainAndTest with_images(Array train, Array test) {
  const auto labels = [](const Array& images) { return Array{{images.extents()[0]}, DType::int32}; };
  auto train_labels = labels(train), test_labels = labels(test);
  return {{std::move(train), std::move(train_labels)}, {std::move(test), std::move(test_labels)}};
}

}  // namespace

TEST_CASE("standardize gives the training images mean 0 and variance 1, and treats the test alike") {
  auto data = with_images(Array::of<float>({2, 2}, {1, 3, 5, 7}), Array::of<float>({1, 2}, {4, 9}));
  standardize(data);  // mean 4, variance (9 + 1 + 1 + 9) / 4 = 5
  const auto d = std::sqrt(5.0f);
  // One rounding of the deviation here, one of the quotient there.
  CHECK_THAT(data.train.images,
             equals(Array::of<float>({2, 2}, {-3 / d, -1 / d, 1 / d, 3 / d})).within(2_ulp));
  CHECK_THAT(data.test.images, equals(Array::of<float>({1, 2}, {0, 5 / d})).within(2_ulp));
}

TEST_CASE("standardize keeps the digits of numbers that vary little beside a large mean") {
  constexpr std::int64_t count = 10'000;
  auto images = Array::full({1, count}, 1e8);
  images.values<float>()[count / 2] += 8;  // the next float
  const auto scaling = scaling_of(with_images(std::move(images), Array{{1, 1}}).train);
  constexpr double part = 1.0 / count;
  // The mean has half an ulp of 1e8 from each of the two roundings of its exact sum, 7.5e-9 together.
  CHECK(std::abs(scaling.mean - (1e8 + 8 * part)) < 3e-8);
  CHECK(scaling.deviation == Approx(8 * std::sqrt(part * (1 - part))).epsilon(1e-9));
}

TEST_CASE("standardize refuses images that are all alike") {
  auto data = with_images(Array::full({2, 2}, 0.5), Array{{1, 2}});
  CHECK_REFUSED(DataError, standardize(data), "images that are all alike");
}
