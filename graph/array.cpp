#include <retrograph/graph/array.hpp>

#include <fmt/format.h>

#include <cstring>
#include <new>
#include <ostream>

namespace retrograph {
namespace {

constexpr std::align_val_t alignment{64};
constexpr std::int64_t shown_at_each_end = 3;

void print_axis(std::string& text, const Array& array, std::size_t axis, std::int64_t offset,
                const std::vector<std::int64_t>& strides) {
  if (axis == array.rank()) {
    text += array.dtype() == DType::boolean ? (array.at(offset) != 0 ? "true" : "false")
                                            : fmt::format("{:.6g}", array.at(offset));
    return;
  }
  const auto extent = array.extents()[axis];
  text += '[';
  for (std::int64_t index = 0; index < extent; ++index) {
    if (index > 0) text += ", ";
    if (index == shown_at_each_end && extent > 2 * shown_at_each_end) {
      text += "..., ";
      index = extent - shown_at_each_end;
    }
    print_axis(text, array, axis + 1, offset + index * strides[axis], strides);
  }
  text += ']';
}

}  // namespace

void Array::Free::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment);
}

Array::Array(Extents extents, DType dtype) : Array{uninitialized({dtype, std::move(extents)})} {
  std::memset(data_, 0, size_in_bytes());
}

Array::Array(ArrayType type, std::byte* borrowed, bool read_only)
    : type_{std::move(type)}, size_{element_count(type_.extents)}, data_{borrowed}, read_only_{read_only} {}

Array Array::uninitialized(const ArrayType& type) {
  Array array{type, nullptr, false};
  array.owner_.reset(static_cast<std::byte*>(::operator new[](array.size_in_bytes(), alignment)));
  array.data_ = array.owner_.get();
  return array;
}

Array Array::full(Extents extents, double value, DType dtype) {
  auto array = uninitialized({dtype, std::move(extents)});
  visit(dtype, [&]<class T>(std::type_identity<T>) {
    for (auto& element : array.values<T>()) element = static_cast<T>(value);
  });
  return array;
}

Array Array::view(const Array& array) {
  return Array{array.type_, array.data_, true};
}

Array::Array(const Array& other) : Array{uninitialized(other.type_)} {
  if (size_ > 0) std::memcpy(data_, other.data_, size_in_bytes());
}

Array& Array::operator=(const Array& other) {
  if (this != &other) *this = Array{other};
  return *this;
}

std::byte* Array::bytes() {
  if (read_only_) throw GraphError{"this array is a view that only reads"};
  return data_;
}

double Array::at(std::int64_t index) const {
  if (index < 0 || index >= size_)
    throw ShapeError{fmt::format("there is no number {} in an array of {}", index, to_string(extents()))};
  return visit(dtype(), [&]<class T>(std::type_identity<T>) {
    return static_cast<double>(values<T>()[static_cast<std::size_t>(index)]);
  });
}

double Array::scalar() const {
  if (size_ != 1)
    throw ShapeError{fmt::format("an array of {} has {} numbers, not one", to_string(extents()), size_)};
  return at(0);
}

Array Array::reshaped(Extents extents) && {
  require_count(extents, static_cast<std::size_t>(size_));
  type_.extents = std::move(extents);
  return std::move(*this);
}

Array Array::reshaped(Extents extents) const& {
  auto copy = *this;
  return std::move(copy).reshaped(std::move(extents));
}

Array Array::cast(DType dtype) const {
  auto result = uninitialized({dtype, extents()});
  visit(this->dtype(), [&]<class From>(std::type_identity<From>) {
    visit(dtype, [&]<class To>(std::type_identity<To>) {
      const auto from = values<From>();
      const auto to = result.values<To>();
      for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<To>(from[i]);
    });
  });
  return result;
}

bool operator==(const Array& a, const Array& b) {
  return a.type_ == b.type_ && (a.size_ == 0 || std::memcmp(a.data_, b.data_, a.size_in_bytes()) == 0);
}

void Array::require(DType dtype) const {
  if (dtype != type_.dtype)
    throw TypeError{fmt::format("an array of {} is read as {}", to_string(type_.dtype), to_string(dtype))};
}

void Array::require_count(const Extents& extents, std::size_t count) {
  if (element_count(extents) != static_cast<std::int64_t>(count))
    throw ShapeError{fmt::format("{} numbers do not fill {}", count, to_string(extents))};
}

std::string to_string(const Array& array) {
  std::string text;
  print_axis(text, array, 0, 0, row_major_strides(array.extents()));
  return text;
}

std::ostream& operator<<(std::ostream& stream, const Array& array) {
  return stream << to_string(array);
}

}  // namespace retrograph
