#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/entries.hpp>

namespace retrograph {
namespace {

template <class T>
concept Signed = Number<T> && !std::same_as<T, std::uint8_t>;

struct Neg : Unary<Neg> {
  static constexpr std::string_view name = "neg";
  template <Signed T>
  static T apply(T x) {
    return static_cast<T>(-x);
  }
  Gradients gradient(const Applied&, const Tensor& upstream) const { return {neg(upstream)}; }
};

struct Add : Binary<Add> {
  static constexpr std::string_view name = "add";
  template <Number T>
  static T apply(T a, T b) {
    return static_cast<T>(a + b);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return broadcast_gradients(
        node, [&] { return upstream; }, [&] { return upstream; });
  }
};

struct Subtract : Binary<Subtract> {
  static constexpr std::string_view name = "subtract";
  template <Number T>
  static T apply(T a, T b) {
    return static_cast<T>(a - b);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return broadcast_gradients(
        node, [&] { return upstream; }, [&] { return neg(upstream); });
  }
};

struct Multiply : Binary<Multiply> {
  static constexpr std::string_view name = "multiply";
  template <Number T>
  static T apply(T a, T b) {
    return static_cast<T>(a * b);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    return broadcast_gradients(
        node, [&] { return upstream * b; }, [&] { return upstream * a; });
  }
};

struct Divide : Binary<Divide> {
  static constexpr std::string_view name = "divide";
  template <Number T>
  static T apply(T a, T b) {
    if constexpr (std::integral<T>)
      if (b == 0) throw FeedError{"an integer is divided by zero"};
    return static_cast<T>(a / b);
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [a, b] = node.inputs<2>();
    return broadcast_gradients(
        node, [&] { return upstream / b; }, [&] { return neg(upstream * node.result(0) / b); });
  }
};

}  // namespace

Tensor neg(const Tensor& x, std::source_location where) {
  return apply(Neg{}, {x}, where);
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
  const auto binary = [](Tensor (*op)(Operand, Operand)) {
    const auto apply = [op](std::span<const Tensor> x) { return op(x[0], x[1]); };
    return std::vector<Sample>{
        {"same shape", {sample_numbers({2, 3}, -2, 2), sample_numbers({2, 3}, 1, 3)}, apply},
        {"a row over a column", {sample_numbers({3}, -2, 2), sample_numbers({2, 1}, 1, 3)}, apply},
        {"a scalar", {sample_numbers({}, -2, 2), sample_numbers({4}, 1, 3)}, apply}};
  };
  const std::vector<DType> signed_dtypes{DType::float32, DType::float64, DType::int32, DType::int64};
  return {{"neg",
           "y = -x",
           "[...] -> [...]",
           "-upstream",
           signed_dtypes,
           {{"", {sample_numbers({2, 3}, -2, 2)}, [](std::span<const Tensor> x) { return neg(x[0]); }}}},
          {"add", "y = a + b", "[...], [...] -> broadcast", "upstream, upstream", number_dtypes, binary(add)},
          {"subtract", "y = a - b", "[...], [...] -> broadcast", "upstream, -upstream", number_dtypes,
           binary(subtract)},
          {"multiply", "y = a * b", "[...], [...] -> broadcast", "upstream * b, upstream * a", number_dtypes,
           binary(multiply)},
          {"divide", "y = a / b", "[...], [...] -> broadcast", "upstream / b, -upstream * y / b",
           number_dtypes, binary(divide)}};
}

}  // namespace retrograph
