#include <retrograph/models/data/dataset.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>
#include <set>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Images of 5 x 7 with one bright pixel in the middle, and of a number that tells them apart elsewhere.
Array dots(std::int64_t count) {
  Array images{{count, 5, 7}};
  for (std::int64_t image = 0; image < count; ++image)
    images.values<float>()[static_cast<std::size_t>(image * 35 + 2 * 7 + 3)] = 1;
  return images;
}

Array augmented(const Augmentation& augmentation, const Array& images, std::int64_t row,
                std::uint64_t seed = 1, std::uint64_t epoch = 0) {
  const Augmenter augmenter{augmentation, images.type(), seed, epoch};
  auto extents = images.extents();
  extents.erase(extents.begin());
  Array result{extents};
  augmenter.augment(row, images.values<float>().data() + row * result.size(), result.values<float>().data());
  return result;
}

}  // namespace

TEST_CASE("a shift moves an image by whole pixels, as often to each place") {
  const auto images = dots(400);
  std::vector<int> found(35, 0);
  for (std::int64_t row = 0; row < 400; ++row) {
    const auto moved = augmented({.shift = 1}, images, row);
    std::int64_t bright = -1;
    for (std::int64_t i = 0; i < 35; ++i) {
      CHECK((moved.at(i) == 0 || moved.at(i) == 1));
      if (moved.at(i) == 1) bright = i;
    }
    REQUIRE(bright >= 0);
    ++found[static_cast<std::size_t>(bright)];
  }
  for (std::int64_t y = 0; y < 5; ++y)
    for (std::int64_t x = 0; x < 7; ++x) {
      const auto count = found[static_cast<std::size_t>(y * 7 + x)];
      const auto is_near = std::abs(y - 2) <= 1 && std::abs(x - 3) <= 1;
      // 400 / 9 = 44, and its deviation 6.3.
      CHECK(count <= (is_near ? 70 : 0));
      CHECK(count >= (is_near ? 20 : 0));
    }
}

TEST_CASE("a shift may be as large as it likes, to either side") {
  const auto images = Array::of<float>({1, 2, 2}, {1, 2, 3, 4});
  std::set<double> corners;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto moved = augmented({.shift = std::numeric_limits<std::int64_t>::max()}, images, 0, seed);
    for (std::int64_t i = 1; i < 4; ++i) CHECK(moved.at(i) == moved.at(0));
    corners.insert(moved.at(0));
  }
  CHECK(corners == std::set<double>{1, 2, 3, 4});
}

TEST_CASE("beyond an edge is what is at the edge") {
  const auto images = Array::of<float>({1, 2, 2}, {1, 2, 3, 4});
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto moved = augmented({.shift = 1}, images, 0, seed);
    const auto a = moved.at(0), b = moved.at(1), c = moved.at(2), d = moved.at(3);
    CHECK((b == a || b == a + 1));
    CHECK(b - a == d - c);
    CHECK((c == a || c == a + 2));
  }
}

TEST_CASE("a rotation keeps the centre and turns the rest by bilinear interpolation") {
  // A plane, which bilinear interpolation gives back exactly.
  Array plane{{1, 9, 9}};
  for (std::int64_t y = 0; y < 9; ++y)
    for (std::int64_t x = 0; x < 9; ++x)
      plane.values<float>()[static_cast<std::size_t>(y * 9 + x)] = static_cast<float>(x - 4 + 10 * (y - 4));
  bool has_turned = false;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto turned = augmented({.rotate = 20}, plane, 0, seed);
    const auto at = [&](std::int64_t x, std::int64_t y) { return turned.at((y + 4) * 9 + x + 4); };
    CHECK(at(0, 0) == 0);
    const auto cosine = (at(1, 0) + 10 * at(0, 1)) / 101, sine = (at(0, 1) - 10 * at(1, 0)) / 101;
    CHECK(cosine * cosine + sine * sine == Approx(1).epsilon(1e-4));
    CHECK(cosine >= std::cos(20 * 3.14159265 / 180) - 1e-4);
    for (std::int64_t y = -2; y <= 2; ++y)
      for (std::int64_t x = -2; x <= 2; ++x)
        CHECK(at(x, y) ==
              Approx(static_cast<double>(x) * at(1, 0) + static_cast<double>(y) * at(0, 1)).margin(1e-4));
    has_turned |= std::abs(sine) > 0.1;
  }
  CHECK(has_turned);
}

TEST_CASE("noise has mean 0 and the deviation that is asked for, and is independent from pixel to pixel") {
  const Array images{{1, 100, 100}};
  const auto noisy = augmented({.noise = 0.5}, images, 0);
  double sum = 0, squares = 0, neighbours = 0;
  for (std::int64_t i = 0; i < noisy.size(); ++i) {
    sum += noisy.at(i);
    squares += noisy.at(i) * noisy.at(i);
    neighbours += noisy.at(i) * noisy.at((i + 1) % noisy.size());
    REQUIRE(std::abs(noisy.at(i)) < 0.5 * 6);
  }
  // Four deviations of a mean, a variance and a covariance of 10,000 numbers.
  CHECK(std::abs(sum / 1e4) < 4 * 0.5 / 100);
  CHECK(squares / 1e4 == Approx(0.25).epsilon(4 * std::sqrt(2) / 100));
  CHECK(std::abs(neighbours / 1e4) < 4 * 0.25 / 100);
}

TEST_CASE("what an image gets depends on seed, epoch and its row, and on nothing else") {
  const auto images = dots(3);
  Array slopes{{3, 5, 7}};
  for (std::int64_t i = 0; i < slopes.size(); ++i)
    slopes.values<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i % 35);
  for (const auto& one : {Augmentation{.rotate = 10}, Augmentation{.noise = 0.1}}) {
    const auto reference = augmented(one, slopes, 1, 1, 1);
    CHECK(augmented(one, slopes, 1, 1, 1) == reference);
    CHECK(augmented(one, slopes, 2, 1, 1) != reference);
    CHECK(augmented(one, slopes, 1, 2, 1) != reference);
    CHECK(augmented(one, slopes, 1, 1, 2) != reference);
  }

  const Augmentation all{.shift = 1, .rotate = 10, .noise = 0.1};

  Dataset dataset{images, Array::of<std::int32_t>({3}, {0, 1, 2})};
  for (const std::int64_t size : {1, 2, 3})
    for (const auto& [x, y] :
         dataset.batches(BatchOptions{.size = size, .shuffle = Shuffle{1, 1}, .augmentation = all}))
      for (std::int64_t row = 0; row < y.size(); ++row) {
        const auto expected = augmented(all, images, static_cast<std::int64_t>(y.at(row)), 1, 1);
        for (std::int64_t i = 0; i < 35; ++i) REQUIRE(x.at(row * 35 + i) == expected.at(i));
      }
}

TEST_CASE("images may be flat squares or have channels, which move together") {
  Array channels{{1, 2, 5, 7}};
  channels.values<float>()[2 * 7 + 3] = 1;
  channels.values<float>()[35 + 2 * 7 + 3] = 2;
  const auto moved = augmented({.shift = 1}, channels, 0, 4);
  for (std::int64_t i = 0; i < 35; ++i) CHECK(moved.at(35 + i) == 2 * moved.at(i));
  CHECK(augmented({.shift = 1}, Array{{1, 49}}, 0).size() == 49);
  CHECK(augmented({}, channels, 0) == Array{channels}.reshaped({2, 5, 7}));
}

TEST_CASE("an augmenter refuses what are no images, and amounts that are none") {
  const auto make = [](const Augmentation& augmentation, const ArrayType& type) {
    return Augmenter{augmentation, type, 1, 0};
  };
  CHECK_REFUSED(DataError, make({}, {DType::float32, {3, 50}}), "[3, 50] are no images to augment");
  CHECK_REFUSED(DataError, make({}, {DType::float32, {3}}), "[3] are no images");
  CHECK_REFUSED(TypeError, make({}, {DType::uint8, {3, 4, 4}}), "float32, not uint8");
  CHECK_REFUSED(DataError, make({.shift = -1}, {DType::float32, {3, 4, 4}}), "a shift of -1");
  CHECK_REFUSED(DataError, make({.rotate = NAN}, {DType::float32, {3, 4, 4}}), "a rotation of nan");
  CHECK_REFUSED(DataError, make({.noise = INFINITY}, {DType::float32, {3, 4, 4}}), "a noise of inf");
}
