#pragma once

#include "support/files.hpp"

namespace retrograph::test {

/// What a pixel of a PNG file is. The numbers are those of the format's colour types.
enum class PngKind { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgb_alpha = 6 };

/// A PNG file as libpng writes it. `samples` are rows first, then channels, each as many bits as `depth`
/// says: for 16 two bytes, big end first; for less than 8 packed from the high end on, rows at byte bounds.
/// A palette has the colours (i, i, i).
Bytes png_bytes(PngKind kind, int depth, std::uint32_t width, std::uint32_t height, const Bytes& samples);

/// A grey one of 8 bits.
Bytes grey_png(std::uint32_t width, std::uint32_t height, const Bytes& pixels);

}  // namespace retrograph::test
