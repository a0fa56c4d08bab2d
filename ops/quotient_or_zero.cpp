#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/quotient_or_zero.hpp>

namespace retrograph {
namespace {

struct QuotientOrZero : Binary<QuotientOrZero> {
  static constexpr std::string_view name = "quotient_or_zero";
  template <Real T>
  static T apply(T a, T b) {
    const auto quotient = a / b;
    return choose(a == 0, choose(b == 0, T{0}, quotient), quotient);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto b = node.input(1);
    return broadcast_gradients(
        node, [&] { return quotient_or_zero(upstream, b); },
        [&] { return neg(quotient_or_zero(upstream * node.result(0), b)); });
  }
};

}  // namespace

Tensor quotient_or_zero(const Tensor& a, const Tensor& b, std::source_location where) {
  return apply(QuotientOrZero{}, {a, b}, where);
}

}  // namespace retrograph
