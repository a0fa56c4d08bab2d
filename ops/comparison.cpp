#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>

namespace retrograph {
namespace {

struct Equal : Predicate<Equal> {
  static constexpr std::string_view name = "equal";
  template <Element T>
  static bool apply(T a, T b) {
    return a == b;
  }
};

struct NotEqual : Predicate<NotEqual> {
  static constexpr std::string_view name = "not_equal";
  template <Element T>
  static bool apply(T a, T b) {
    return a != b;
  }
};

struct Less : Predicate<Less> {
  static constexpr std::string_view name = "less";
  template <Element T>
  static bool apply(T a, T b) {
    return a < b;
  }
};

struct LessEqual : Predicate<LessEqual> {
  static constexpr std::string_view name = "less_equal";
  template <Element T>
  static bool apply(T a, T b) {
    return a <= b;
  }
};

struct Greater : Predicate<Greater> {
  static constexpr std::string_view name = "greater";
  template <Element T>
  static bool apply(T a, T b) {
    return a > b;
  }
};

struct GreaterEqual : Predicate<GreaterEqual> {
  static constexpr std::string_view name = "greater_equal";
  template <Element T>
  static bool apply(T a, T b) {
    return a >= b;
  }
};

}  // namespace

Tensor equal(Operand a, Operand b) {
  return apply(Equal{}, {a, b});
}
Tensor not_equal(Operand a, Operand b) {
  return apply(NotEqual{}, {a, b});
}
Tensor less(Operand a, Operand b) {
  return apply(Less{}, {a, b});
}
Tensor less_equal(Operand a, Operand b) {
  return apply(LessEqual{}, {a, b});
}
Tensor greater(Operand a, Operand b) {
  return apply(Greater{}, {a, b});
}
Tensor greater_equal(Operand a, Operand b) {
  return apply(GreaterEqual{}, {a, b});
}

std::vector<CatalogueEntry> comparison_entries() {
  const auto entry = [](std::string_view name, std::string_view formula, Tensor (*op)(Operand, Operand)) {
    return CatalogueEntry{name,   formula,    "[...], [...] -> broadcast, bool",
                          "none", any_dtypes, binary_samples(op, {-2, 2}, {1.5, -1.5})};
  };
  return {entry("equal", "y = a == b", equal),    entry("not_equal", "y = a != b", not_equal),
          entry("less", "y = a < b", less),       entry("less_equal", "y = a <= b", less_equal),
          entry("greater", "y = a > b", greater), entry("greater_equal", "y = a >= b", greater_equal)};
}

}  // namespace retrograph
