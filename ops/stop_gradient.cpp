#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/stop_gradient.hpp>

#include <algorithm>

namespace retrograph {
namespace {

struct StopGradient {
  static constexpr std::string_view name = "stop_gradient";
  static constexpr bool alias = true;
  static constexpr bool differentiable = false;

  Types infer(const Types& operands) const { return operands; }
  void compute(const Call& call) const {
    std::copy_n(static_cast<const std::byte*>(call.input(0).data), size_in_bytes(call.input(0).type),
                static_cast<std::byte*>(call.output(0).data));
  }
  std::optional<Rewritten> rewrite(const Match& match) const { return Rewritten::as(match.input(0)); }
};

}  // namespace

Tensor stop_gradient(const Tensor& x, std::source_location where) {
  return apply(StopGradient{}, {x}, where);
}

std::vector<CatalogueEntry> stop_gradient_entries() {
  return {{"stop_gradient",
           "y = x",
           "[...] -> [...]",
           "none",
           any_dtypes,
           {{"", {sample_numbers({2, 3}, -2, 2)}, [](std::span<const Tensor> x) {
               return stop_gradient(x[0]);
             }}}}};
}

}  // namespace retrograph
