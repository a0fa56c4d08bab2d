#pragma once

#include <retrograph/graph/dtype.hpp>
#include <retrograph/graph/formula.hpp>

#include <cmath>

namespace retrograph {

/// A number whose value is not known: what is calculated with it becomes a formula. A function that is
/// written for any number, applied to symbols, so tells what it computes.
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
    Formula::Operation choice;
    const Symbol &a, &b;
  };

  friend Symbol operator+(const Symbol& a, const Symbol& b) { return apply(Operation::add, a, b); }
  friend Symbol operator-(const Symbol& a, const Symbol& b) { return apply(Operation::subtract, a, b); }
  friend Symbol operator*(const Symbol& a, const Symbol& b) { return apply(Operation::multiply, a, b); }
  friend Symbol operator/(const Symbol& a, const Symbol& b) { return apply(Operation::divide, a, b); }
  friend Symbol operator-(const Symbol& a) { return apply(Operation::negate, a); }
  friend Symbol abs(const Symbol& a) { return apply(Operation::absolute, a); }
  friend Symbol sqrt(const Symbol& a) { return apply(Operation::square_root, a); }
  friend Comparison operator<(const Symbol& a, const Symbol& b) { return {Operation::choose_if_less, a, b}; }
  friend Comparison operator>(const Symbol& a, const Symbol& b) { return {Operation::choose_if_less, b, a}; }
  friend Comparison operator<=(const Symbol& a, const Symbol& b) {
    return {Operation::choose_if_at_most, a, b};
  }
  friend Comparison operator>=(const Symbol& a, const Symbol& b) {
    return {Operation::choose_if_at_most, b, a};
  }
  friend Comparison operator==(const Symbol& a, const Symbol& b) {
    return {Operation::choose_if_equal, a, b};
  }
  friend Symbol choose(const Comparison& comparison, const Symbol& then, const Symbol& otherwise) {
    return apply(comparison.choice, comparison.a, comparison.b, then, otherwise);
  }

 private:
  using Operation = Formula::Operation;

  Symbol(Formula& formula, Formula::Value value) : formula_{&formula}, value_{value} {}

  /// One of the arguments, at least, is no plain number.
  template <class... Symbols>
  static Symbol apply(Operation operation, const Symbols&... arguments) {
    Formula* formula = nullptr;
    ((formula = arguments.formula_ ? arguments.formula_ : formula), ...);
    return {*formula, formula->apply(operation, {arguments.value_in(*formula)...})};
  }
  Formula::Value value_in(Formula& formula) const { return formula_ ? value_ : formula.number(number_); }

  Formula* formula_ = nullptr;
  Formula::Value value_ = 0;
  double number_ = 0;  // if there is no formula
};

/// What a function takes that is to become machine code. In it, a product that is added to something is
/// rounded before, which a compiler may leave out.
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
