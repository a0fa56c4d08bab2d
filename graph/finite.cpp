#include <retrograph/graph/finite.hpp>

#include <algorithm>
#include <cmath>

namespace retrograph {

bool all_finite(DType dtype, const void* numbers, std::int64_t size) {
  return visit(dtype, [&]<class T>(std::type_identity<T>) {
    const auto* first = static_cast<const T*>(numbers);
    if constexpr (std::floating_point<T>)
      return std::all_of(first, first + size, [](T x) { return std::isfinite(x); });
    else
      return true;
  });
}

}  // namespace retrograph
