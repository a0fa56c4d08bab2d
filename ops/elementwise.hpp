#pragma once

#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/rewrites.hpp>

#include <algorithm>

namespace retrograph {

/// Numbers that one thread takes at a time: some microseconds of work, and in the first-level cache.
inline constexpr std::int64_t elementwise_grain = 8192;

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

/// Shape rule and kernel of an op that applies one function to each number. `F` derives from it and has
///
///     template <std::floating_point T> static T apply(T x);
///
/// constrained to the dtypes it makes sense for,
/// not static where it needs attributes of F. It must depend on its argument and those alone, and not throw.
template <class F>
struct Unary {
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    return {{elementwise_dtype<F, 1>(operands[0].dtype), operands[0].shape}};
  }

  template <Element T>
  requires AppliesTo<F, T>
  void compute(const Call& call) const {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<ElementwiseResult<F, T>>();
    // A copy of the attributes that no write to y can change.
    const F f = static_cast<const F&>(*this);
    parallel_for(call.output(0).size, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
      for (auto i = begin; i < end; ++i) y[i] = f.apply(x[i]);
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

/// The kernel of a function of two numbers, with operands repeated as needed. The innermost loop is one of
/// three, since there an operand moves or stands still: each is plain enough for the compiler to vectorise.
template <class F, class T>
class BinaryKernel final : public Kernel {
 public:
  BinaryKernel(const F& f, const Signature& signature) : f_{f}, loop_{signature} {}

  void run(const Call& call) const override {
    const auto* a = call.input(0).values<T>();
    const auto* b = call.input(1).values<T>();
    auto* y = call.output(0).values<ElementwiseResult<F, T, T>>();
    if constexpr (RefusesPairs<F, T>) require_all(a, b, call.output(0).extents());
    parallel_for(loop_.size(), elementwise_grain, [&](std::int64_t first, std::int64_t last) {
      loop_.walk<2>(first, last, [&](std::int64_t begin, std::int64_t count, const auto& offsets) {
        stretch(a + offsets[0], b + offsets[1], y + begin, count);
      });
    });
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

  void stretch(const T* a, const T* b, ElementwiseResult<F, T, T>* y, std::int64_t count) const {
    const F f = f_;
    if (loop_.moves(0) && loop_.moves(1)) {
      for (std::int64_t i = 0; i < count; ++i) y[i] = f.apply(a[i], b[i]);
    } else if (loop_.moves(0)) {
      const auto right = *b;
      for (std::int64_t i = 0; i < count; ++i) y[i] = f.apply(a[i], right);
    } else if (loop_.moves(1)) {
      const auto left = *a;
      for (std::int64_t i = 0; i < count; ++i) y[i] = f.apply(left, b[i]);
    } else {
      std::fill_n(y, count, f.apply(*a, *b));
    }
  }

  [[no_unique_address]] F f_;
  BroadcastLoop loop_;
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
  const { return std::make_unique<BinaryKernel<F, T>>(static_cast<const F&>(*this), signature); }

  std::optional<Rewritten> rewrite(const Match& match) const { return without_repetition(match); }
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
