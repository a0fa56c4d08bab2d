#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/broadcast_to_op.hpp>
#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <fmt/format.h>

#include <cstring>

namespace retrograph {

namespace {

class CopyPointwise final : public Pointwise {
 public:
  CopyPointwise(std::size_t bytes, bool moves) : bytes_{bytes}, moves_{moves} {}

  void run(const void* const* operands, void* result, std::int64_t count) const override {
    if (moves_)
      std::memmove(result, operands[0], static_cast<std::size_t>(count) * bytes_);
    else
      repeat(static_cast<const std::byte*>(operands[0]), bytes_, count, static_cast<std::byte*>(result));
  }

 private:
  std::size_t bytes_;
  bool moves_;
};

}  // namespace

std::string BroadcastTo::attributes() const {
  return fmt::format("shape={}", to_string(shape));
}

Types BroadcastTo::infer(const Types& operands) const {
  const auto& x = operands[0].shape;
  bool fits = x.rank() <= shape.rank();
  for (std::size_t axis = 0; fits && axis < x.rank(); ++axis)
    fits = x[axis] == Dim{1} || x[axis] == shape[shape.rank() - x.rank() + axis];
  if (!fits)
    throw ShapeError{fmt::format("{} cannot be repeated to fill {}", to_string(x), to_string(shape)),
                     "extents must be equal, or 1 to be repeated, counted from the last axis"};
  return {{operands[0].dtype, shape}};
}

std::unique_ptr<Kernel> BroadcastTo::prepare(const Signature& signature) const {
  return elementwise_kernel(signature, [&](const Signature& types) { return pointwise(types); });
}

/// Operands of elementwise ops are repeated as needed: what is left to do is to copy.
std::unique_ptr<Pointwise> BroadcastTo::pointwise(const Signature& signature) const {
  return std::make_unique<CopyPointwise>(size_in_bytes(signature.inputs[0].dtype), moves(signature, 0));
}

/// What repeats nothing leaves the numbers where they are, and two in a row are one.
std::optional<Rewritten> BroadcastTo::rewrite(const Match& match) const {
  if (element_count(match.type(0).extents) == element_count(match.result_type().extents))
    return as_reshaped(match);
  if (match.made_by<BroadcastTo>(0)) return Rewritten{*this, match.producer(0)->inputs};
  return std::nullopt;
}

Gradients BroadcastTo::gradient(const Applied& node, const Tensor& upstream) const {
  return {sum_to(upstream, node.input(0).shape())};
}

Tensor broadcast_to(const Tensor& x, Shape shape, std::source_location where) {
  return apply(BroadcastTo{std::move(shape)}, {x}, where);
}

std::vector<CatalogueEntry> broadcast_to_entries() {
  const auto to = [](Shape shape) {
    return [=](std::span<const Tensor> x) { return broadcast_to(x[0], shape); };
  };
  return {{"broadcast_to",
           "y[..., j, ...] = x[..., 0, ...] where x is repeated",
           "[...] -> shape",
           "upstream, summed where x was repeated",
           any_dtypes,
           {{"a scalar", {sample_numbers({}, -2, 2)}, to({2, 3})},
            {"rows", {sample_numbers({3}, -2, 2)}, to({2, 2, 3})},
            {"columns", {sample_numbers({2, 1}, -2, 2)}, to({2, 3})},
            {"the middle", {sample_numbers({2, 1, 3}, -2, 2)}, to({2, 2, 3})},
            {"not at all", {sample_numbers({2, 3}, -2, 2)}, to({2, 3})}}}};
}

}  // namespace retrograph
