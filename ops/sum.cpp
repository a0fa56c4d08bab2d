#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

template <class T>
class SumKernel final : public Kernel {
 public:
  /// The result is walked like an operand that is repeated to fill x.
  explicit SumKernel(const Signature& signature, Extents kept)
      : loop_{Signature{{{signature.outputs[0].dtype, std::move(kept)}}, signature.inputs}} {}

  void run(const Call& call) const override {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<T>();
    std::fill_n(y, call.output(0).size, T{0});
    if (loop_.size() == 0) return;
    loop_.walk<1>(0, loop_.size(), [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
      const auto step = loop_.moves(0) ? 1 : 0;
      for (std::int64_t i = 0; i < count; ++i) y[offsets[0] + i * step] += x[begin + i];
    });
  }

 private:
  BroadcastLoop loop_;
};

struct Sum {
  static constexpr std::string_view name = "sum";
  std::vector<std::size_t> axes;
  Keep keep;

  std::string attributes() const {
    return fmt::format("axes=[{}]{}", fmt::join(axes, ", "), keep == Keep::yes ? ", keep" : "");
  }
  Types infer(const Types& operands) const {
    return {{operands[0].dtype, reduced(operands[0].shape, axes, keep)}};
  }
  template <Number T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    auto kept = signature.inputs[0].extents;
    for (const auto axis : axes) kept[axis] = 1;
    return std::make_unique<SumKernel<T>>(signature, std::move(kept));
  }
  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0);
    return {broadcast_to(reshape(upstream, reduced(x.shape(), axes, Keep::yes)), x.shape())};
  }
  friend bool operator==(const Sum&, const Sum&) = default;
};

}  // namespace

Tensor sum(const Tensor& x, const Axes& axes, Keep keep, std::source_location where) {
  return apply(Sum{axes.normalized(x.rank()), keep}, {x}, where);
}

std::vector<CatalogueEntry> sum_entries() {
  return {};
}

}  // namespace retrograph
