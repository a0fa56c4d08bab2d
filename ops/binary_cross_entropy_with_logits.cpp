#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/binary_cross_entropy_with_logits.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/kernels/first_refused.hpp>
#include <retrograph/ops/operand.hpp>

#include <fmt/format.h>

#include <cmath>

namespace retrograph {
namespace {

/// p y log(1 + exp(-x)) + (1 - y) log(1 + exp(x)): no term is negative, so that none cancels the other.
template <class T>
T loss_of(T x, T y, T pos_weight) {
  const auto beyond = std::log1p(std::exp(-std::abs(x)));
  const auto against = beyond + (x > 0 ? x : T{0}), in_favour = beyond + (x > 0 ? T{0} : -x);
  return pos_weight * y * in_favour + (1 - y) * against;
}

template <class T>
class BinaryLossKernel final : public Kernel {
 public:
  explicit BinaryLossKernel(const Signature& signature) {
    if (signature.inputs.size() > 2) weights_.emplace(signature, 2);
  }

  void run(const Call& call) const override {
    const auto* logits = call.input(0).values<T>();
    const auto* targets = call.input(1).values<T>();
    auto* losses = call.output(0).values<T>();
    const auto size = call.output(0).size;
    FirstRefused refused{size};
    const auto stretch = [&](std::int64_t begin, std::int64_t count, const T* weights, std::int64_t step) {
      bool fit = true;
      for (std::int64_t i = 0; i < count; ++i) {
        const auto y = targets[begin + i];
        fit &= y >= 0 && y <= 1;
        losses[begin + i] = loss_of(logits[begin + i], y, weights[i * step]);
      }
      if (!fit) refused.note(first_outside(targets, begin));
    };
    parallel_for(size, grain, [&](std::int64_t first, std::int64_t last) {
      const T one = 1;
      if (!weights_) return stretch(first, last - first, &one, 0);
      const auto* weights = call.input(2).values<T>();
      weights_->walk<1>(first, last, [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
        stretch(begin, count, weights + offsets[0], weights_->moves(0) ? 1 : 0);
      });
    });
    if (refused.any()) refuse(targets[refused.place()], refused.place(), call.input(1).extents());
  }

 private:
  static constexpr std::int64_t grain = 2048;

  static std::int64_t first_outside(const T* targets, std::int64_t place) {
    while (targets[place] >= 0 && targets[place] <= 1) ++place;
    return place;
  }

  [[noreturn]] static void refuse(T target, std::int64_t place, const Extents& extents) {
    throw FeedError{
        fmt::format("the target at {} is {}, not in [0, 1]", to_string(index_at(place, extents)), target)};
  }

  std::optional<BroadcastLoop> weights_;
};

struct BinaryCrossEntropyWithLogits {
  static constexpr std::string_view name = "binary_cross_entropy_with_logits";

  /// Operands: logits, targets and, if there are any, weights.
  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto& shape = operands[0].shape;
    if (operands[1].shape != shape)
      throw ShapeError{
          fmt::format("the targets are {} and the logits {}", to_string(operands[1].shape), to_string(shape)),
          "each logit must have one target: reshape one of them"};
    if (operands.size() > 2 && broadcast(shape, operands[2].shape) != shape)
      throw ShapeError{fmt::format("the weights {} cannot be repeated to fill {}",
                                   to_string(operands[2].shape), to_string(shape))};
    return {operands[0]};
  }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<BinaryLossKernel<T>>(signature);
  }

  double cost(const Signature& signature) const {
    return 40 * static_cast<double>(element_count(signature.inputs[0].extents));
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto x = node.input(0), y = node.input(1);
    const bool weighted = node.input_count() > 2;
    Gradients gradients(node.input_count());
    if (node.wants(0))
      gradients[0] =
          upstream * (weighted ? (1 - y) * sigmoid(x) - node.input(2) * y * sigmoid(-x) : sigmoid(x) - y);
    if (node.wants(1)) gradients[1] = upstream * (weighted ? node.input(2) * softplus(-x) - softplus(x) : -x);
    if (weighted && node.wants(2)) gradients[2] = sum_to(upstream * y * softplus(-x), node.input(2).shape());
    return gradients;
  }
};

}  // namespace

Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& targets,
                                        const BinaryCrossEntropyOptions& options,
                                        std::source_location where) {
  const BinaryCrossEntropyWithLogits op;
  const auto losses = options.pos_weight ? apply(op, {logits, targets, *options.pos_weight}, where)
                                         : apply(op, {logits, targets}, where);
  return reduce_losses(losses, options.reduction, where);
}

std::vector<CatalogueEntry> binary_cross_entropy_with_logits_entries() {
  const auto logits = sample_numbers({3, 4}, -3, 3), targets = sample_numbers({3, 4}, 0.1, 0.9);
  const auto reduced_by = [](LossReduction reduction) {
    return [=](std::span<const Tensor> x) {
      return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = reduction});
    };
  };
  const auto weighted = [](std::span<const Tensor> x) {
    return binary_cross_entropy_with_logits(x[0], x[1], {.pos_weight = x[2]});
  };
  return {{"binary_cross_entropy_with_logits",
           "loss_i = -(p y_i log(s_i) + (1 - y_i) log(1 - s_i)); s = sigmoid(logits), p = pos_weight",
           "[...], [...] -> [...]",
           "(s - y) * upstream",
           float_dtypes,
           {{"", {logits, targets}, reduced_by(LossReduction::none)},
            {"mean", {logits, targets}, reduced_by(LossReduction::mean)},
            {"sum", {logits, targets}, reduced_by(LossReduction::sum)},
            {"a weight a column", {logits, targets, sample_numbers({4}, 0.5, 3)}, weighted},
            {"a weight a row", {logits, targets, sample_numbers({3, 1}, 0.5, 3)}, weighted},
            {"one weight", {logits, targets, sample_numbers({}, 0.5, 3)}, weighted}}}};
}

}  // namespace retrograph
