#include <retrograph/graph/error.hpp>
#include <retrograph/models/data/augmentation.hpp>
#include <retrograph/ops/kernels/elementwise_loop.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
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

/// How one image moves.
struct Movement {
  float shift_x, shift_y, cosine, sine;
  std::int32_t height, width;
};

/// Where each pixel comes from, and what is there.
template <int bytes_of_register>
struct MoveLoop {
  [[gnu::always_inline]] static void run(const Movement& given, const float* from, float* to) {
    const auto m = given;  // a copy that no write to the image can change
    const auto right = static_cast<float>(m.width - 1), bottom = static_cast<float>(m.height - 1);
    for (std::int32_t y = 0; y < m.height; ++y) {
      const auto away_y = static_cast<float>(y) - bottom / 2 - m.shift_y;
      auto* line = to + static_cast<std::ptrdiff_t>(y) * m.width;
      RETROGRAPH_PLACE_BY_PLACE
      for (std::int32_t x = 0; x < m.width; ++x) {
        const auto away_x = static_cast<float>(x) - right / 2 - m.shift_x;
        const auto source_x = within(right / 2 + m.cosine * away_x + m.sine * away_y, right);
        const auto source_y = within(bottom / 2 - m.sine * away_x + m.cosine * away_y, bottom);
        const auto left = static_cast<std::int32_t>(source_x), top = static_cast<std::int32_t>(source_y);
        const auto next = left + 1 < m.width ? left + 1 : left, below = top + 1 < m.height ? top + 1 : top;
        const auto weight_x = source_x - static_cast<float>(left),
                   weight_y = source_y - static_cast<float>(top);
        const auto upper = mixed(from[top * m.width + left], from[top * m.width + next], weight_x);
        const auto lower = mixed(from[below * m.width + left], from[below * m.width + next], weight_x);
        line[x] = mixed(upper, lower, weight_y);
      }
    }
  }

 private:
  [[gnu::always_inline]] static float within(float place, float last) {
    const auto above_0 = place > 0 ? place : 0.0f;
    return above_0 < last ? above_0 : last;
  }
  [[gnu::always_inline]] static float mixed(float a, float b, float weight) { return a + weight * (b - a); }
};

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
  constexpr std::int64_t most_pixels = std::numeric_limits<std::int32_t>::max();
  if (height_ * width_ > most_pixels) throw DataError{"images of more than 2^31 pixels are not augmented"};
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
    const auto most = static_cast<double>(augmentation_.shift);
    return static_cast<float>(std::floor(places_.uniform(index + which) * (2 * most + 1)) - most);
  };
  const auto angle = augmentation_.rotate * std::numbers::pi / 180 * symmetric(places_, index + 2);
  const Movement movement{.shift_x = whole(0),
                          .shift_y = whole(1),
                          .cosine = static_cast<float>(std::cos(angle)),
                          .sine = static_cast<float>(std::sin(angle)),
                          .height = static_cast<std::int32_t>(height_),
                          .width = static_cast<std::int32_t>(width_)};
  for (std::int64_t channel = 0; channel < channels_; ++channel) {
    const auto plane = channel * height_ * width_;
    run_on_widest_vectors<MoveLoop>(movement, from + plane, to + plane);
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
