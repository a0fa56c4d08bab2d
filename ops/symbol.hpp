#pragma once

#include <retrograph/graph/dtype.hpp>
#include <retrograph/graph/formula.hpp>

#include <cmath>

namespace retrograph {

/// A number whose value is not known: what is calculated with it becomes a formula. A function that is
/// written for any number, applied to symbols, so tells what it computes. What is calculated from plain
/// numbers alone is in no formula, since its rounding is that of a type which a symbol does not know.
class Symbol {
 public:
  Symbol(double number) : number_{number} {}
  static Symbol operand(Formula& formula, std::uint32_t number) { return {formula, formula.operand(number)}; }

  /// Whether it is what the formula's last operation makes.
  bool is_result_of(const Formula& formula) const {
    return formula_ == &formula && value_ + 1 == formula.steps().size() &&
           argument_count(formula.steps()[value_].operation) > 0;
  }

  struct Comparison {
    Formula* formula;  // null where both are plain numbers
    Formula::Operation choice;
    Formula::Value a, b;
  };

  friend Symbol operator+(const Symbol& a, const Symbol& b) { return apply(Operation::add, a, b); }
  friend Symbol operator-(const Symbol& a, const Symbol& b) { return apply(Operation::subtract, a, b); }
  friend Symbol operator*(const Symbol& a, const Symbol& b) { return apply(Operation::multiply, a, b); }
  friend Symbol operator/(const Symbol& a, const Symbol& b) { return apply(Operation::divide, a, b); }
  friend Symbol operator-(const Symbol& a) { return apply(Operation::negate, a); }
  friend Symbol abs(const Symbol& a) { return apply(Operation::absolute, a); }
  friend Symbol sqrt(const Symbol& a) { return apply(Operation::square_root, a); }
  friend Comparison operator<(const Symbol& a, const Symbol& b) {
    return compare(Operation::choose_if_less, a, b);
  }
  friend Comparison operator>(const Symbol& a, const Symbol& b) { return b < a; }
  friend Comparison operator<=(const Symbol& a, const Symbol& b) {
    return compare(Operation::choose_if_at_most, a, b);
  }
  friend Comparison operator>=(const Symbol& a, const Symbol& b) { return b <= a; }
  friend Comparison operator==(const Symbol& a, const Symbol& b) {
    return compare(Operation::choose_if_equal, a, b);
  }
  friend Symbol choose(const Comparison& comparison, const Symbol& then, const Symbol& otherwise) {
    const auto [formula, choice, a, b] = comparison;
    if (!formula || then.is_lost_ || otherwise.is_lost_) return lost();
    return {*formula, formula->apply(choice, {a, b, then.value_in(*formula), otherwise.value_in(*formula)})};
  }

 private:
  using Operation = Formula::Operation;

  Symbol(Formula& formula, Formula::Value value) : formula_{&formula}, value_{value} {}

  static Symbol lost() {
    Symbol symbol{0};
    symbol.is_lost_ = true;
    return symbol;
  }
  /// Of the arguments that have one; null if none has, or one is lost.
  template <class... Symbols>
  static Formula* common_formula(const Symbols&... arguments) {
    Formula* formula = nullptr;
    ((formula = arguments.formula_ ? arguments.formula_ : formula), ...);
    return (arguments.is_lost_ || ...) ? nullptr : formula;
  }
  template <class... Symbols>
  static Symbol apply(Operation operation, const Symbols&... arguments) {
    auto* const formula = common_formula(arguments...);
    return formula ? Symbol{*formula, formula->apply(operation, {arguments.value_in(*formula)...})} : lost();
  }
  static Comparison compare(Operation choice, const Symbol& a, const Symbol& b) {
    auto* const formula = common_formula(a, b);
    return formula ? Comparison{formula, choice, a.value_in(*formula), b.value_in(*formula)}
                   : Comparison{nullptr, choice, 0, 0};
  }
  Formula::Value value_in(Formula& formula) const { return formula_ ? value_ : formula.number(number_); }

  Formula* formula_ = nullptr;
  Formula::Value value_ = 0;
  double number_ = 0;     // if there is no formula
  bool is_lost_ = false;  // calculated from plain numbers alone
};

/// Also where it is called by its full name.
Symbol choose(const Symbol::Comparison& comparison, const Symbol& then, const Symbol& otherwise);

/// What an elementwise function takes that may become machine code. There, each operation rounds once. A sum
/// of a product is not for it, since a compiler may round that but once: such a function takes floats alone,
/// so that its bits do not depend on where it runs.
template <class T>
concept Real = std::floating_point<T> || std::same_as<T, Symbol>;
template <class T>
concept RealOrInteger = Number<T> || std::same_as<T, Symbol>;

/// condition ? then : otherwise.
template <Number T>
[[gnu::always_inline]] constexpr T choose(bool condition, T then, T otherwise) {
  return condition ? then : otherwise;
}

}  // namespace retrograph
