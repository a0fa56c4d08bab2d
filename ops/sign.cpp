#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/kernels/wrapping.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/zeros_like.hpp>

#include <cmath>

namespace retrograph {
namespace {

struct Abs : Unary<Abs> {
  static constexpr std::string_view name = "abs";
  static constexpr bool never_negative_zero = true;
  template <RealOrInteger T>
  static T apply(T x) {
    using std::abs;
    if constexpr (Real<T>)
      return abs(x);
    else
      return x < 0 ? wrapping_subtract(T{0}, x) : x;
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * sign(node.input(0))};
  }
};

struct Sign : Unary<Sign> {
  static constexpr std::string_view name = "sign";
  template <Number T>
  static T apply(T x) {
    const auto direction = static_cast<T>((x > 0) - (x < 0));
    return x != x ? x : direction;
  }
  Gradients gradient(const Applied& node, const Tensor&) const { return {zeros_like(node.input(0))}; }
};

}  // namespace

Tensor abs(const Tensor& x, std::source_location where) {
  return apply(Abs{}, {x}, where);
}
Tensor sign(const Tensor& x, std::source_location where) {
  return apply(Sign{}, {x}, where);
}

std::vector<CatalogueEntry> sign_entries() {
  return {
      {"abs", "y = |x|", "[...] -> [...]", "upstream * sign(x)", number_dtypes, unary_samples(abs, -2, 2)},
      {"sign", "y = 1, 0 or -1", "[...] -> [...]", "0", number_dtypes, unary_samples(sign, -2, 2)}};
}

}  // namespace retrograph
