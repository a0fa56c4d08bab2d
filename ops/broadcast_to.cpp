#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/entries.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

template <class T>
class BroadcastToKernel final : public Kernel {
 public:
  explicit BroadcastToKernel(const Signature& signature) : loop_{signature} {}

  void run(const Call& call) const override {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<T>();
    parallel_for(loop_.size(), grain, [&](std::int64_t first, std::int64_t last) {
      loop_.walk<1>(first, last, [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
        if (loop_.moves(0))
          std::copy_n(x + offsets[0], count, y + begin);
        else
          std::fill_n(y + begin, count, x[offsets[0]]);
      });
    });
  }

 private:
  static constexpr std::int64_t grain = 16384;
  BroadcastLoop loop_;
};

struct BroadcastTo {
  static constexpr std::string_view name = "broadcast_to";
  Shape shape;

  std::string attributes() const { return fmt::format("shape={}", to_string(shape)); }

  Types infer(const Types& operands) const {
    if (broadcast(operands[0].shape, shape) != shape)
      throw ShapeError{
          fmt::format("{} cannot be repeated to fill {}", to_string(operands[0].shape), to_string(shape))};
    return {{operands[0].dtype, shape}};
  }

  template <Element T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<BroadcastToKernel<T>>(signature);
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {sum_to(upstream, node.input(0).shape())};
  }

  friend bool operator==(const BroadcastTo&, const BroadcastTo&) = default;
};

}  // namespace

Tensor broadcast_to(const Tensor& x, Shape shape, std::source_location where) {
  return apply(BroadcastTo{std::move(shape)}, {x}, where);
}

std::vector<CatalogueEntry> broadcast_to_entries() {
  return {};
}

}  // namespace retrograph
