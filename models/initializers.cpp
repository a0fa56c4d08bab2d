#include <retrograph/models/initializers.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace retrograph {
namespace {

/// An array of Ts whose number i is `draw(T, i)`.
template <class Draw>
Array filled(const ArrayType& type, const Draw& draw) {
  auto array = Array::uninitialized(type);
  visit(type.dtype, [&]<class T>(std::type_identity<T> t) {
    std::uint64_t index = 0;
    for (auto& number : array.values<T>()) number = draw(t, index++);
  });
  return array;
}

/// Rounding to a shorter dtype may reach `high`, which is excluded.
template <class T>
T rounded_below(double number, double high) {
  const auto rounded = static_cast<T>(number);
  if constexpr (std::floating_point<T>)
    if (number < high && rounded >= static_cast<T>(high))
      return std::nextafter(static_cast<T>(high), -std::numeric_limits<T>::infinity());
  return rounded;
}

Array uniform_numbers(const ArrayType& type, const RandomStream& random, double low, double high) {
  return filled(type, [&]<class T>(std::type_identity<T>, std::uint64_t index) {
    return rounded_below<T>(low + (high - low) * random.uniform(index), high);
  });
}

Array normal_numbers(const ArrayType& type, const RandomStream& random, double deviation) {
  return filled(type, [&]<class T>(std::type_identity<T>, std::uint64_t index) {
    return static_cast<T>(deviation * random.normal(index));
  });
}

struct Fans {
  double inputs, outputs;
};

Fans fans(const ArrayType& type, std::string_view initializer) {
  const auto& extents = type.extents;
  const auto extent = [&](std::size_t axis) { return static_cast<double>(extents[axis]); };
  if (extents.size() == 2) return {extent(0), extent(1)};
  if (extents.size() == 4) return {extent(1) * extent(2) * extent(3), extent(0) * extent(2) * extent(3)};
  throw ShapeError{
      fmt::format("{} is for weights [inputs, outputs] or [filters, channels, height, width], not "
                  "for {}",
                  initializer, to_string(extents)),
      "for a bias take zeros, constant or uniform"};
}

double he_variance(const ArrayType& type, std::string_view initializer) {
  return 2 / fans(type, initializer).inputs;
}

double xavier_variance(const ArrayType& type, std::string_view initializer) {
  const auto [inputs, outputs] = fans(type, initializer);
  return 2 / (inputs + outputs);
}

using Variance = double (*)(const ArrayType&, std::string_view initializer);

Initializer uniform_of(Variance variance, std::string_view name) {
  return [=](const ArrayType& type, const RandomStream& random) {
    const auto bound = std::sqrt(3 * variance(type, name));
    return uniform_numbers(type, random, -bound, bound);
  };
}

Initializer normal_of(Variance variance, std::string_view name) {
  return [=](const ArrayType& type, const RandomStream& random) {
    return normal_numbers(type, random, std::sqrt(variance(type, name)));
  };
}

}  // namespace

Initializer zeros() {
  return [](const ArrayType& type, const RandomStream&) { return Array{type.extents, type.dtype}; };
}

Initializer constant(double value) {
  if (!std::isfinite(value)) throw GraphError{fmt::format("constant: {} is not finite", value)};
  return [value](const ArrayType& type, const RandomStream&) {
    return Array::full(type.extents, value, type.dtype);
  };
}

Initializer uniform(double low, double high) {
  if (!std::isfinite(low) || !std::isfinite(high) || low > high)
    throw GraphError{fmt::format("uniform: [{}, {}) is no range", low, high)};
  return [=](const ArrayType& type, const RandomStream& random) {
    return uniform_numbers(type, random, low, high);
  };
}

Initializer he_uniform() {
  return uniform_of(he_variance, "he_uniform");
}
Initializer he_normal() {
  return normal_of(he_variance, "he_normal");
}
Initializer xavier_uniform() {
  return uniform_of(xavier_variance, "xavier_uniform");
}
Initializer xavier_normal() {
  return normal_of(xavier_variance, "xavier_normal");
}

}  // namespace retrograph
