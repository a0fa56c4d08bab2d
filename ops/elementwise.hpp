#pragma once

#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/operand.hpp>

namespace retrograph {

/// Numbers that one thread takes at a time: some microseconds of work, and in the first-level cache.
inline constexpr std::int64_t elementwise_grain = 8192;

/// The result dtype of an elementwise function on T: T, or bool for a predicate.
template <class F, class... T>
using ElementwiseResult = decltype(F::apply(std::declval<T>()...));

/// Shape rule and kernel of an op that applies one function to each number. `F` derives from it and has
///
///     template <std::floating_point T> static T apply(T x);   // constrained to the dtypes it makes sense
///     for
template <class F>
struct Unary {
  static constexpr bool in_place = true;

  Types infer(const Types& operands) const {
    const auto dtype = visit(operands[0].dtype, [&]<class T>(std::type_identity<T>) {
      if constexpr (requires(T x) { F::apply(x); })
        return dtype_of<ElementwiseResult<F, T>>();
      else
        return operands[0].dtype;
    });
    return {{dtype, operands[0].shape}};
  }

  template <Element T>
  requires requires(T x) { F::apply(x); }
  void compute(const Call& call) const {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<ElementwiseResult<F, T>>();
    parallel_for(call.output(0).size, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) y[i] = F::apply(x[i]);
    });
  }
};

/// The kernel of a function of two numbers, with operands repeated as needed. The innermost loop is one of
/// three, since there an operand moves or stands still: each is plain enough for the compiler to vectorise.
template <class F, class T>
class BinaryKernel final : public Kernel {
 public:
  explicit BinaryKernel(const Signature& signature) : loop_{signature} {}

  void run(const Call& call) const override {
    const auto* a = call.input(0).values<T>();
    const auto* b = call.input(1).values<T>();
    auto* y = call.output(0).values<ElementwiseResult<F, T, T>>();
    const bool a_moves = loop_.moves(0), b_moves = loop_.moves(1);
    parallel_for(loop_.size(), elementwise_grain, [&](std::int64_t first, std::int64_t last) {
      loop_.walk<2>(first, last, [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
        const auto *x = a + offsets[0], *z = b + offsets[1];
        auto* result = y + begin;
        if (a_moves && b_moves)
          for (std::int64_t i = 0; i < count; ++i) result[i] = F::apply(x[i], z[i]);
        else if (a_moves)
          for (std::int64_t i = 0; i < count; ++i) result[i] = F::apply(x[i], z[0]);
        else
          for (std::int64_t i = 0; i < count; ++i) result[i] = F::apply(x[0], b_moves ? z[i] : z[0]);
      });
    });
  }

 private:
  BroadcastLoop loop_;
};

/// Shape rule and kernel of an op that applies one function to each pair of numbers, after broadcasting. `F`
/// has
///
///     template <Number T> static T apply(T a, T b);
template <class F>
struct Binary {
  static constexpr bool in_place = true;

  Types infer(const Types& operands) const {
    require_same_dtype(operands);
    const auto dtype = visit(operands[0].dtype, [&]<class T>(std::type_identity<T>) {
      if constexpr (requires(T x) { F::apply(x, x); })
        return dtype_of<ElementwiseResult<F, T, T>>();
      else
        return operands[0].dtype;
    });
    return {{dtype, broadcast(operands)}};
  }

  template <Element T>
  requires requires(T x) { F::apply(x, x); }
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return std::make_unique<BinaryKernel<F, T>>(signature);
  }
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
