#pragma once

#include <cstdint>
#include <cstring>

namespace retrograph {

namespace detail {
template <class T, int bytes>
struct VectorOf {
  using type [[gnu::vector_size(bytes)]] = T;
};
template <class T, int bytes>
requires(bytes <= static_cast<int>(sizeof(T))) struct VectorOf<T, bytes> {
  using type = T;
};
}  // namespace detail

/// As many numbers as fill a register of so many bytes, or one number where not two fit: with + and *, lane
/// by lane.
template <class T, int bytes>
using Vector = typename detail::VectorOf<T, bytes>::type;

template <class T, int bytes>
inline constexpr std::int64_t lanes = static_cast<std::int64_t>(sizeof(Vector<T, bytes>) / sizeof(T));

// By reference, since how a wide vector is passed by value depends on the instruction set.

template <class V, class T>
[[gnu::always_inline]] inline void load(V& vector, const T* from) {
  std::memcpy(&vector, from, sizeof vector);
}

template <class V, class T>
[[gnu::always_inline]] inline void store(const V& vector, T* to) {
  std::memcpy(to, &vector, sizeof vector);
}

/// result_i = from_index_i.
template <class V, class Index>
[[gnu::always_inline]] inline void permute(const V& from, const Index& index, V& result) {
#if defined(__clang__)
  result = __builtin_shufflevector(from, index);
#else
  result = __builtin_shuffle(from, index);
#endif
}

/// In halves, each added to the other.
template <class T, int bytes>
[[gnu::always_inline]] inline T sum_of_lanes(const Vector<T, bytes>& vector) {
  if constexpr (lanes<T, bytes> == 1) {
    return vector;
  } else {
    Vector<T, bytes / 2> halves[2];
    std::memcpy(halves, &vector, sizeof vector);
    return sum_of_lanes<T, bytes / 2>(static_cast<Vector<T, bytes / 2>>(halves[0] + halves[1]));
  }
}

}  // namespace retrograph
