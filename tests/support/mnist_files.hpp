#pragma once

#include "support/files.hpp"

namespace retrograph::test {

/// A file in the IDX format: header of unsigned bytes and these extents, then `numbers`, however many.
Bytes idx_bytes(const std::vector<std::uint32_t>& extents, const Bytes& numbers);

/// `bytes` as one gzip member.
Bytes gzipped(const Bytes& bytes);

/// Labels 0, 1, ..., 9, 0, ... and images of 28 x 28 that are easy to tell apart: of digit d, columns 2d and
/// 2d + 1 are bright over a faint pattern that differs from image to image.
Bytes digit_labels(std::uint32_t count);
Bytes digit_images(std::uint32_t count);

/// Writes the four plain files of a training and a test set.
void write_mnist(const std::filesystem::path& folder, std::uint32_t train, std::uint32_t test);

}  // namespace retrograph::test
