#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <type_traits>
#include <utility>

namespace retrograph {

/// The type of the numbers of a tensor or array. Written `bool` in messages: `boolean`.
enum class DType : std::uint8_t { float32, float64, int32, int64, uint8, boolean };

inline constexpr DType all_dtypes[] = {DType::float32, DType::float64, DType::int32,
                                       DType::int64,   DType::uint8,   DType::boolean};

/// The name as messages and pictures show it: "float32", ..., "bool".
std::string_view to_string(DType dtype);

/// Bytes of one number.
std::size_t size_in_bytes(DType dtype);

constexpr bool is_floating(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float64;
}

/// A C++ type that an array can hold.
template <class T>
concept Element = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint8_t> || std::same_as<T, bool>;

/// An element one can calculate with: every element but bool.
template <class T>
concept Number = Element<T> && !std::same_as<T, bool>;

template <Element T>
constexpr DType dtype_of() {
  if constexpr (std::same_as<T, float>) return DType::float32;
  if constexpr (std::same_as<T, double>) return DType::float64;
  if constexpr (std::same_as<T, std::int32_t>) return DType::int32;
  if constexpr (std::same_as<T, std::int64_t>) return DType::int64;
  if constexpr (std::same_as<T, std::uint8_t>) return DType::uint8;
  if constexpr (std::same_as<T, bool>) return DType::boolean;
}

/// Calls `f(std::type_identity<T>{})` with the C++ type T of `dtype`.
template <class F>
decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(std::type_identity<float>{});
    case DType::float64:
      return f(std::type_identity<double>{});
    case DType::int32:
      return f(std::type_identity<std::int32_t>{});
    case DType::int64:
      return f(std::type_identity<std::int64_t>{});
    case DType::uint8:
      return f(std::type_identity<std::uint8_t>{});
    case DType::boolean:
      return f(std::type_identity<bool>{});
  }
  std::abort();
}

}  // namespace retrograph
