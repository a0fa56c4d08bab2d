#pragma once

#include <retrograph/graph/random.hpp>
#include <retrograph/models/data/dataset.hpp>

namespace retrograph::test {

/// Points around the corners of a square, each corner a class of its own and far from the others; the same
/// for the same seed.
inline Dataset blobs(std::int64_t samples, std::uint64_t seed) {
  const RandomStream random{seed, "blobs"};
  Dataset dataset{Array{{samples, 2}}, Array{{samples}, DType::int32}};
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    const auto place = static_cast<std::size_t>(sample);
    const auto corner = static_cast<std::int32_t>(random.bits(place) % 4);
    dataset.labels.values<std::int32_t>()[place] = corner;
    for (std::size_t axis = 0; axis < 2; ++axis)
      dataset.images.values<float>()[2 * place + axis] = static_cast<float>(
          (corner >> axis & 1) * 2 - 1 + 0.5 * random.uniform(1'000'000 + 2 * place + axis) - 0.25);
  }
  return dataset;
}

}  // namespace retrograph::test
