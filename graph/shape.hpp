#pragma once

#include <retrograph/graph/dim.hpp>
#include <retrograph/graph/dtype.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace retrograph {

/// The extents of numbers in memory, one an axis; empty for a scalar.
using Extents = std::vector<std::int64_t>;

/// The product of the extents: 1 for a scalar. Throws ShapeError if it does not fit 63 bits.
std::int64_t element_count(const Extents& extents);

/// Numbers to step over for the next index of each axis, rows first.
std::vector<std::int64_t> row_major_strides(const Extents& extents);

/// The index along each axis of the number at a place counted rows first.
Extents index_at(std::int64_t place, const Extents& extents);

/// The extents of a tensor, one Dim an axis; empty for a scalar.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<Dim> dims) : dims_{dims} {}
  explicit Shape(std::vector<Dim> dims) : dims_{std::move(dims)} {}
  explicit Shape(const Extents& extents) : dims_{extents.begin(), extents.end()} {}

  std::size_t rank() const { return dims_.size(); }
  const Dim& operator[](std::size_t axis) const { return dims_[axis]; }
  Dim& operator[](std::size_t axis) { return dims_[axis]; }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  const std::vector<Dim>& dims() const { return dims_; }

  /// The product of all dims; 1 for a scalar.
  Dim element_count() const;
  /// True if every dim is a number.
  bool is_concrete() const;
  /// The extents under a binding; throws FeedError for a symbol that is not bound.
  Extents evaluate(const Binding& binding) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<Dim> dims_;
};

/// "[batch, 784]"; "[]" for a scalar.
std::string to_string(const Shape& shape);
std::string to_string(const Extents& extents);

/// What is known of a tensor before it has numbers.
struct Type {
  DType dtype;
  Shape shape;
  friend bool operator==(const Type&, const Type&) = default;
};
using Types = std::vector<Type>;

/// What is known of numbers in memory.
struct ArrayType {
  DType dtype;
  Extents extents;
  friend bool operator==(const ArrayType&, const ArrayType&) = default;
};

/// Bytes of its numbers. Throws ShapeError if no machine could address them.
std::size_t size_in_bytes(const ArrayType& type);

/// The position of `axis` in 0 .. rank-1, where a negative axis counts from the last.
/// Throws ShapeError if it is outside.
std::size_t normalize_axis(std::int64_t axis, std::size_t rank);

}  // namespace retrograph
