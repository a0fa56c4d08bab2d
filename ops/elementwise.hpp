#pragma once

#include <retrograph/graph/execute/pointwise_kernel.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/kernels/elementwise_loop.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <numeric>

namespace retrograph {

/// The result of an elementwise function on numbers of types T: of the same type, or bool for a predicate.
template <class F, class... T>
using ElementwiseResult = decltype(std::declval<const F&>().apply(std::declval<T>()...));

template <class F, class... T>
concept AppliesTo = requires(const F& f, T... x) {
  f.apply(x...);
};

/// The result dtype for operands of `dtype`. An unsupported dtype is refused elsewhere.
template <class F, std::size_t arity>
DType elementwise_dtype(DType dtype) {
  return visit(dtype, []<class T>(std::type_identity<T>) {
    if constexpr (arity == 1 && AppliesTo<F, T>)
      return dtype_of<ElementwiseResult<F, T>>();
    else if constexpr (arity == 2 && AppliesTo<F, T, T>)
      return dtype_of<ElementwiseResult<F, T, T>>();
    else
      return dtype_of<T>();
  });
}

/// The kernel of an elementwise op by itself; `make` prepares its function.
inline std::unique_ptr<Kernel> elementwise_kernel(
    const Signature& signature, std::function<std::unique_ptr<Pointwise>(const Signature&)> make) {
  std::vector<PointwiseKernel::Value> operands(signature.inputs.size());
  std::iota(operands.begin(), operands.end(), PointwiseKernel::Value{0});
  const std::array result{static_cast<PointwiseKernel::Value>(operands.size())};
  std::vector<PointwiseKernel::Instruction> instructions;
  instructions.push_back({std::move(make), signature, std::move(operands)});
  return std::make_unique<PointwiseKernel>(signature, signature.outputs[0].extents, std::move(instructions),
                                           result);
}

/// Shape rule and kernel of an op that applies one function to each number. `F` derives from it and has
///
///     template <std::floating_point T> static T apply(T x);
///
/// constrained to the dtypes it makes sense for, not static where it needs attributes of F. It must depend on
/// its argument and those alone, and not throw. With `Real` in place of std::floating_point, and `choose` in
/// that of ?:, it takes symbols, too, and can become machine code together with its neighbours: see
/// symbol.hpp.
template <class F>
struct Unary {
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    return {{elementwise_dtype<F, 1>(operands[0].dtype), operands[0].shape}};
  }

  template <Element T>
  requires AppliesTo<F, T> std::unique_ptr<Kernel> prepare(const Signature& signature)
  const {
    return elementwise_kernel(signature, [&](const Signature& types) { return pointwise(types); });
  }

  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const {
    return visit(signature.inputs[0].dtype,
                 [&]<class T>(std::type_identity<T>) -> std::unique_ptr<Pointwise> {
                   if constexpr (AppliesTo<F, T>)
                     return std::make_unique<UnaryPointwise<F, T>>(static_cast<const F&>(*this));
                   else
                     return nullptr;
                 });
  }
};

/// A function that refuses some pairs, as an integer division does 0: why, or nothing for a pair it takes.
template <class F, class T>
concept RefusesPairs = requires(const F& f, T x) {
  { f.refusal(x, x) } -> std::same_as<std::string_view>;
};
/// Throws FeedError with the reason, the place in the result and both numbers.
[[noreturn]] void refuse_pair(std::string_view reason, const Extents& extents, std::int64_t place,
                              std::int64_t a, std::int64_t b);

/// The kernel of a function that refuses some pairs: it looks at all of them first.
template <class F, class T>
class RefusingKernel final : public Kernel {
 public:
  RefusingKernel(const F& f, const Signature& signature, std::unique_ptr<Kernel> kernel)
      : f_{f}, loop_{signature}, kernel_{std::move(kernel)} {}

  void run(const Call& call) const override {
    require_all(call.input(0).values<T>(), call.input(1).values<T>(), call.output(0).extents());
    kernel_->run(call);
  }

 private:
  /// In order, so that the first refused pair is named, whatever the number of threads.
  void require_all(const T* a, const T* b, const Extents& extents) const {
    if (loop_.size() == 0) return;
    loop_.walk<2>(0, loop_.size(), [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
      for (std::int64_t i = 0; i < count; ++i) {
        const auto left = a[offsets[0] + (loop_.moves(0) ? i : 0)];
        const auto right = b[offsets[1] + (loop_.moves(1) ? i : 0)];
        const auto reason = f_.refusal(left, right);
        if (!reason.empty()) refuse_pair(reason, extents, begin + i, left, right);
      }
    });
  }

  [[no_unique_address]] F f_;
  BroadcastLoop loop_;
  std::unique_ptr<Kernel> kernel_;
};

/// Shape rule and kernel of an op that applies one function to each pair of numbers, after broadcasting. `F`
/// derives from it and has
///
///     template <Number T> static T apply(T a, T b);
///
/// and, if it takes not every pair of integers,
///
///     template <std::integral T> static std::string_view refusal(T a, T b);   // empty if it takes the pair
///
/// Neither may throw.
template <class F>
struct Binary {
  static constexpr bool in_place = true;

  bool never_fails(const Signature& signature) const {
    return visit(signature.inputs[0].dtype,
                 []<class T>(std::type_identity<T>) { return !RefusesPairs<F, T>; });
  }

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    return {{elementwise_dtype<F, 2>(operands[0].dtype), broadcast(operands)}};
  }

  template <Element T>
  requires AppliesTo<F, T, T> std::unique_ptr<Kernel> prepare(const Signature& signature)
  const {
    auto kernel = elementwise_kernel(signature, [&](const Signature& types) { return loop<T>(types); });
    if constexpr (RefusesPairs<F, T>)
      return std::make_unique<RefusingKernel<F, T>>(function(), signature, std::move(kernel));
    else
      return kernel;
  }

  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const {
    return visit(signature.inputs[0].dtype,
                 [&]<class T>(std::type_identity<T>) -> std::unique_ptr<Pointwise> {
                   if constexpr (AppliesTo<F, T, T> && !RefusesPairs<F, T>)
                     return loop<T>(signature);
                   else
                     return nullptr;
                 });
  }

  std::optional<Rewritten> rewrite(const Match& match) const { return without_repetition(match); }

 private:
  const F& function() const { return static_cast<const F&>(*this); }

  template <Element T>
  std::unique_ptr<Pointwise> loop(const Signature& signature) const {
    return std::make_unique<BinaryPointwise<F, T>>(function(), moves(signature, 0), moves(signature, 1));
  }
};

/// An op whose result is bool for numbers of any type. Its numbers are smaller than those of its operands, so
/// they can have the same bytes as a repeated operand: it must not overwrite one.
template <class F>
struct Predicate : Binary<F> {
  static constexpr bool in_place = false;
  static constexpr bool differentiable = false;
};

/// The gradients of a binary op: each given as a function that makes it, called if it is wanted, then summed
/// to the operand's shape.
template <class A, class B>
Gradients broadcast_gradients(const Applied& node, A&& gradient_of_a, B&& gradient_of_b) {
  Gradients gradients(2);
  if (node.wants(0)) gradients[0] = sum_to(gradient_of_a(), node.input(0).shape());
  if (node.wants(1)) gradients[1] = sum_to(gradient_of_b(), node.input(1).shape());
  return gradients;
}

}  // namespace retrograph
