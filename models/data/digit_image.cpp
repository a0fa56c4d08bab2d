#include <retrograph/models/data/digit_image.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

constexpr std::int64_t side = 28;

void require_picture(const Array& image) {
  if (image.rank() != 2 || image.size() == 0)
    throw ShapeError{fmt::format("{} is no picture of [height, width]", to_string(image.extents()))};
}

/// A pixel, and its place as seen from the middle of the picture.
struct Pixel {
  double y, x, value;
};

Pixel pixel_of(const Array& picture, std::int64_t y, std::int64_t x) {
  const auto height = picture.extents()[0], width = picture.extents()[1];
  return {static_cast<double>(y) - static_cast<double>(height - 1) / 2,
          static_cast<double>(x) - static_cast<double>(width - 1) / 2, picture.at(y * width + x)};
}

std::vector<Pixel> edge_of(const Array& picture) {
  const auto height = picture.extents()[0], width = picture.extents()[1];
  std::vector<Pixel> edge;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; x += y == 0 || y == height - 1 || width == 1 ? 1 : width - 1)
      edge.push_back(pixel_of(picture, y, x));
  return edge;
}

/// The number that so large a share of them is not above.
double quantile(std::vector<double> numbers, double share) {
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(numbers.size() - 1));
  std::nth_element(numbers.begin(), numbers.begin() + place, numbers.end());
  return numbers[static_cast<std::size_t>(place)];
}

/// What a picture would be without ink.
struct Paper {
  double level = 0, down = 0, across = 0, twist = 0;

  double at(const Pixel& p) const { return level + down * p.y + across * p.x + twist * p.y * p.x; }
};

std::vector<double> differences(const std::vector<Pixel>& pixels, const Paper& paper) {
  std::vector<double> all;
  for (const auto& pixel : pixels) all.push_back(pixel.value - paper.at(pixel));
  return all;
}

double unevenness(const std::vector<Pixel>& edge, const Paper& paper) {
  auto sizes = differences(edge, paper);
  for (auto& size : sizes) size = std::abs(size);
  return quantile(std::move(sizes), 0.9);
}

/// By least squares: along the edges of a picture 1, y, x and y x are orthogonal.
Paper shaded(const std::vector<Pixel>& edge) {
  const auto slope = [&](auto of) {
    double product = 0, square = 0;
    for (const auto& pixel : edge) {
      product += of(pixel) * pixel.value;
      square += of(pixel) * of(pixel);
    }
    return square > 0 ? product / square : 0;
  };
  Paper paper{.down = slope([](const Pixel& p) { return p.y; }),
              .across = slope([](const Pixel& p) { return p.x; }),
              .twist = slope([](const Pixel& p) { return p.y * p.x; })};
  paper.level = quantile(differences(edge, paper), 0.5);
  return paper;
}

/// How much each pixel differs from the paper, if that is more than the paper itself does.
Array ink_of(const Array& picture) {
  const auto edge = edge_of(picture);
  Paper paper{.level = quantile(differences(edge, {}), 0.5)};
  if (const auto uneven = shaded(edge); 2 * unevenness(edge, uneven) < unevenness(edge, paper))
    paper = uneven;
  const auto margin = 3 * unevenness(edge, paper);

  auto ink = picture;
  const auto pixels = ink.values<float>();
  auto to = pixels.begin();
  for (std::int64_t y = 0; y < picture.extents()[0]; ++y)
    for (std::int64_t x = 0; x < picture.extents()[1]; ++x) {
      const auto pixel = pixel_of(picture, y, x);
      *to++ = static_cast<float>(pixel.value - paper.at(pixel));
    }
  const auto [darkest, lightest] = std::minmax_element(pixels.begin(), pixels.end());
  const auto direction = *lightest > -*darkest ? 1.0 : -1.0;
  for (auto& pixel : pixels) pixel = static_cast<float>(std::max(0.0, direction * pixel - margin));
  return ink;
}

/// What is not 0 of an image.
struct Box {
  std::int64_t top, left, bottom = 0, right = 0;

  std::int64_t height() const { return bottom - top; }
  std::int64_t width() const { return right - left; }
  bool is_empty() const { return bottom == 0; }
};

Box box_of_ink(std::span<const float> pixels, std::int64_t height, std::int64_t width) {
  Box box{.top = height, .left = width};
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      if (pixels[static_cast<std::size_t>(y * width + x)] > 0) {
        box.top = std::min(box.top, y), box.bottom = std::max(box.bottom, y + 1);
        box.left = std::min(box.left, x), box.right = std::max(box.right, x + 1);
      }
  return box;
}

Array cropped(const Array& ink) {
  const auto width = ink.extents()[1];
  const auto pixels = ink.values<float>();
  const auto box = box_of_ink(pixels, ink.extents()[0], width);
  if (box.is_empty()) throw DataError{"there is no ink in the picture: all of it is like its edges"};
  auto part = Array::uninitialized({DType::float32, {box.height(), box.width()}});
  auto to = part.values<float>().begin();
  for (auto y = box.top; y < box.bottom; ++y)
    to = std::copy_n(pixels.begin() + y * width + box.left, box.width(), to);
  return part;
}

Array scaled_to_fit(const Array& digit, std::int64_t digit_side) {
  const auto height = digit.extents()[0], width = digit.extents()[1];
  const auto ratio = static_cast<double>(digit_side) / static_cast<double>(std::max(height, width));
  const auto fit = [&](std::int64_t extent) {
    return std::max<std::int64_t>(1, std::llround(ratio * static_cast<double>(extent)));
  };
  auto scaled = scaled_by_area(digit, fit(height), fit(width));
  const auto pixels = scaled.values<float>();
  const auto most = *std::max_element(pixels.begin(), pixels.end());
  for (auto& pixel : pixels) pixel /= most;
  return scaled;
}

/// Where along an axis to put a digit, so that its mass is in the middle and all of it within.
std::int64_t placed(double centre_of_mass, std::int64_t extent) {
  constexpr double middle = side / 2;  // all digits of MNIST have it there, nearest to pixel 14
  return std::clamp<std::int64_t>(std::llround(middle - centre_of_mass), 0, side - extent);
}

Array centred(const Array& digit) {
  const auto height = digit.extents()[0], width = digit.extents()[1];
  const auto pixels = digit.values<float>();
  double mass = 0, y_moment = 0, x_moment = 0;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const double pixel = pixels[static_cast<std::size_t>(y * width + x)];
      mass += pixel;
      y_moment += pixel * static_cast<double>(y);
      x_moment += pixel * static_cast<double>(x);
    }
  const auto top = placed(y_moment / mass, height), left = placed(x_moment / mass, width);
  Array image{{side, side}};
  for (std::int64_t y = 0; y < height; ++y)
    std::copy_n(pixels.begin() + y * width, width, image.values<float>().begin() + (top + y) * side + left);
  return image;
}

/// What of [from, to) each old pixel along an axis adds to a new one.
struct Share {
  std::int64_t place;
  double weight;
};

std::vector<std::vector<Share>> shares(std::int64_t old_extent, std::int64_t new_extent) {
  const auto step = static_cast<double>(old_extent) / static_cast<double>(new_extent);
  std::vector<std::vector<Share>> all(static_cast<std::size_t>(new_extent));
  for (std::int64_t i = 0; i < new_extent; ++i) {
    const auto from = static_cast<double>(i) * step;
    const auto to = std::min(from + step, static_cast<double>(old_extent));
    for (auto place = static_cast<std::int64_t>(from); static_cast<double>(place) < to; ++place) {
      const auto here = static_cast<double>(place);
      all[static_cast<std::size_t>(i)].push_back(
          {place, (std::min(to, here + 1) - std::max(from, here)) / (to - from)});
    }
  }
  return all;
}

}  // namespace

Array as_mnist_digit(const Array& picture, std::int64_t digit_side) {
  require_picture(picture);
  if (digit_side < 1 || digit_side > side)
    throw ShapeError{fmt::format("a digit of {} pixels does not fit into {}", digit_side, side)};
  return centred(scaled_to_fit(cropped(ink_of(picture)), digit_side));
}

std::int64_t usual_digit_side(const Array& images) {
  if (images.rank() != 3)
    throw ShapeError{
        fmt::format("{} are no images of [samples, height, width]", to_string(images.extents()))};
  const auto height = images.extents()[1], width = images.extents()[2];
  const auto area = static_cast<std::size_t>(height * width);
  std::vector<std::int64_t> sides;
  for (std::size_t sample = 0; sample < static_cast<std::size_t>(images.extents()[0]); ++sample) {
    const auto box = box_of_ink(images.values<float>().subspan(sample * area, area), height, width);
    if (!box.is_empty()) sides.push_back(std::max(box.height(), box.width()));
  }
  if (sides.empty()) return 0;
  const auto middle = sides.begin() + std::ssize(sides) / 2;
  std::nth_element(sides.begin(), middle, sides.end());
  return *middle;
}

Array scaled_by_area(const Array& image, std::int64_t new_height, std::int64_t new_width) {
  require_picture(image);
  if (new_height < 1 || new_width < 1)
    throw ShapeError{fmt::format("a picture cannot be scaled to {} x {}", new_height, new_width)};
  const auto width = image.extents()[1];
  const auto rows = shares(image.extents()[0], new_height), columns = shares(width, new_width);
  const auto pixels = image.values<float>();
  auto scaled = Array::uninitialized({DType::float32, {new_height, new_width}});
  auto to = scaled.values<float>().begin();
  for (const auto& row : rows)
    for (const auto& column : columns) {
      double sum = 0;
      for (const auto& [y, height_share] : row)
        for (const auto& [x, width_share] : column)
          sum += height_share * width_share * pixels[static_cast<std::size_t>(y * width + x)];
      *to++ = static_cast<float>(sum);
    }
  return scaled;
}

}  // namespace retrograph
