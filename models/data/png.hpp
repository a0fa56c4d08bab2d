#pragma once

#include <retrograph/graph/array.hpp>

#include <filesystem>

namespace retrograph {

struct PngOptions {
  bool colour = false;    // red, green and blue apart, or one grey
  double background = 1;  // what shows through transparent parts: 0 is black, 1 white
};

/// The pixels of a PNG file of any kind: grey, RGB or palette, of 1 to 16 bits, with transparency or without.
/// They keep the file's sRGB-like scale, of 256 steps, where half is not half of the light.
///
/// returns  [height, width] or, with `colour`, [3, height, width], float32 in [0, 1]: 0 is black
///
/// Nothing in the file is trusted: no memory is taken for more pixels than it can hold. A file that is cut
/// off or fails a check sum is refused, not shown in part.
/// Throws FileError if the file cannot be read, DataError if it is no whole PNG or has more than a
/// hundred million pixels; both name it.
Array read_png(const std::filesystem::path& path, const PngOptions& options = {});

}  // namespace retrograph
