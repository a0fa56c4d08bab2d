#pragma once

#include <optional>

namespace retrograph::program {

/// Columns of the terminal that standard output goes to; none if it goes to a file or a pipe.
std::optional<std::size_t> terminal_width();

}  // namespace retrograph::program
