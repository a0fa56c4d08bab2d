#pragma once

#include <retrograph/graph/dtype.hpp>

namespace retrograph {

/// Whether none of `size` numbers is NaN or infinite; true for dtypes that have neither.
bool all_finite(DType dtype, const void* numbers, std::int64_t size);

}  // namespace retrograph
