#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <fmt/format.h>

#include <limits>

namespace retrograph {
namespace {

/// As C++ converts, with an answer also where C++ has none: a float out of an integer's range.
template <Element To, Element From>
To converted(From x) {
  if constexpr (std::floating_point<From> && std::integral<To> && !std::same_as<To, bool>) {
    // 2^bits is a float; the largest integer may not be.
    constexpr auto low = static_cast<From>(std::numeric_limits<To>::min());
    constexpr auto above = 2 * static_cast<From>(std::numeric_limits<To>::max() / 2 + 1);
    if (x >= above) return std::numeric_limits<To>::max();
    return x > low ? static_cast<To>(x) : x <= low ? std::numeric_limits<To>::min() : To{0};
  } else {
    return static_cast<To>(x);
  }
}

template <Element To>
struct Conversion {
  template <Element From>
  static To apply(From x) {
    return converted<To>(x);
  }
};

struct Cast {
  static constexpr std::string_view name = "cast";
  static constexpr bool never_fails = true;
  DType dtype;

  std::string attributes() const { return fmt::format("dtype={}", to_string(dtype)); }
  Types infer(const Types& operands) const { return {{dtype, operands[0].shape}}; }

  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return elementwise_kernel(signature, [&](const Signature& types) { return pointwise(types); });
  }

  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const {
    return visit(signature.inputs[0].dtype, [&]<class From>(std::type_identity<From>) {
      return visit(dtype, []<class To>(std::type_identity<To>) -> std::unique_ptr<Pointwise> {
        return std::make_unique<UnaryPointwise<Conversion<To>, From>>(Conversion<To>{});
      });
    });
  }

  std::optional<Rewritten> rewrite(const Match& match) const {
    if (match.type(0) != match.result_type()) return std::nullopt;
    return Rewritten::as(match.input(0));
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {cast(upstream, node.input(0).dtype())};
  }
  friend bool operator==(const Cast&, const Cast&) = default;
};

}  // namespace

Tensor cast(const Tensor& x, DType dtype, std::source_location where) {
  return apply(Cast{dtype}, {x}, where);
}

std::vector<CatalogueEntry> cast_entries() {
  return {{"cast",
           "y = x, as another dtype",
           "[...] -> [...]",
           "upstream, cast back",
           any_dtypes,
           {{"to float64", {sample_numbers({2, 3}, -2, 2)}, [](std::span<const Tensor> x) {
               return cast(x[0], DType::float64);
             }}}}};
}

}  // namespace retrograph
