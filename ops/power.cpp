#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/kernels/wrapping.hpp>
#include <retrograph/ops/logical.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/quotient_or_zero.hpp>
#include <retrograph/ops/where.hpp>

#include <cmath>
#include <utility>

namespace retrograph {
namespace {

template <std::integral T>
T integer_power(T base, T exponent) {
  T power = 1;
  for (; exponent > 0; exponent = static_cast<T>(exponent / 2), base = wrapping_multiply(base, base))
    if (exponent % 2 != 0) power = wrapping_multiply(power, base);
  return power;
}

struct Square : Unary<Square> {
  static constexpr std::string_view name = "square";
  static constexpr bool never_negative_zero = true;
  template <RealOrInteger T>
  static T apply(T x) {
    return wrapping_multiply(x, x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * (2 * node.input(0))};
  }
};

struct Pow : Binary<Pow> {
  static constexpr std::string_view name = "pow";

  template <std::integral T>
  static std::string_view refusal(T, T exponent) {
    return std::cmp_less(exponent, 0) ? "an integer to a power below 0" : "";
  }
  template <Number T>
  static T apply(T base, T exponent) {
    if constexpr (std::integral<T>)
      return integer_power(base, exponent);
    else
      return std::pow(base, exponent);
  }

  std::optional<Rewritten> rewrite(const Match& match) const {
    if (auto base = without_neutral(match, 1, 1)) return base;
    if (match.is_filled_with(1, 2) && match.type(0) == match.result_type())
      return Rewritten{Square{}, {match.input(0)}};
    return without_repetition(match);
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto base = node.input(0), exponent = node.input(1);
    return broadcast_gradients(
        node,
        [&] {
          // 0^-1 would be infinite, and 0 times it NaN.
          const auto lowered = retrograph::where(base == 0 && exponent == 0, 0, exponent - 1);
          return upstream * (exponent * pow(base, lowered));
        },
        [&] {
          const auto outside = base <= 0;
          return retrograph::where(outside, 0, upstream * node.result(0)) *
                 log(retrograph::where(outside, 1, base));
        });
  }
};

struct Sqrt : Unary<Sqrt> {
  static constexpr std::string_view name = "sqrt";
  template <Real T>
  static T apply(T x) {
    using std::sqrt;
    return sqrt(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {quotient_or_zero(upstream, 2 * node.result(0))};
  }
};

struct Rsqrt : Unary<Rsqrt> {
  static constexpr std::string_view name = "rsqrt";
  template <Real T>
  static T apply(T x) {
    using std::sqrt;
    return 1 / sqrt(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto steep = quotient_or_zero(upstream, node.input(0));
    return {quotient_or_zero(steep, -2 * sqrt(node.input(0)))};
  }
};

struct Reciprocal : Unary<Reciprocal> {
  static constexpr std::string_view name = "reciprocal";
  template <Real T>
  static T apply(T x) {
    return 1 / x;
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    return {neg(quotient_or_zero(quotient_or_zero(upstream, x), x))};
  }
};

}  // namespace

Tensor pow(Operand base, Operand exponent) {
  return apply(Pow{}, {base, exponent});
}
Tensor sqrt(const Tensor& x, std::source_location where) {
  return apply(Sqrt{}, {x}, where);
}
Tensor rsqrt(const Tensor& x, std::source_location where) {
  return apply(Rsqrt{}, {x}, where);
}
Tensor square(const Tensor& x, std::source_location where) {
  return apply(Square{}, {x}, where);
}
Tensor reciprocal(const Tensor& x, std::source_location where) {
  return apply(Reciprocal{}, {x}, where);
}

std::vector<CatalogueEntry> power_entries() {
  constexpr auto shapes = "[...] -> [...]";
  auto pow_samples = binary_samples(pow, {0.5, 2}, {0.5, 3});
  pow_samples.push_back(
      {"a base below 0 and a number", {sample_numbers({2, 3}, -2, 2)}, [](auto x) { return pow(x[0], 3); }});
  return {{"pow", "y = base^exponent", "[...], [...] -> broadcast",
           "upstream * exponent * base^(exponent - 1), upstream * y * ln(base)", number_dtypes, pow_samples},
          {"sqrt", "y = x^(1/2)", shapes, "upstream / (2 * y)", float_dtypes, unary_samples(sqrt, 0.5, 3)},
          {"rsqrt", "y = x^(-1/2)", shapes, "-upstream / x / (2 * x^(1/2))", float_dtypes,
           unary_samples(rsqrt, 0.5, 3)},
          {"square", "y = x^2", shapes, "2 * upstream * x", number_dtypes, unary_samples(square, -2, 2)},
          {"reciprocal", "y = 1 / x", shapes, "-upstream / x / x", float_dtypes,
           unary_samples(reciprocal, 0.5, 3)}};
}

}  // namespace retrograph
