#pragma once

#include <retrograph/graph/applied.hpp>
#include <retrograph/graph/kernel.hpp>

#include <concepts>
#include <memory>

// The forms in which an op may have its gradient and its kernel; see op.hpp.

namespace retrograph::detail {

template <class O>
concept HasGradient = requires(const O& op, const Applied& node, const Tensor& upstream) {
  { op.gradient(node, upstream) } -> std::convertible_to<Gradients>;
};
template <class O>
concept HasGradients = requires(const O& op, const Applied& node, const Upstreams& upstreams) {
  { op.gradient(node, upstreams) } -> std::convertible_to<Gradients>;
};
template <class O>
concept RefusesGradient = requires {
  requires !O::differentiable;
};

template <class O>
concept Prepares = requires(const O& op, const Signature& signature) {
  { op.prepare(signature) } -> std::convertible_to<std::unique_ptr<Kernel>>;
};
template <class O>
concept Computes = requires(const O& op, const Call& call) {
  op.compute(call);
};
template <class O, class T>
concept PreparesFor = requires(const O& op, const Signature& signature) {
  { op.template prepare<T>(signature) } -> std::convertible_to<std::unique_ptr<Kernel>>;
};
template <class O, class T>
concept ComputesFor = requires(const O& op, const Call& call) {
  op.template compute<T>(call);
};
template <class O, class T>
concept HasKernelFor = PreparesFor<O, T> || ComputesFor<O, T>;
template <class O>
concept HasKernel = Prepares<O> || Computes<O> || HasKernelFor<O, float> || HasKernelFor<O, double> ||
    HasKernelFor<O, std::int32_t> || HasKernelFor<O, std::int64_t> || HasKernelFor<O, std::uint8_t> ||
    HasKernelFor<O, bool>;

/// The operand whose dtype chooses the instance of a templated kernel; the first unless `typed_by` says else.
template <class O>
constexpr std::size_t typed_by() {
  if constexpr (requires { O::typed_by; })
    return O::typed_by;
  else
    return 0;
}

template <class O>
struct UntypedKernel final : Kernel {
  explicit UntypedKernel(const O& o) : op{o} {}
  void run(const Call& call) const override { op.compute(call); }
  O op;
};

template <class O, class T>
struct TypedKernel final : Kernel {
  explicit TypedKernel(const O& o) : op{o} {}
  void run(const Call& call) const override { op.template compute<T>(call); }
  O op;
};

}  // namespace retrograph::detail
