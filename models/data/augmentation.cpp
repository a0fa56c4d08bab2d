#include <retrograph/graph/error.hpp>
#include <retrograph/models/data/augmentation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

namespace retrograph {
namespace {

void require_amount(double amount, std::string_view what) {
  if (!(amount >= 0 && std::isfinite(amount)))
    throw DataError{fmt::format("images cannot be augmented by a {} of {}", what, amount)};
}

/// Uniform in [-1, 1).
double symmetric(const RandomStream& stream, std::uint64_t index) {
  return 2 * stream.uniform(index) - 1;
}

/// Four standard normal numbers, by the Box-Muller transform. (RandomStream::normal takes a word of 64 bits
/// for each: pixels are many and need no 53 digits.)
std::array<float, 4> four_normals(const RandomStream& stream, std::uint64_t index) {
  const auto words = stream.words(index);
  std::array<float, 4> normals;
  for (std::size_t pair = 0; pair < 2; ++pair) {
    const auto above_0 = (static_cast<float>(words[2 * pair] >> 8) + 1) * 0x1p-24f;
    const auto angle = static_cast<float>(words[2 * pair + 1] >> 8) * (0x1p-23f * std::numbers::pi_v<float>);
    const auto radius = std::sqrt(-2 * std::log(above_0));
    normals[2 * pair] = radius * std::cos(angle);
    normals[2 * pair + 1] = radius * std::sin(angle);
  }
  return normals;
}

}  // namespace

Augmenter::Augmenter(const Augmentation& augmentation, const ArrayType& images, std::uint64_t seed,
                     std::uint64_t epoch)
    : augmentation_{augmentation},
      places_{seed, "augmentation/place", epoch},
      noise_{seed, "augmentation/noise", epoch} {
  require_amount(static_cast<double>(augmentation.shift), "shift");
  require_amount(augmentation.rotate, "rotation");
  require_amount(augmentation.noise, "noise");
  const auto& extents = images.extents;
  if (images.dtype != DType::float32)
    throw TypeError{fmt::format("images to augment are float32, not {}", to_string(images.dtype))};
  if (extents.size() == 2) {
    height_ = width_ = std::llround(std::sqrt(static_cast<double>(extents[1])));
  } else if (extents.size() == 3 || extents.size() == 4) {
    height_ = extents[extents.size() - 2];
    width_ = extents.back();
    channels_ = extents.size() == 4 ? extents[1] : 1;
  }
  if (extents.size() < 2 || extents.size() > 4 || (extents.size() == 2 && height_ * width_ != extents[1]))
    throw DataError{fmt::format("{} are no images to augment", to_string(extents)),
                    "give them height and width: [samples, height, width]"};
}

void Augmenter::augment(std::int64_t row, const float* from, float* to) const {
  if (augmentation_.shift > 0 || augmentation_.rotate > 0)
    move(from, to, row);
  else
    std::memcpy(to, from, static_cast<std::size_t>(channels_ * height_ * width_) * sizeof(float));
  if (augmentation_.noise > 0) add_noise(to, row);
}

void Augmenter::move(const float* from, float* to, std::int64_t row) const {
  const auto index = 3 * static_cast<std::uint64_t>(row);
  const auto whole = [&](std::uint64_t which) {
    const auto places = static_cast<double>(2 * augmentation_.shift + 1);
    return static_cast<float>(std::floor(places_.uniform(index + which) * places)) -
           static_cast<float>(augmentation_.shift);
  };
  const auto shift_x = whole(0), shift_y = whole(1);
  const auto angle = augmentation_.rotate * std::numbers::pi / 180 * symmetric(places_, index + 2);
  const auto cosine = static_cast<float>(std::cos(angle)), sine = static_cast<float>(std::sin(angle));
  const auto right = static_cast<float>(width_ - 1), bottom = static_cast<float>(height_ - 1);
  const auto centre_x = right / 2, centre_y = bottom / 2;
  const auto area = height_ * width_;
  for (std::int64_t y = 0; y < height_; ++y)
    for (std::int64_t x = 0; x < width_; ++x) {
      const auto away_x = static_cast<float>(x) - centre_x - shift_x;
      const auto away_y = static_cast<float>(y) - centre_y - shift_y;
      const auto source_x = std::clamp(centre_x + cosine * away_x + sine * away_y, 0.0f, right);
      const auto source_y = std::clamp(centre_y - sine * away_x + cosine * away_y, 0.0f, bottom);
      const auto left = static_cast<std::int64_t>(source_x), top = static_cast<std::int64_t>(source_y);
      const auto weight_x = source_x - static_cast<float>(left),
                 weight_y = source_y - static_cast<float>(top);
      const std::int64_t step_x = left + 1 < width_ ? 1 : 0, step_y = top + 1 < height_ ? width_ : 0;
      for (std::int64_t channel = 0; channel < channels_; ++channel) {
        const auto* corner = from + channel * area + top * width_ + left;
        const auto above = corner[0] + weight_x * (corner[step_x] - corner[0]);
        const auto below = corner[step_y] + weight_x * (corner[step_y + step_x] - corner[step_y]);
        to[channel * area + y * width_ + x] = above + weight_y * (below - above);
      }
    }
}

void Augmenter::add_noise(float* image, std::int64_t row) const {
  const auto count = channels_ * height_ * width_;
  const auto blocks = (count + 3) / 4;
  const auto deviation = static_cast<float>(augmentation_.noise);
  for (std::int64_t block = 0; block < blocks; ++block) {
    const auto normals = four_normals(noise_, static_cast<std::uint64_t>(row * blocks + block));
    for (auto i = 4 * block; i < std::min(4 * block + 4, count); ++i)
      image[i] += deviation * normals[static_cast<std::size_t>(i % 4)];
  }
}

}  // namespace retrograph
