#pragma once

#include <retrograph/graph/array.hpp>

#include "terminal.hpp"

#include <string>
#include <vector>

namespace retrograph::program {

/// A picture in letters, a string a line, all as wide as the picture. With colours each letter is the upper
/// and the lower half of two greys; else a shade of their mean.
/// image  [height, width], float32 in [0, 1]
std::vector<std::string> drawn(const Array& image, const TerminalStyle& style);

/// A bar of at most `cells` letters for a share in [0, 1].
std::string bar(double share, std::size_t cells, const TerminalStyle& style);

}  // namespace retrograph::program
