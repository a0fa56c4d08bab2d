#include <retrograph/ops/accumulated_product.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/arithmetic_op.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/kernels/wrapping.hpp>
#include <retrograph/ops/softmax_cross_entropy_op.hpp>

#include <limits>

namespace retrograph {
namespace {

template <class T>
concept Signed = RealOrInteger<T> && !std::same_as<T, std::uint8_t>;

struct Neg : Unary<Neg> {
  static constexpr std::string_view name = "neg";
  template <Signed T>
  static T apply(T x) {
    if constexpr (Real<T>)
      return -x;  // 0 - x would make 0 of 0, not -0
    else
      return wrapping_subtract(T{0}, x);
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return without_inverse(match); }
  Gradients gradient(const Applied&, const Tensor& upstream) const { return {neg(upstream)}; }
};

struct Add : Binary<Add> {
  static constexpr std::string_view name = "add";
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return wrapping_add(a, b);
  }
  std::optional<Rewritten> rewrite(const Match& match) const {
    if (auto other = without_zero(match, 1)) return other;
    if (auto other = without_zero(match, 0)) return other;
    return without_repetition(match);
  }
  /// x + -0 is x; x + 0 as well, unless x is -0.
  static std::optional<Rewritten> without_zero(const Match& match, std::size_t index) {
    const auto* other = match.producer(1 - index);
    const bool is_never_negative =
        other && other->op.traits().never_negative_zero && other->outputs[0] == match.input(1 - index);
    if (!is_floating(match.type(0).dtype) || is_never_negative)
      if (auto same = without_neutral(match, index, 0.0)) return same;
    return without_neutral(match, index, -0.0);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return broadcast_gradients(
        node, [&] { return upstream; }, [&] { return upstream; });
  }
  std::optional<Combined> combine(const Match& match) const { return accumulate_product(match, false); }
};

struct Subtract : Binary<Subtract> {
  static constexpr std::string_view name = "subtract";
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return wrapping_subtract(a, b);
  }
  std::optional<Rewritten> rewrite(const Match& match) const {
    if (auto other = without_neutral(match, 1, 0)) return other;
    return without_repetition(match);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return broadcast_gradients(
        node, [&] { return upstream; }, [&] { return neg(upstream); });
  }
  std::optional<Combined> combine(const Match& match) const {
    if (auto joined = shares_less_labels(match)) return joined;
    return accumulate_product(match, true);
  }
};

struct Multiply : Binary<Multiply> {
  static constexpr std::string_view name = "multiply";
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return wrapping_multiply(a, b);
  }
  std::optional<Rewritten> rewrite(const Match& match) const {
    if (auto other = without_neutral(match, 1, 1)) return other;
    if (auto other = without_neutral(match, 0, 1)) return other;
    return without_repetition(match);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    return broadcast_gradients(
        node, [&] { return upstream * b; }, [&] { return upstream * a; });
  }
};

struct Divide : Binary<Divide> {
  static constexpr std::string_view name = "divide";

  template <std::integral T>
  static std::string_view refusal(T a, T b) {
    if (b == 0) return "an integer is divided by zero";
    if constexpr (std::is_signed_v<T>)
      if (a == std::numeric_limits<T>::min() && b == -1) return "the quotient is above the largest integer";
    return {};
  }
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return static_cast<T>(a / b);
  }
  std::optional<Rewritten> rewrite(const Match& match) const {
    if (auto other = without_neutral(match, 1, 1)) return other;
    return without_repetition(match);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    return broadcast_gradients(
        node, [&] { return upstream / b; }, [&] { return neg(upstream / b * node.result(0)); });
  }
};

}  // namespace

bool is_multiply(const Op& op) {
  return op.as<Multiply>() != nullptr;
}

Tensor neg(const Tensor& x, std::source_location where) {
  return apply(Neg{}, {x}, where);
}
Tensor operator-(Operand x) {
  return apply(Neg{}, {x});
}
Tensor add(Operand a, Operand b) {
  return apply(Add{}, {a, b});
}
Tensor subtract(Operand a, Operand b) {
  return apply(Subtract{}, {a, b});
}
Tensor multiply(Operand a, Operand b) {
  return apply(Multiply{}, {a, b});
}
Tensor divide(Operand a, Operand b) {
  return apply(Divide{}, {a, b});
}

std::vector<CatalogueEntry> arithmetic_entries() {
  const auto binary = [](Tensor (*op)(Operand, Operand)) { return binary_samples(op, {-2, 2}, {1, 3}); };
  const std::vector<DType> signed_dtypes{DType::float32, DType::float64, DType::int32, DType::int64};
  return {{"neg", "y = -x", "[...] -> [...]", "-upstream", signed_dtypes, unary_samples(neg, -2, 2)},
          {"add", "y = a + b", "[...], [...] -> broadcast", "upstream, upstream", number_dtypes, binary(add)},
          {"subtract", "y = a - b", "[...], [...] -> broadcast", "upstream, -upstream", number_dtypes,
           binary(subtract)},
          {"multiply", "y = a * b", "[...], [...] -> broadcast", "upstream * b, upstream * a", number_dtypes,
           binary(multiply)},
          {"divide", "y = a / b", "[...], [...] -> broadcast", "upstream / b, -upstream / b * y",
           number_dtypes, binary(divide)}};
}

}  // namespace retrograph
