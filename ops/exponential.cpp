#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/kernels/vector_math.hpp>
#include <retrograph/ops/quotient_or_zero.hpp>

namespace retrograph {
namespace {

struct Exp : Unary<Exp> {
  static constexpr std::string_view name = "exp";
  static constexpr bool never_negative_zero = true;
  template <std::floating_point T>
  static T apply(T x) {
    return vector_math::exp(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * node.result(0)};
  }
};

struct Expm1 : Unary<Expm1> {
  static constexpr std::string_view name = "expm1";
  template <std::floating_point T>
  static T apply(T x) {
    return vector_math::expm1(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * exp(node.input(0))};  // y + 1 would round small ones to 0
  }
};

struct Log : Unary<Log> {
  static constexpr std::string_view name = "log";
  template <std::floating_point T>
  static T apply(T x) {
    return vector_math::log(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {quotient_or_zero(upstream, node.input(0))};
  }
};

struct Log1p : Unary<Log1p> {
  static constexpr std::string_view name = "log1p";
  template <std::floating_point T>
  static T apply(T x) {
    return vector_math::log1p(x);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {quotient_or_zero(upstream, 1 + node.input(0))};
  }
};

}  // namespace

Tensor exp(const Tensor& x, std::source_location where) {
  return apply(Exp{}, {x}, where);
}
Tensor expm1(const Tensor& x, std::source_location where) {
  return apply(Expm1{}, {x}, where);
}
Tensor log(const Tensor& x, std::source_location where) {
  return apply(Log{}, {x}, where);
}
Tensor log1p(const Tensor& x, std::source_location where) {
  return apply(Log1p{}, {x}, where);
}

std::vector<CatalogueEntry> exponential_entries() {
  constexpr auto shapes = "[...] -> [...]";
  return {
      {"exp", "y = e^x", shapes, "upstream * y", float_dtypes, unary_samples(exp, -2, 2)},
      {"expm1", "y = e^x - 1", shapes, "upstream * e^x", float_dtypes, unary_samples(expm1, -2, 2)},
      {"log", "y = ln(x)", shapes, "upstream / x", float_dtypes, unary_samples(log, 0.5, 3)},
      {"log1p", "y = ln(1 + x)", shapes, "upstream / (1 + x)", float_dtypes, unary_samples(log1p, -0.5, 2)}};
}

}  // namespace retrograph
