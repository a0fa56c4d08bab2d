#pragma once

#include <string>

namespace retrograph::program {

/// The bytes of a PNG of an SVG, twice as large as it says, for it to be sharp.
/// Throws FileError if the program was built without librsvg, or the text is no SVG.
std::string svg_to_png(const std::string& svg);

}  // namespace retrograph::program
