#include <retrograph/ops/kernels/elementwise_loop.hpp>

#include "support/formulas.hpp"

using namespace retrograph;
using namespace retrograph::test;

namespace {

struct Blend {
  double share;
  template <Real T>
  T apply(T a, T b) const {
    using std::abs, std::sqrt;
    const auto mixed = static_cast<T>(share) * a + (1 - b) / sqrt(abs(a));
    return choose(a >= 0, choose(b == 2, T{7}, mixed), -mixed);
  }
};

/// A condition with a name of its own.
struct Halved {
  template <Real T>
  static T apply(T x) {
    const auto is_negative = x < T{0};
    return retrograph::choose(is_negative, x / 2, x);
  }
};

struct First {
  template <Real T>
  static T apply(T a, T) {
    return a;
  }
};
struct OfPlainNumbers {
  double share;
  template <Real T>
  T apply(T x) const {
    const auto rest = 1 - static_cast<T>(share);
    return choose(rest < 0, x, rest * x);
  }
};
struct OfAnEarlierValue {
  template <Real T>
  static T apply(T x) {
    const auto y = x + 1;
    [[maybe_unused]] const auto unread = y * 2;
    return y;
  }
};
struct OfFloatsAlone {
  template <std::floating_point T>
  static T apply(T x) {
    return std::exp(x);
  }
};

}  // namespace

TEST_CASE("A function applied to symbols gives the formula of what it computes") {
  const Blend blend{0.25};
  const auto formula = formula_of<double, 2>(blend);
  REQUIRE(formula);
  for (const auto a : {-3.0, -0.5, 0.0, 1.0, 4.0})
    for (const auto b : {-1.0, 2.0, 5.0}) {
      CAPTURE(a, b);
      CHECK(values<double>(*formula, {a, b}).back() == blend.apply(a, b));
    }
}

TEST_CASE("A comparison of symbols may be kept until it is used") {
  const auto formula = formula_of<double, 1>(Halved{});
  REQUIRE(formula);
  CHECK(values<double>(*formula, {-6}).back() == -3);
  CHECK(values<double>(*formula, {6}).back() == 6);
}

TEST_CASE("A function that calculates with plain numbers alone has no formula") {
  CHECK_FALSE(formula_of<double, 1>(OfPlainNumbers{0.25}));
}

TEST_CASE("A function of floats alone, of integers, or without an operation at its end has no formula") {
  CHECK_FALSE(formula_of<double, 1>(OfFloatsAlone{}));
  CHECK_FALSE(formula_of<std::int32_t, 2>(Blend{1}));
  CHECK_FALSE(formula_of<double, 2>(First{}));
  CHECK_FALSE(formula_of<double, 1>(OfAnEarlierValue{}));
}

TEST_CASE("A comparison of symbols holds where that of numbers does, and so never for NaN") {
  const auto number = GENERATE(0.0, 1.0, 2.0, std::nan(""));
  CAPTURE(number);
  Formula formula;
  const auto x = Symbol::operand(formula, 0);
  const auto check = [&](const Symbol::Comparison& comparison, bool holds) {
    choose(comparison, Symbol{5}, Symbol{7});
    CHECK(values<double>(formula, {number}).back() == (holds ? 5 : 7));
  };
  check(x < 1, number < 1);
  check(x <= 1, number <= 1);
  check(x > 1, number > 1);
  check(x >= 1, number >= 1);
  check(x == 1, number == 1);
}
