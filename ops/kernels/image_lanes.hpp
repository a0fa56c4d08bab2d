#pragma once

#include <retrograph/ops/kernels/transpose_lines.hpp>
#include <retrograph/ops/kernels/vectors.hpp>

#include <algorithm>

namespace retrograph {

/// Images side by side in the lanes of vectors: vector p holds number p of each of as many images as a vector
/// has lanes. What is done to one image is then done to all of them at once, whatever their extents, strides
/// or paddings are, and every read is aligned.
template <class T, int bytes>
struct ImageLanes {
  using V = Vector<T, bytes>;
  static constexpr auto lane_count = lanes<T, bytes>;

  /// Numbers 0 .. count-1 from each of `images` images, which are `stride` apart, at most one a lane; other
  /// lanes become 0. As many as `readable` numbers may be looked at.
  [[gnu::always_inline]] static void gather(const T* from, std::int64_t stride, std::int64_t images,
                                            std::int64_t count, std::int64_t readable, T* to) {
    for (std::int64_t first = 0; first < count; first += lane_count) {
      V lines[lane_count];
      for (std::int64_t lane = 0; lane < lane_count; ++lane) {
        lines[lane] = V{};
        if (lane >= images) continue;
        const auto* line = from + lane * stride + first;
        if (first + lane_count <= readable)
          load(lines[lane], line);
        else
          load_few(line, count - first, lines[lane]);
      }
      transpose_lines(lines);
      const auto vectors = std::min(lane_count, count - first);
      for (std::int64_t i = 0; i < vectors; ++i) store(lines[i], to + (first + i) * lane_count);
    }
  }

  /// The way back: numbers 0 .. count-1 of each image.
  [[gnu::always_inline]] static void scatter(const T* from, std::int64_t count, std::int64_t images,
                                             std::int64_t stride, T* to) {
    for (std::int64_t first = 0; first < count; first += lane_count) {
      const auto numbers = std::min(lane_count, count - first);
      V lines[lane_count] = {};
      for (std::int64_t i = 0; i < numbers; ++i) load(lines[i], from + (first + i) * lane_count);
      transpose_lines(lines);
      for (std::int64_t lane = 0; lane < images; ++lane) {
        auto* line = to + lane * stride + first;
        if (numbers == lane_count)
          store(lines[lane], line);
        else
          store_few(lines[lane], numbers, line);
      }
    }
  }

 private:
  [[gnu::always_inline]] static void load_few(const T* from, std::int64_t count, V& vector) {
    T numbers[lane_count] = {};
    for (std::int64_t i = 0; i < std::min(count, lane_count); ++i) numbers[i] = from[i];
    load(vector, numbers);
  }

  [[gnu::always_inline]] static void store_few(const V& vector, std::int64_t count, T* to) {
    T numbers[lane_count];
    store(vector, numbers);
    for (std::int64_t i = 0; i < count; ++i) to[i] = numbers[i];
  }
};

}  // namespace retrograph
