#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace retrograph {

/// What each named symbol stands for in one run.
using Binding = std::map<std::string, std::int64_t, std::less<>>;

/// The extent of one axis: a number, or an integer polynomial in named symbols that are bound when the graph
/// runs. Most are a number or a single symbol; sums and products come from concatenating and flattening. Two
/// dims are equal if their polynomials are: by name, never by what they may be bound to.
class Dim {
 public:
  template <std::integral T>
  Dim(T number) : number_{static_cast<std::int64_t>(number)} {}

  /// Throws ShapeError if `name` is no identifier.
  static Dim symbol(std::string name);

  bool is_number() const { return !terms_; }
  /// The number; throws InternalError for a symbolic dim.
  std::int64_t number() const;
  /// The name if this is one symbol alone.
  std::optional<std::string> symbol_name() const;
  /// The names of all symbols in it, in order.
  std::vector<std::string> symbols() const;

  /// The number under a binding. Throws FeedError naming a symbol that is not bound, or a result below 0.
  std::int64_t evaluate(const Binding& binding) const;

  friend bool operator==(const Dim& a, const Dim& b);
  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b);
  friend Dim operator*(const Dim& a, const Dim& b);

  /// q with q * divisor == dividend, if there is one and `divisor` has a single term.
  friend std::optional<Dim> divide_exactly(const Dim& dividend, const Dim& divisor);

  /// `dividend` / `divisor` rounded up, if that is a polynomial whatever the symbols are bound to: the
  /// coefficients of the symbols must be multiples of `divisor`, which is above 0.
  friend std::optional<Dim> divide_rounding_up(const Dim& dividend, std::int64_t divisor);

  /// "784", "batch", "2*batch + 1".
  friend std::string to_string(const Dim& dim);

 private:
  /// The symbols of a product, sorted, with repetition; empty for the constant term.
  using Monomial = std::vector<std::string>;
  /// Coefficients other than 0.
  using Terms = std::map<Monomial, std::int64_t>;

  explicit Dim(Terms terms);
  Terms terms() const;

  std::int64_t number_ = 0;
  std::shared_ptr<const Terms> terms_;  // null for a number
};

}  // namespace retrograph
