#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/trigonometric.hpp>

#include <cmath>

namespace retrograph {
namespace {

struct Sin : Unary<Sin> {
  static constexpr std::string_view name = "sin";
  template <std::floating_point T>
  static T apply(T x) {
    return std::sin(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * cos(node.input(0))};
  }
};

struct Cos : Unary<Cos> {
  static constexpr std::string_view name = "cos";
  template <std::floating_point T>
  static T apply(T x) {
    return std::cos(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {neg(upstream * sin(node.input(0)))};
  }
};

}  // namespace

Tensor sin(const Tensor& x, std::source_location where) {
  return apply(Sin{}, {x}, where);
}
Tensor cos(const Tensor& x, std::source_location where) {
  return apply(Cos{}, {x}, where);
}

std::vector<CatalogueEntry> trigonometric_entries() {
  return {
      {"sin", "y = sin(x)", "[...] -> [...]", "upstream * cos(x)", float_dtypes, unary_samples(sin, -4, 4)},
      {"cos", "y = cos(x)", "[...] -> [...]", "-upstream * sin(x)", float_dtypes, unary_samples(cos, -4, 4)}};
}

}  // namespace retrograph
