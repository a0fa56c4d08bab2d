#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/elementwise_entries.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/where.hpp>

namespace retrograph {
namespace {

/// Where `a_loses(a, b)`, b gets all, where it would with a and b exchanged, a does; each half of a tie.
template <class Loses>
Gradients gradients_of_the_chosen(const Applied& node, const Tensor& upstream, Loses loses) {
  const auto a = node.input(0), b = node.input(1);
  const auto share = where(a == b, upstream * 0.5, upstream);
  return broadcast_gradients(
      node, [&] { return where(loses(a, b), 0, share); }, [&] { return where(loses(b, a), 0, share); });
}

struct Maximum : Binary<Maximum> {
  static constexpr std::string_view name = "maximum";
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return choose(a > b, a, choose(a == a, b, a));  // a comparison with NaN is false
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return gradients_of_the_chosen(node, upstream, less);
  }
};

struct Minimum : Binary<Minimum> {
  static constexpr std::string_view name = "minimum";
  template <RealOrInteger T>
  static T apply(T a, T b) {
    return choose(a < b, a, choose(a == a, b, a));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return gradients_of_the_chosen(node, upstream, greater);
  }
};

}  // namespace

Tensor maximum(Operand a, Operand b) {
  return apply(Maximum{}, {a, b});
}
Tensor minimum(Operand a, Operand b) {
  return apply(Minimum{}, {a, b});
}

std::vector<CatalogueEntry> maximum_entries() {
  const auto entry = [](std::string_view name, std::string_view formula, Tensor (*op)(Operand, Operand)) {
    return CatalogueEntry{name,
                          formula,
                          "[...], [...] -> broadcast",
                          "upstream for the chosen, else 0; half each in a tie",
                          number_dtypes,
                          binary_samples(op, {-2, 2}, {1.5, -1.5})};
  };
  return {entry("maximum", "y = max(a, b)", maximum), entry("minimum", "y = min(a, b)", minimum)};
}

}  // namespace retrograph
