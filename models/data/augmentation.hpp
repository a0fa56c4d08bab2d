#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/graph/random.hpp>

namespace retrograph {

/// How images are changed each time they come, so that a net sees more of them than there are.
struct Augmentation {
  std::int64_t shift = 0;  // pixels: each image moves by up to so many along both axes
  double rotate = 0;       // degrees: and turns about its centre by up to so many
  double noise = 0;        // the standard deviation of what is added to each pixel
};

/// Changes images at random.
///
///     (x, y) <- centre + rotation by -angle of ((x, y) - centre - shift)      where a pixel comes from
///     image  <- bilinear interpolation there + noise * normal numbers
///
/// Beyond an edge is what is at the edge. Shift and angle are uniform in their ranges. Which numbers an image
/// gets depends on seed, epoch and its row in the dataset alone.
class Augmenter {
 public:
  /// images  [rows, side * side], [rows, height, width] or [rows, channels, height, width], float32
  /// Throws DataError for another shape or a negative or infinite amount, TypeError for another dtype.
  Augmenter(const Augmentation& augmentation, const ArrayType& images, std::uint64_t seed,
            std::uint64_t epoch);

  /// Writes image `row` of the dataset, changed, from and to rows of memory that do not overlap.
  void augment(std::int64_t row, const float* from, float* to) const;

 private:
  void move(const float* from, float* to, std::int64_t row) const;
  void add_noise(float* image, std::int64_t row) const;

  Augmentation augmentation_;
  std::int64_t channels_ = 1, height_ = 0, width_ = 0;
  RandomStream places_, noise_;
};

}  // namespace retrograph
