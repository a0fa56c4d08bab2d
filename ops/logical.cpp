#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/logical.hpp>

namespace retrograph {
namespace {

template <class F>
struct Logical : Binary<F> {
  static constexpr bool differentiable = false;
};

/// What is left where an operand is known: the other one if it is `neutral`, else itself.
std::optional<Rewritten> decided(const Match& match, bool neutral) {
  for (const auto known : {std::size_t{0}, std::size_t{1}})
    if (const auto truth = match.filled_with(known))
      return as_result(match, (*truth != 0) == neutral ? 1 - known : known);
  return without_repetition(match);
}

struct And : Logical<And> {
  static constexpr std::string_view name = "logical_and";
  template <std::same_as<bool> T>
  static T apply(T a, T b) {
    return a & b;  // of two bools && would be a branch
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return decided(match, true); }
};

struct Or : Logical<Or> {
  static constexpr std::string_view name = "logical_or";
  template <std::same_as<bool> T>
  static T apply(T a, T b) {
    return a | b;
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return decided(match, false); }
};

struct Xor : Logical<Xor> {
  static constexpr std::string_view name = "logical_xor";
  template <std::same_as<bool> T>
  static T apply(T a, T b) {
    return a != b;
  }
};

struct Not : Unary<Not> {
  static constexpr std::string_view name = "logical_not";
  static constexpr bool differentiable = false;
  template <std::same_as<bool> T>
  static T apply(T x) {
    return !x;
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return without_inverse(match); }
};

}  // namespace

Tensor logical_and(Operand a, Operand b) {
  return apply(And{}, {a, b});
}
Tensor logical_or(Operand a, Operand b) {
  return apply(Or{}, {a, b});
}
Tensor logical_xor(Operand a, Operand b) {
  return apply(Xor{}, {a, b});
}
Tensor logical_not(const Tensor& x, std::source_location where) {
  return apply(Not{}, {x}, where);
}
Tensor operator!(Operand x) {
  return apply(Not{}, {x});
}

std::vector<CatalogueEntry> logical_entries() {
  const auto entry = [](std::string_view name, std::string_view formula, Tensor (*op)(Operand, Operand)) {
    return CatalogueEntry{name,   formula,          "[...] bool, [...] bool -> broadcast, bool",
                          "none", {DType::boolean}, binary_samples(op, {-2, 2}, {0, 1})};
  };
  return {entry("logical_and", "y = a and b", logical_and),
          entry("logical_or", "y = a or b", logical_or),
          entry("logical_xor", "y = either a or b", logical_xor),
          {"logical_not",
           "y = not x",
           "[...] bool -> [...] bool",
           "none",
           {DType::boolean},
           unary_samples(logical_not, 0, 1)}};
}

}  // namespace retrograph
