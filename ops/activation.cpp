#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/kernels/vector_math.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/where.hpp>
#include <retrograph/ops/zeros_like.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace retrograph {
namespace {

/// upstream where y > 0, else 0: one pass over memory where a comparison and a choice would take two.
struct ReluGradient : Binary<ReluGradient> {
  static constexpr std::string_view name = "relu_gradient";
  template <Real T>
  static T apply(T upstream, T y) {
    return choose(y <= 0, T{0}, upstream);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto y = node.input(1);
    return broadcast_gradients(
        node,
        [&] {
          return retrograph::apply(ReluGradient{}, {upstream, y});
        },
        [&] { return zeros_like(y); });
  }
};

struct Relu : Unary<Relu> {
  static constexpr std::string_view name = "relu";
  static constexpr bool never_negative_zero = true;
  template <RealOrInteger T>
  static T apply(T x) {
    return choose(x <= 0, T{0}, x);  // in this order a NaN is handed on
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {retrograph::apply(ReluGradient{}, {upstream, node.result(0)})};
  }
};

struct LeakyRelu : Unary<LeakyRelu> {
  static constexpr std::string_view name = "leaky_relu";
  double slope;

  explicit LeakyRelu(double s) : slope{s} {}
  std::string attributes() const { return fmt::format("slope={}", slope); }
  template <Real T>
  T apply(T x) const {
    return choose(x > 0, x, static_cast<T>(slope) * x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {retrograph::where(node.input(0) > 0, upstream, upstream * slope)};
  }
  friend bool operator==(const LeakyRelu& a, const LeakyRelu& b) { return a.slope == b.slope; }
};

struct Elu : Unary<Elu> {
  static constexpr std::string_view name = "elu";
  double alpha;

  explicit Elu(double a) : alpha{a} {}
  std::string attributes() const { return fmt::format("alpha={}", alpha); }
  template <std::floating_point T>
  T apply(T x) const {
    return x > 0 ? x : static_cast<T>(alpha) * vector_math::expm1(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    // The minimum keeps infinity out of the branch that is not chosen: its gradient would be 0 * infinity.
    return {retrograph::where(x > 0, upstream, upstream * (exp(minimum(x, 0)) * alpha))};
  }
  friend bool operator==(const Elu& a, const Elu& b) { return a.alpha == b.alpha; }
};

/// The probability that a standard normal is at most x. By erfc, which keeps its digits far to the left.
template <std::floating_point T>
T normal_probability(T x) {
  return std::erfc(x * static_cast<T>(-std::numbers::sqrt2 / 2)) / 2;
}

constexpr double normal_density_at_0 = std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2;

/// The derivative of gelu, P(X <= x) + x * density(x).
struct GeluSlope : Unary<GeluSlope> {
  static constexpr std::string_view name = "gelu_slope";
  template <std::floating_point T>
  static T apply(T x) {
    const auto density = static_cast<T>(normal_density_at_0) * vector_math::exp(-x * x / 2);
    return normal_probability(x) + (density == 0 ? T{0} : x * density);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto squared = square(node.input(0));
    return {upstream * ((2 - squared) * exp(squared * -0.5) * normal_density_at_0)};
  }
};

struct Gelu : Unary<Gelu> {
  static constexpr std::string_view name = "gelu";
  template <std::floating_point T>
  static T apply(T x) {
    const auto probability = normal_probability(x);
    return probability == 0 ? T{0} : x * probability;
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * retrograph::apply(GeluSlope{}, {node.input(0)})};
  }
};

/// upstream * y * (1 - y).
struct SigmoidGradient : Binary<SigmoidGradient> {
  static constexpr std::string_view name = "sigmoid_gradient";
  template <Real T>
  static T apply(T upstream, T y) {
    return upstream * (y * (1 - y));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [first, y] = node.inputs<2>();
    return broadcast_gradients(
        node,
        [&] {
          return retrograph::apply(SigmoidGradient{}, {upstream, y});
        },
        [&] { return upstream * first * (1 - 2 * y); });
  }
};

struct Sigmoid : Unary<Sigmoid> {
  static constexpr std::string_view name = "sigmoid";
  static constexpr bool never_negative_zero = true;
  template <std::floating_point T>
  static T apply(T x) {
    const auto e = vector_math::exp(-std::abs(x));  // at most 1, so that nothing overflows
    return (x < 0 ? e : T{1}) / (1 + e);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {retrograph::apply(SigmoidGradient{}, {upstream, node.result(0)})};
  }
};

/// upstream * (1 - y^2).
struct TanhGradient : Binary<TanhGradient> {
  static constexpr std::string_view name = "tanh_gradient";
  template <Real T>
  static T apply(T upstream, T y) {
    return upstream * ((1 - y) * (1 + y));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [first, y] = node.inputs<2>();
    return broadcast_gradients(
        node,
        [&] {
          return retrograph::apply(TanhGradient{}, {upstream, y});
        },
        [&] { return upstream * first * (-2 * y); });
  }
};

struct Tanh : Unary<Tanh> {
  static constexpr std::string_view name = "tanh";
  template <std::floating_point T>
  static T apply(T x) {
    return vector_math::tanh(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {retrograph::apply(TanhGradient{}, {upstream, node.result(0)})};
  }
};

struct Softplus : Unary<Softplus> {
  static constexpr std::string_view name = "softplus";
  static constexpr bool never_negative_zero = true;
  template <std::floating_point T>
  static T apply(T x) {
    return (x <= 0 ? T{0} : x) + vector_math::log1p(vector_math::exp(-std::abs(x)));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * sigmoid(node.input(0))};
  }
};

struct Erf : Unary<Erf> {
  static constexpr std::string_view name = "erf";
  template <std::floating_point T>
  static T apply(T x) {
    return std::erf(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * (exp(neg(square(node.input(0)))) * (2 * std::numbers::inv_sqrtpi))};
  }
};

}  // namespace

Tensor relu(const Tensor& x, std::source_location where) {
  return apply(Relu{}, {x}, where);
}
Tensor leaky_relu(const Tensor& x, double slope, std::source_location where) {
  return apply(LeakyRelu{slope}, {x}, where);
}
Tensor elu(const Tensor& x, double alpha, std::source_location where) {
  return apply(Elu{alpha}, {x}, where);
}
Tensor gelu(const Tensor& x, std::source_location where) {
  return apply(Gelu{}, {x}, where);
}
Tensor sigmoid(const Tensor& x, std::source_location where) {
  return apply(Sigmoid{}, {x}, where);
}
Tensor tanh(const Tensor& x, std::source_location where) {
  return apply(Tanh{}, {x}, where);
}
Tensor softplus(const Tensor& x, std::source_location where) {
  return apply(Softplus{}, {x}, where);
}
Tensor erf(const Tensor& x, std::source_location where) {
  return apply(Erf{}, {x}, where);
}

std::vector<CatalogueEntry> activation_entries() {
  constexpr auto shapes = "[...] -> [...]";
  const auto numbers = sample_numbers({2, 3}, -2, 2);
  const auto sample = [&](auto op) {
    return std::vector<Sample>{{"", {numbers}, [op](std::span<const Tensor> x) { return op(x[0]); }}};
  };
  return {{"relu", "y = max(x, 0)", shapes, "upstream if x > 0, else 0", number_dtypes,
           unary_samples(relu, -2, 2)},
          {"leaky_relu", "y = x if x > 0, else slope * x", shapes, "upstream if x > 0, else slope * upstream",
           float_dtypes, sample([](const Tensor& x) { return leaky_relu(x, 0.3); })},
          {"elu", "y = x if x > 0, else alpha * (e^x - 1)", shapes,
           "upstream if x > 0, else upstream * alpha * e^x", float_dtypes,
           sample([](const Tensor& x) { return elu(x, 0.7); })},
          {"gelu", "y = x * P(X <= x), X standard normal", shapes, "upstream * (P(X <= x) + x * density(x))",
           float_dtypes, unary_samples(gelu, -2, 2)},
          {"sigmoid", "y = 1 / (1 + e^-x)", shapes, "upstream * y * (1 - y)", float_dtypes,
           unary_samples(sigmoid, -2, 2)},
          {"tanh", "y = tanh(x)", shapes, "upstream * (1 - y^2)", float_dtypes, unary_samples(tanh, -2, 2)},
          {"softplus", "y = ln(1 + e^x)", shapes, "upstream * sigmoid(x)", float_dtypes,
           unary_samples(softplus, -2, 2)},
          {"erf", "y = 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x", shapes,
           "upstream * 2 / sqrt(pi) * e^(-x^2)", float_dtypes, unary_samples(erf, -2, 2)}};
}

}  // namespace retrograph
