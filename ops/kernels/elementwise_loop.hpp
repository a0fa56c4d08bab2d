#pragma once

#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/pointwise.hpp>
#include <retrograph/ops/symbol.hpp>

#include <array>
#include <utility>

/// Before a loop in which no place depends on another: a result may lie over an operand, place by place.
#if defined(__clang__)
#define RETROGRAPH_PLACE_BY_PLACE _Pragma("clang loop vectorize(assume_safety)")
#else
#define RETROGRAPH_PLACE_BY_PLACE _Pragma("GCC ivdep")
#endif

namespace retrograph {

// The innermost loops of elementwise functions F, which have `apply`. Those of floats are compiled for the
// widest vectors of the machine.

/// An operand of an elementwise loop: it moves along with the result, or is one number for all places.
template <class T, bool moves>
struct Argument {
  const T* numbers;
  [[gnu::always_inline]] explicit Argument(const void* data) : numbers{static_cast<const T*>(data)} {}
  [[gnu::always_inline]] T operator[](std::int64_t i) const { return numbers[i]; }
};
template <class T>
struct Argument<T, false> {
  T number;
  [[gnu::always_inline]] explicit Argument(const void* data) : number{*static_cast<const T*>(data)} {}
  [[gnu::always_inline]] T operator[](std::int64_t) const { return number; }
};

template <class F, class... Arguments>
struct ElementwiseLoop {
  template <int>
  struct Loop {
    template <class R>
    [[gnu::always_inline]] static void run(const F& function, R* result, std::int64_t count,
                                           const Arguments&... arguments) {
      const F f = function;  // a copy that no write to the result can change
      RETROGRAPH_PLACE_BY_PLACE
      for (std::int64_t i = 0; i < count; ++i) result[i] = f.apply(arguments[i]...);
    }
  };
};

/// Floats gain from wide vectors; for the others, one instance is enough.
template <class F, class R, class... Arguments>
void run_elementwise(const F& f, R* result, std::int64_t count, const Arguments&... arguments) {
  using Loops = ElementwiseLoop<F, Arguments...>;
  if constexpr ((std::floating_point<std::remove_cvref_t<decltype(arguments[0])>> || ...))
    run_on_widest_vectors<Loops::template Loop>(f, result, count, arguments...);
  else
    Loops::template Loop<16>::run(f, result, count, arguments...);
}

/// The formula of a function on `arity` floats of type T, if it takes symbols.
template <class T, std::size_t arity, class F>
std::optional<Formula> formula_of(const F& f) {
  return [&]<std::size_t... i>(std::index_sequence<i...>)->std::optional<Formula> {
    if constexpr (std::floating_point<T> &&
                  requires(const std::array<Symbol, arity>& x) { f.apply(x[i]...); }) {
      Formula formula;
      const std::array operands{Symbol::operand(formula, i)...};
      if (f.apply(operands[i]...).is_result_of(formula)) return formula;
    }
    return std::nullopt;
  }
  (std::make_index_sequence<arity>{});
}

template <class F, class T>
class UnaryPointwise final : public Pointwise {
 public:
  explicit UnaryPointwise(const F& f) : f_{f} {}

  void run(const void* const* operands, void* result, std::int64_t count) const override {
    using R = decltype(f_.apply(T{}));
    run_elementwise(f_, static_cast<R*>(result), count, Argument<T, true>{operands[0]});
  }
  std::optional<Formula> formula() const override { return formula_of<T, 1>(f_); }

 private:
  [[no_unique_address]] F f_;
};

template <class F, class T>
class BinaryPointwise final : public Pointwise {
 public:
  /// One of the operands moves.
  BinaryPointwise(const F& f, bool first_moves, bool second_moves)
      : f_{f}, first_moves_{first_moves}, second_moves_{second_moves} {}

  void run(const void* const* operands, void* result, std::int64_t count) const override {
    using R = decltype(f_.apply(T{}, T{}));
    auto* y = static_cast<R*>(result);
    if (first_moves_ && second_moves_)
      run_elementwise(f_, y, count, Argument<T, true>{operands[0]}, Argument<T, true>{operands[1]});
    else if (first_moves_)
      run_elementwise(f_, y, count, Argument<T, true>{operands[0]}, Argument<T, false>{operands[1]});
    else
      run_elementwise(f_, y, count, Argument<T, false>{operands[0]}, Argument<T, true>{operands[1]});
  }
  std::optional<Formula> formula() const override { return formula_of<T, 2>(f_); }

 private:
  [[no_unique_address]] F f_;
  bool first_moves_, second_moves_;
};

}  // namespace retrograph
