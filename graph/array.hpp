#pragma once

#include <retrograph/graph/error.hpp>
#include <retrograph/graph/shape.hpp>

#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>

namespace retrograph {

/// Numbers in memory, rows first, the first at an address divisible by 64 where the array owns them.
/// A value: a copy has numbers of its own. A view uses memory of the caller, who keeps it alive.
class Array {
 public:
  /// All zeros.
  explicit Array(Extents extents, DType dtype = DType::float32);

  /// Numbers of any value, to be written before they are read.
  static Array uninitialized(const ArrayType& type);

  /// A copy of `values`, rows first. Throws ShapeError if their number does not fit `extents`.
  template <Element T>
  static Array of(Extents extents, std::initializer_list<T> values) {
    return copy_of(std::move(extents), std::span<const T>{values.begin(), values.size()});
  }
  template <Element T>
  static Array copy_of(Extents extents, std::span<const T> values);

  template <Element T>
  static Array scalar(T value) {
    return of<T>({}, {value});
  }

  /// Every element is `value`, converted to `dtype`.
  static Array full(Extents extents, double value, DType dtype = DType::float32);

  /// The caller's memory, not copied. Throws ShapeError if its size does not fit `extents`.
  template <Element T>
  static Array view(Extents extents, std::span<T> values);
  /// Likewise, and reading only.
  template <Element T>
  static Array view(Extents extents, std::span<const T> values);
  /// The numbers of another array, not copied; reading only.
  static Array view(const Array& array);

  Array(const Array& other);
  Array& operator=(const Array& other);
  Array(Array&&) noexcept = default;
  Array& operator=(Array&&) noexcept = default;
  ~Array() = default;

  DType dtype() const { return type_.dtype; }
  const Extents& extents() const { return type_.extents; }
  const ArrayType& type() const { return type_; }
  std::size_t rank() const { return type_.extents.size(); }
  std::int64_t size() const { return size_; }
  std::size_t size_in_bytes() const { return retrograph::size_in_bytes(type_); }
  bool owns_its_numbers() const { return owner_ != nullptr; }

  /// The numbers. Throws TypeError if T is not the dtype; the first also GraphError for a view that only
  /// reads.
  template <Element T>
  std::span<T> values();
  template <Element T>
  std::span<const T> values() const;

  std::byte* bytes();
  const std::byte* bytes() const { return data_; }

  /// The number at a place counted rows first, as double.
  double at(std::int64_t index) const;
  /// The only number, as double. Throws ShapeError if there is not exactly one.
  double scalar() const;

  /// The same numbers under other extents. Throws ShapeError if their count differs.
  Array reshaped(Extents extents) &&;
  Array reshaped(Extents extents) const&;
  /// The numbers converted as C++ converts them.
  Array cast(DType dtype) const;

  /// Same dtype, extents and bytes: of two NaN or zeros only those with the same bits are equal.
  friend bool operator==(const Array& a, const Array& b);

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };

  Array(ArrayType type, std::byte* borrowed, bool read_only);
  void require(DType dtype) const;
  static void require_count(const Extents& extents, std::size_t count);

  ArrayType type_;
  std::int64_t size_ = 0;
  std::unique_ptr<std::byte[], Free> owner_;
  std::byte* data_ = nullptr;
  bool read_only_ = false;
};

/// Nested brackets, long axes shortened: "[[1, 2], [3, 4]]".
std::string to_string(const Array& array);
std::ostream& operator<<(std::ostream& stream, const Array& array);

template <Element T>
Array Array::copy_of(Extents extents, std::span<const T> values) {
  return Array{static_cast<const Array&>(view(std::move(extents), values))};
}

template <Element T>
Array Array::view(Extents extents, std::span<T> values) {
  require_count(extents, values.size());
  return Array{{dtype_of<T>(), std::move(extents)}, reinterpret_cast<std::byte*>(values.data()), false};
}

template <Element T>
Array Array::view(Extents extents, std::span<const T> values) {
  require_count(extents, values.size());
  auto* data = reinterpret_cast<std::byte*>(const_cast<T*>(values.data()));
  return Array{{dtype_of<T>(), std::move(extents)}, data, true};
}

template <Element T>
std::span<T> Array::values() {
  require(dtype_of<T>());
  return {reinterpret_cast<T*>(bytes()), static_cast<std::size_t>(size_)};
}

template <Element T>
std::span<const T> Array::values() const {
  require(dtype_of<T>());
  return {reinterpret_cast<const T*>(data_), static_cast<std::size_t>(size_)};
}

}  // namespace retrograph
