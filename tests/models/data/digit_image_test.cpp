#include <retrograph/models/data/digit_image.hpp>

#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

float& pixel(Array& image, std::int64_t y, std::int64_t x) {
  return image.values<float>()[static_cast<std::size_t>(y * image.extents()[1] + x)];
}

void fill(Array& image, std::int64_t top, std::int64_t left, std::int64_t height, std::int64_t width,
          float value) {
  for (auto y = top; y < top + height; ++y)
    for (auto x = left; x < left + width; ++x) pixel(image, y, x) = value;
}

/// Light strokes on black: a post and a beam, not symmetric, 20 pixels high.
Array mnist_like(std::int64_t top, std::int64_t left) {
  Array image{{28, 28}};
  fill(image, top, left, 20, 3, 1);
  fill(image, top, left + 3, 3, 7, 0.5f);
  return image;
}

}  // namespace

TEST_CASE("scaled_by_area is the mean over areas, whole or in part") {
  const auto image = Array::of<float>({2, 3}, {0, 3, 6, 9, 12, 15});
  CHECK_THAT(scaled_by_area(image, 1, 1), equals(Array::of<float>({1, 1}, {7.5})));
  CHECK_THAT(scaled_by_area(image, 2, 3), equals(image));
  // Columns of one and a half pixels: (0 + 3 / 2) / 1.5 and (3 / 2 + 6) / 1.5.
  CHECK_THAT(scaled_by_area(image, 2, 2), equals(Array::of<float>({2, 2}, {1, 5, 10, 14})).within(4_ulp));
  CHECK_THAT(scaled_by_area(Array::of<float>({1, 2}, {1, 2}), 1, 4),
             equals(Array::of<float>({1, 4}, {1, 1, 2, 2})));
  CHECK_THAT(scaled_by_area(Array::full({7, 13}, 0.25), 5, 3),
             equals(Array::full({5, 3}, 0.25)).within(4_ulp));
}

TEST_CASE("as_mnist_digit leaves a digit of MNIST as it is") {
  // Its mass is 60 + 10.5; its centre (60 * 9.5 + 10.5 * 1) / 70.5 = 8.23 rows and
  // (60 * 1 + 10.5 * 6) / 70.5 = 1.74 columns from its corner, which belongs to (14 - 8, 14 - 2).
  const auto digit = mnist_like(6, 12);
  CHECK_THAT(as_mnist_digit(digit), equals(digit));
  CHECK_THAT(as_mnist_digit(mnist_like(2, 17)), equals(digit));
}

TEST_CASE("as_mnist_digit takes dark ink on light paper, at any brightness of both") {
  auto picture = mnist_like(1, 1);
  for (auto& value : picture.values<float>()) value = 0.75f - 0.5f * value;
  CHECK_THAT(as_mnist_digit(picture), equals(mnist_like(6, 12)));
}

TEST_CASE("as_mnist_digit scales large and small pictures alike, and keeps their ratio") {
  const auto expected = mnist_like(6, 12);
  const auto small = mnist_like(4, 5);
  Array large{{28 * 9, 28 * 9 + 40}};
  for (std::int64_t y = 0; y < 28 * 9; ++y)
    for (std::int64_t x = 0; x < 28 * 9; ++x)
      pixel(large, y, x) = static_cast<float>(small.at(y / 9 * 28 + x / 9));
  CHECK_THAT(as_mnist_digit(large), equals(expected).within(absolute(1e-6)));

  Array dot{{3, 5}};  // a flat stroke, twice as wide as high
  fill(dot, 1, 1, 1, 2, 0.2f);
  const auto image = as_mnist_digit(dot);
  const auto values = std::as_const(image).values<float>();
  CHECK(std::count(values.begin(), values.end(), 1.0f) == 20 * 10);
  CHECK(image.at(14 * 28 + 14) == 1);
}

TEST_CASE("as_mnist_digit reads ink off a page that is noisy and lit from one side") {
  constexpr std::int64_t height = 300, width = 240;
  Array page{{height, width}};
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const auto noise = 0.01f * static_cast<float>((y * 7919 + x * 104729) % 7 - 3) / 3;
      pixel(page, y, x) = 0.75f + 0.1f * static_cast<float>(x) / width + noise;
    }
  fill(page, 60, 100, 180, 27, 0.1f);
  const auto image = as_mnist_digit(page);
  // A post of 180 x 27 pixels becomes one of 20 x 3; its middle, 9.5, is as near to 13.5 as to 14.5.
  const std::int64_t top = image.at(4 * 28 + 14) > 0 ? 4 : 5;
  for (std::int64_t y = 0; y < 28; ++y)
    for (std::int64_t x = 0; x < 28; ++x) {
      const auto is_ink = y >= top && y < top + 20 && x >= 13 && x < 16;
      CAPTURE(y, x);
      CHECK((is_ink ? image.at(y * 28 + x) > 0.9 : image.at(y * 28 + x) == 0));
    }
}

TEST_CASE("as_mnist_digit reads ink off a page with a shadow in a corner that is half as dark as it") {
  constexpr std::int64_t height = 120, width = 160;
  Array page{{height, width}};
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      pixel(page, y, x) = 0.8f - 0.35f * static_cast<float>(x * y) / (height * width);
  auto lit = Array::full({height, width}, 0.8);
  for (auto* picture : {&page, &lit}) fill(*picture, 30, 90, 60, 9, 0.1f);
  // The post in the shadow is a little less dark beside its page than the other.
  CHECK_THAT(as_mnist_digit(page), equals(as_mnist_digit(lit)).within(absolute(0.2)));
}

TEST_CASE("as_mnist_digit keeps ink within the image, however lopsided") {
  Array picture{{28, 28}};
  fill(picture, 4, 4, 20, 1, 1);
  fill(picture, 23, 4, 1, 20, 0.01f);
  fill(picture, 4, 5, 20, 2, 1);
  const auto image = as_mnist_digit(picture);
  const auto sum = [](const Array& array) {
    double total = 0;
    for (std::int64_t i = 0; i < array.size(); ++i) total += array.at(i);
    return total;
  };
  CHECK(sum(image) == Approx(sum(picture)));
}

TEST_CASE(
    "as_mnist_digit makes things as large as they are in other data sets, of which it is told the side") {
  const auto large = as_mnist_digit(mnist_like(6, 12), 28);
  CHECK(large.at(0 * 28 + 13) > 0.9);
  CHECK(large.at(27 * 28 + 13) > 0.9);
  CHECK_REFUSED(ShapeError, as_mnist_digit(mnist_like(6, 12), 29),
                "a digit of 29 pixels does not fit into 28");

  Array images{{4, 3, 5}};
  const auto light = [&](std::int64_t sample, std::int64_t y, std::int64_t x) {
    images.values<float>()[static_cast<std::size_t>((sample * 3 + y) * 5 + x)] = 0.5f;
  };
  CHECK(usual_digit_side(images) == 0);
  light(0, 1, 0), light(0, 1, 3);  // four wide
  light(1, 0, 2), light(1, 2, 2);  // three high
  light(3, 1, 1);                  // and sample 2 has none
  CHECK(usual_digit_side(images) == 3);
  CHECK_REFUSED(ShapeError, usual_digit_side(Array{{3, 5}}), "[3, 5] are no images");
}

TEST_CASE("as_mnist_digit refuses what has no ink, or is no picture") {
  CHECK_REFUSED(DataError, as_mnist_digit(Array::full({9, 9}, 0.5)), "there is no ink in the picture");
  CHECK_REFUSED(ShapeError, as_mnist_digit(Array{{3, 9, 9}}), "[3, 9, 9] is no picture of [height, width]");
  CHECK_REFUSED(ShapeError, as_mnist_digit(Array{{0, 9}}), "[0, 9]");
  CHECK_REFUSED(ShapeError, scaled_by_area(Array{{2, 2}}, 0, 4), "cannot be scaled to 0 x 4");
}
