#pragma once

#include <retrograph/ops/kernels/conv2d_lanes.hpp>

#include <vector>

namespace retrograph {

/// A number of the kernel, and the vector that it meets at the first place of a stretch.
struct Tap {
  std::int64_t vector, number;
};

/// Places of a row of the result, evenly apart, at which the same numbers of the kernel meet numbers of the
/// image.
struct Stretch {
  std::int64_t first, count;
  std::vector<Tap> taps;
};

/// Kernels that slide over planes: for each plane of the result a sum over the planes of the image, and over
/// the taps. Both a convolution and its gradient by the image are of this form, one along the other way.
struct Slide {
  PaddedPlane from;
  HeightWidth to;
  std::int64_t from_step, to_step;                  // vectors from one place of a stretch to the next
  std::int64_t groups, from_channels, to_channels;  // channels of a group
  std::int64_t kernel;                              // numbers
  std::vector<Stretch> stretches;

  std::int64_t from_image() const {
    return groups * from_channels * from.extents.height * from.extents.width;
  }
  std::int64_t to_plane() const { return to.height * to.width; }
  std::int64_t to_image() const { return groups * to_channels * to_plane(); }
  std::int64_t from_vectors() const { return groups * from_channels * from.vectors(); }
};

/// The convolution.
Slide forward_slide(const Convolution& c);
/// Its gradient by the image.
Slide backward_slide(const Convolution& c);

}  // namespace retrograph
