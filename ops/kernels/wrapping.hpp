#pragma once

#include <retrograph/ops/symbol.hpp>

namespace retrograph {

// Arithmetic in which an integer that overflows wraps, modulo 2^bits, as NumPy's does: in C++ alone it is
// undefined. Floats are calculated as they are.

namespace detail {
template <RealOrInteger T, class F>
constexpr T wrapping(T a, T b, F f) {
  if constexpr (std::integral<T>) {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<T>(f(static_cast<Unsigned>(a), static_cast<Unsigned>(b)));
  } else {
    return f(a, b);
  }
}
}  // namespace detail

template <RealOrInteger T>
constexpr T wrapping_add(T a, T b) {
  return detail::wrapping(a, b, [](auto x, auto y) { return x + y; });
}
template <RealOrInteger T>
constexpr T wrapping_subtract(T a, T b) {
  return detail::wrapping(a, b, [](auto x, auto y) { return x - y; });
}
template <RealOrInteger T>
constexpr T wrapping_multiply(T a, T b) {
  return detail::wrapping(a, b, [](auto x, auto y) { return x * y; });
}

}  // namespace retrograph
