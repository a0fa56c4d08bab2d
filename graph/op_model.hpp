#pragma once

#include <retrograph/graph/op.hpp>

namespace retrograph {

/// What stands behind an Op: an op's own functions, and for those that it does not have what is assumed.
template <class O>
struct Op::Model final : Concept {
  explicit Model(O o) : op{std::move(o)} {}

  std::string_view name() const override { return O::name; }

  std::string attributes() const override {
    if constexpr (requires { op.attributes(); })
      return op.attributes();
    else
      return {};
  }

  Types infer(const Types& operands) const override { return op.infer(operands); }
  std::size_t typed_by() const override { return detail::typed_by<O>(); }

  bool supports(DType dtype) const override {
    if constexpr (detail::Prepares<O> || detail::Computes<O>)
      return true;
    else
      return visit(dtype, []<class T>(std::type_identity<T>) { return detail::HasKernelFor<O, T>; });
  }

  bool differentiable(std::size_t result) const override {
    return detail::HasGradients<O> || (detail::HasGradient<O> && result == 0);
  }

  Gradients gradient(const Applied& node, const Upstreams& upstreams) const override {
    if constexpr (detail::HasGradients<O>)
      return op.gradient(node, upstreams);
    else if constexpr (detail::HasGradient<O>)
      return op.gradient(node, only_upstream(upstreams));
    else
      throw InternalError{"the gradient of an op without one was asked for"};
  }

  std::unique_ptr<Kernel> prepare(const Signature& signature) const override {
    if constexpr (detail::Prepares<O>) {
      return op.prepare(signature);
    } else if constexpr (detail::Computes<O>) {
      return std::make_unique<detail::UntypedKernel<O>>(op);
    } else {
      const auto dtype = detail::typed_by<O>() < signature.inputs.size()
                             ? signature.inputs[detail::typed_by<O>()].dtype
                             : signature.outputs[0].dtype;
      return visit(dtype, [&]<class T>(std::type_identity<T>) { return prepare_for<T>(signature); });
    }
  }

  template <class T>
  std::unique_ptr<Kernel> prepare_for(const Signature& signature) const {
    if constexpr (detail::PreparesFor<O, T>)
      return op.template prepare<T>(signature);
    else if constexpr (detail::ComputesFor<O, T>)
      return std::make_unique<detail::TypedKernel<O, T>>(op);
    else
      throw InternalError{"a kernel was asked for a dtype that the op does not support"};
  }

  std::unique_ptr<Pointwise> pointwise([[maybe_unused]] const Signature& signature) const override {
    if constexpr (requires { op.pointwise(signature); })
      return op.pointwise(signature);
    else
      return nullptr;
  }

  std::int64_t line([[maybe_unused]] const Signature& signature) const override {
    if constexpr (requires { op.line(signature); })
      return op.line(signature);
    else
      return 0;
  }

  std::unique_ptr<PieceReduction> reduction([[maybe_unused]] const Signature& signature,
                                            [[maybe_unused]] std::int64_t pieces) const override {
    if constexpr (requires { op.reduction(signature, pieces); })
      return op.reduction(signature, pieces);
    else
      return nullptr;
  }

  double cost(const Signature& signature) const override {
    if constexpr (requires { op.cost(signature); })
      return op.cost(signature);
    else
      return default_cost(signature);
  }

  bool rewrites() const override {
    return requires(const Match& match) {
      op.rewrite(match);
    };
  }

  void rewrite(const Match& match, std::optional<Rewritten>& result) const override {
    if constexpr (requires { op.rewrite(match); }) result = op.rewrite(match);
  }

  bool combines() const override {
    return requires(const Match& match) {
      op.combine(match);
    };
  }

  void combine(const Match& match, std::optional<Combined>& result) const override {
    if constexpr (requires { op.combine(match); }) result = op.combine(match);
  }

  Traits traits() const override {
    Traits traits;
    if constexpr (requires { O::alias; }) traits.alias = O::alias;
    if constexpr (requires { O::rearranges; }) traits.rearranges = O::rearranges;
    if constexpr (requires { O::shape_only; }) traits.shape_only = O::shape_only;
    if constexpr (requires { O::random; }) traits.random = O::random;
    if constexpr (requires { O::never_negative_zero; }) traits.never_negative_zero = O::never_negative_zero;
    if constexpr (requires { O::takes_epilogue; }) traits.takes_epilogue = O::takes_epilogue;
    return traits;
  }

  bool may_overwrite(std::size_t result, std::size_t operand) const override {
    if constexpr (requires { op.overwrites(result, operand); })
      return op.overwrites(result, operand);
    else if constexpr (requires { O::in_place; })
      return O::in_place && result == 0;
    else
      return false;
  }

  bool never_fails(const Signature& signature) const override {
    if constexpr (requires { op.never_fails(signature); })
      return op.never_fails(signature);
    else if constexpr (requires { O::never_fails; })
      return O::never_fails;
    else
      return false;
  }

  const std::type_info& type() const override { return typeid(O); }
  const void* address() const override { return &op; }

  bool equals(const Concept& other) const override {
    if (other.type() != typeid(O)) return false;
    if constexpr (std::is_empty_v<O>)
      return true;
    else if constexpr (requires(const O& a, const O& b) {
                         { a == b } -> std::convertible_to<bool>;
                       })
      return op == *static_cast<const O*>(other.address());
    else
      return this == &other;
  }

  O op;
};

}  // namespace retrograph
