#pragma once

#include <retrograph/graph/array.hpp>
#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/ops/kernels/conv2d_methods.hpp>

#include <array>

namespace retrograph {

/// Images of one kernel are computed in blocks of as many as a vector has lanes, and blocks in so many
/// pieces, each with memory of its own.
inline constexpr std::int64_t most_pieces = 16;

/// Images of a block on this machine.
template <class T>
std::int64_t images_of_block() {
  switch (detail::instruction_set()) {
    case detail::InstructionSet::avx512:
      return 64 / sizeof(T);
    case detail::InstructionSet::avx2:
      return 32 / sizeof(T);
    case detail::InstructionSet::baseline:
      break;
  }
  return 16 / sizeof(T);
}

/// Images `first` to `first` + `count` - 1.
struct ImageBlock {
  std::int64_t first, count;
};

/// Memory for `vectors` vectors of any width, all 0.
inline Array zero_vectors(std::int64_t vectors) {
  return Array{{vectors * 64}, DType::uint8};
}

/// How planes of images lie in the lanes of vectors: with rows and columns of zeros around them.
struct PaddedPlane {
  HeightWidth extents;
  std::int64_t top = 0, left = 0, rows = 0, columns = 0;  // where the plane begins, and extents with zeros

  std::int64_t vectors() const { return rows * columns; }
};

/// The two ways to be in lanes.
template <std::floating_point T>
std::unique_ptr<Kernel> slide_in_lanes(ConvolutionOf product, const Convolution& convolution);
template <std::floating_point T>
std::unique_ptr<Kernel> weight_gradient_in_lanes(const Convolution& convolution);

/// Which of a few heights of tiles wastes the fewest rows; the larger of two that are alike.
template <std::size_t n>
std::int64_t best_height(std::int64_t count, const std::array<std::int64_t, n>& heights) {
  auto best = heights.back();
  for (const auto height : heights) {
    const auto rows = (count + height - 1) / height * height, least = (count + best - 1) / best * best;
    if (rows < least || (rows == least && height > best)) best = height;
  }
  return best;
}

}  // namespace retrograph
