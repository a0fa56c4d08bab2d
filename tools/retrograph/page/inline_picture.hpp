#pragma once

#include <retrograph/graph/array.hpp>

#include <string>

namespace retrograph::program {

/// A picture within a page: the PNG of an image as a data URI.
///
/// image  [height, width], grey, or [3, height, width], red, green and blue; float32 in [0, 1], what is
/// outside
///        being cut
/// Throws ShapeError for another shape.
std::string inline_picture(const Array& image);

}  // namespace retrograph::program
