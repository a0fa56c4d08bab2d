#pragma once

#include <retrograph/graph/kernel.hpp>
#include <retrograph/ops/pool2d_window.hpp>

#include <memory>

namespace retrograph {

/// Of images: the largest number of each window, and its place in its plane, int32, counted rows first; the
/// first of equal ones. A NaN is larger than any number, the first one larger than others.
template <std::floating_point T>
std::unique_ptr<Kernel> prepare_max_pool2d(const Pool2dWindow& window, const Signature& signature);

}  // namespace retrograph
