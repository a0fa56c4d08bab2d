#include <retrograph/graph/dim.hpp>
#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace retrograph {
namespace {

bool is_identifier(const std::string& name) {
  const auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), letter);
}

std::int64_t multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product))
    throw ShapeError{fmt::format("an extent of {} times {} does not fit 64 bits", a, b)};
  return product;
}

std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum))
    throw ShapeError{fmt::format("an extent of {} plus {} does not fit 64 bits", a, b)};
  return sum;
}

}  // namespace

Dim::Dim(Terms terms) {
  std::erase_if(terms, [](const auto& term) { return term.second == 0; });
  if (terms.empty()) return;
  if (terms.size() == 1 && terms.begin()->first.empty())
    number_ = terms.begin()->second;
  else
    terms_ = std::make_shared<const Terms>(std::move(terms));
}

Dim Dim::symbol(std::string name) {
  if (!is_identifier(name))
    throw ShapeError{fmt::format("'{}' is no name for a dim", name), "use letters, digits and _"};
  return Dim{Terms{{{std::move(name)}, 1}}};
}

Dim::Terms Dim::terms() const {
  return terms_ ? *terms_ : Terms{{{}, number_}};
}

std::int64_t Dim::number() const {
  invariant(is_number(), "a symbolic dim is used as a number");
  return number_;
}

std::optional<std::string> Dim::symbol_name() const {
  if (!terms_ || terms_->size() != 1) return std::nullopt;
  const auto& [monomial, coefficient] = *terms_->begin();
  if (monomial.size() != 1 || coefficient != 1) return std::nullopt;
  return monomial.front();
}

std::vector<std::string> Dim::symbols() const {
  std::vector<std::string> names;
  if (terms_)
    for (const auto& [monomial, coefficient] : *terms_)
      names.insert(names.end(), monomial.begin(), monomial.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::int64_t Dim::evaluate(const Binding& binding) const {
  if (!terms_) return number_;
  std::int64_t sum = 0;
  for (const auto& [monomial, coefficient] : *terms_) {
    std::int64_t product = coefficient;
    for (const auto& name : monomial) {
      const auto bound = binding.find(name);
      if (bound == binding.end())
        throw FeedError{fmt::format("the dim '{}' is not bound: no fed input has it", name)};
      product = multiply(product, bound->second);
    }
    sum = add(sum, product);
  }
  if (sum < 0) throw FeedError{fmt::format("the extent {} comes to {}", to_string(*this), sum)};
  return sum;
}

bool operator==(const Dim& a, const Dim& b) {
  if (a.is_number() || b.is_number()) return a.is_number() && b.is_number() && a.number_ == b.number_;
  return a.terms_ == b.terms_ || *a.terms_ == *b.terms_;
}

Dim operator+(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) return add(a.number_, b.number_);
  auto sum = a.terms();
  for (const auto& [monomial, coefficient] : b.terms()) sum[monomial] = add(sum[monomial], coefficient);
  return Dim{std::move(sum)};
}

Dim operator-(const Dim& a, const Dim& b) {
  return a + Dim{-1} * b;
}

Dim operator*(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) return multiply(a.number_, b.number_);
  Dim::Terms product;
  for (const auto& [left, left_coefficient] : a.terms())
    for (const auto& [right, right_coefficient] : b.terms()) {
      Dim::Monomial monomial;
      std::merge(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(monomial));
      product[monomial] = add(product[monomial], multiply(left_coefficient, right_coefficient));
    }
  return Dim{std::move(product)};
}

std::optional<Dim> divide_exactly(const Dim& dividend, const Dim& divisor) {
  const auto terms = divisor.terms();
  if (terms.size() != 1 || terms.begin()->second == 0) return std::nullopt;
  const auto& [factor, number] = *terms.begin();
  Dim::Terms quotient;
  for (const auto& [monomial, coefficient] : dividend.terms()) {
    if (coefficient % number != 0) return std::nullopt;
    if (!std::includes(monomial.begin(), monomial.end(), factor.begin(), factor.end())) return std::nullopt;
    Dim::Monomial rest;
    std::set_difference(monomial.begin(), monomial.end(), factor.begin(), factor.end(),
                        std::back_inserter(rest));
    quotient[rest] = coefficient / number;
  }
  return Dim{std::move(quotient)};
}

std::optional<Dim> divide_rounding_up(const Dim& dividend, std::int64_t divisor) {
  invariant(divisor > 0, "a dim is divided by a number that is not above 0");
  Dim::Terms quotient;
  for (const auto& [monomial, coefficient] : dividend.terms()) {
    const bool has_rest = coefficient % divisor != 0;
    if (has_rest && !monomial.empty()) return std::nullopt;
    quotient[monomial] = coefficient / divisor + (has_rest && coefficient > 0 ? 1 : 0);
  }
  return Dim{std::move(quotient)};
}

std::string to_string(const Dim& dim) {
  if (dim.is_number()) return fmt::format("{}", dim.number_);
  std::string text;
  for (auto term = dim.terms_->rbegin(); term != dim.terms_->rend(); ++term) {
    const auto& [monomial, coefficient] = *term;
    const auto magnitude = coefficient < 0 ? -coefficient : coefficient;
    const auto symbols = fmt::format("{}", fmt::join(monomial, "*"));
    if (!text.empty() || coefficient < 0) text += text.empty() ? "-" : coefficient < 0 ? " - " : " + ";
    if (monomial.empty())
      text += fmt::format("{}", magnitude);
    else
      text += magnitude == 1 ? symbols : fmt::format("{}*{}", magnitude, symbols);
  }
  return text;
}

}  // namespace retrograph
