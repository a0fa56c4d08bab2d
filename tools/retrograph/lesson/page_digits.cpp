#include "../page/inline_picture.hpp"
#include "page.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retrograph::program {
namespace {

constexpr std::size_t side = 28, pitch = side + 2, classes = 10;

/// A row for each digit, its images in the order of the data set.
Array in_rows(const Dataset& digits) {
  const auto labels = digits.labels.values<std::int32_t>();
  std::array<std::size_t, classes> found{};
  for (const auto label : labels) ++found[static_cast<std::size_t>(label)];
  const auto columns = *std::ranges::max_element(found);
  const auto width = columns * pitch;
  Array picture{{static_cast<std::int64_t>(classes * pitch), static_cast<std::int64_t>(width)}};

  found.fill(0);
  const auto from = digits.images.values<double>();
  const auto to = picture.values<float>();
  for (std::size_t image = 0; image < labels.size(); ++image) {
    const auto digit = static_cast<std::size_t>(labels[image]);
    const auto corner = (digit * pitch + 1) * width + found[digit]++ * pitch + 1;
    for (std::size_t pixel = 0; pixel < side * side; ++pixel)
      to[corner + pixel / side * width + pixel % side] =
          static_cast<float>(from[image * side * side + pixel]);
  }
  return picture;
}

}  // namespace

std::string lesson_digits_picture(const Dataset& digits) {
  return fmt::format(
      "<figure class=\"digits\"><img alt=\"{0} handwritten digits, a row for each of 0 to 9\" src=\"{1}\">"
      "<figcaption>The {0} digits: the first ten images of each among the 60,000 of MNIST to train "
      "on.</figcaption></figure>\n",
      digits.size(), inline_picture(in_rows(digits)));
}

}  // namespace retrograph::program
