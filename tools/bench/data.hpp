#pragma once

#include "numbers.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// 60,000 images of 784 pixels and their labels in 0 .. 9.
struct Digits {
  std::vector<float> images;
  std::vector<std::int32_t> labels;
};

inline std::vector<unsigned char> read_idx(const std::filesystem::path& path, std::size_t header,
                                           std::size_t count) {
  std::ifstream file{path, std::ios::binary};
  file.ignore(static_cast<std::streamsize>(header));
  std::vector<unsigned char> bytes(count);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count)))
    throw std::runtime_error{"cannot read " + path.string()};
  return bytes;
}

/// The training set of MNIST from the two files of `folder`, pixels from 0 to 1, or standardized to mean 0
/// and variance 1; or, if there is no such folder, random numbers of the same form: how fast a program is
/// does not depend on them.
inline Digits digits(const std::filesystem::path& folder, bool standardized) {
  Digits result{std::vector<float>(std::size_t{samples} * pixels), std::vector<std::int32_t>(samples)};
  if (!std::filesystem::exists(folder / "train-images-idx3-ubyte")) {
    fill_random_images(result.images, standardized);
    fill_random_labels(result.labels);
    return result;
  }
  const auto bytes = read_idx(folder / "train-images-idx3-ubyte", 16, result.images.size());
  const auto labels = read_idx(folder / "train-labels-idx1-ubyte", 8, result.labels.size());
  double sum = 0, squares = 0;
  for (const double byte : bytes) {
    sum += byte / 255;
    squares += byte / 255 * (byte / 255);
  }
  const auto count = static_cast<double>(bytes.size()), mean = sum / count;
  const auto deviation = std::sqrt(squares / count - mean * mean);
  const auto shift = standardized ? mean : 0, scale = standardized ? deviation : 1;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    result.images[i] = static_cast<float>((bytes[i] / 255.0 - shift) / scale);
  for (std::size_t i = 0; i < labels.size(); ++i) result.labels[i] = labels[i];
  return result;
}

}  // namespace bench
