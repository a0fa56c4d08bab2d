#include <retrograph/ops/accumulated_product.hpp>
#include <retrograph/ops/arithmetic_op.hpp>
#include <retrograph/ops/matmul_op.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Operands: a, b, c, and the scalars that factors refer to.
struct AccumulatedProduct {
  static constexpr std::string_view name = "accumulated_product";
  static constexpr bool differentiable = false;  // made of a graph that is differentiated already
  static constexpr bool never_fails = true;
  Matmul matmul;
  Factor factor, addend_factor;

  std::string attributes() const {
    const auto text = [](const Factor& f) {
      return fmt::format("{}{}", f.negative ? "-" : "", f.operand ? "scalar" : "1");
    };
    const auto transposes = matmul.attributes();
    return fmt::format("factor={}, addend_factor={}{}{}", text(factor), text(addend_factor),
                       transposes.empty() ? "" : ", ", transposes);
  }
  Types infer(const Types& operands) const { return {operands[2]}; }
  static bool overwrites(std::size_t, std::size_t operand) { return operand == 2; }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return retrograph::prepare<T>(product(signature));
  }
  double cost(const Signature& signature) const { return retrograph::cost(product(signature)); }

  friend bool operator==(const AccumulatedProduct&, const AccumulatedProduct&) = default;

 private:
  MatrixProduct product(const Signature& signature) const {
    auto product = matmul.product(signature);
    product.addend = Addend::matrix;
    product.factor = factor;
    product.addend_factor = addend_factor;
    return product;
  }
};

/// An operand of an addition, taken apart: what is multiplied by a scalar in a step that nobody else reads.
struct Term {
  ValueId value;
  std::optional<ValueId> scalar = {};
};

Term taken_apart(const Match& match, ValueId value) {
  const auto* producer = match.producer_of(value);
  if (!producer || !is_multiply(producer->op) || !match.has_one_reader(value)) return {value};
  for (const auto place : {std::size_t{0}, std::size_t{1}}) {
    const auto factor = producer->inputs[place], other = producer->inputs[1 - place];
    if (element_count(match.type_of(factor).extents) == 1 && match.type_of(other) == match.type_of(value))
      return {other, factor};
  }
  return {value};
}

/// The product that a term is, if nobody else reads it.
const Step* product_of(const Match& match, const Term& term) {
  const auto* producer = match.producer_of(term.value);
  return producer && producer->op.as<Matmul>() && match.has_one_reader(term.value) ? producer : nullptr;
}

std::optional<Combined> accumulate(const Match& match, std::size_t place, bool second_is_negative) {
  const auto term = taken_apart(match, match.input(place));
  const auto* product = product_of(match, term);
  if (!product) return std::nullopt;
  const auto addend = taken_apart(match, match.input(1 - place));
  auto inputs = product->inputs;
  inputs.push_back(addend.value);
  const auto factor_of = [&](const Term& part, bool is_second) {
    Factor factor{is_second && second_is_negative};
    if (part.scalar) {
      factor.operand = inputs.size();
      inputs.push_back(*part.scalar);
    }
    return factor;
  };
  const auto factor = factor_of(term, place == 1), addend_factor = factor_of(addend, place == 0);
  return Combined{AccumulatedProduct{*product->op.as<Matmul>(), factor, addend_factor}, std::move(inputs)};
}

}  // namespace

std::optional<Combined> accumulate_product(const Match& match, bool second_is_negative) {
  if (!is_floating(match.type(0).dtype) || match.type(0) != match.type(1)) return std::nullopt;
  if (auto combined = accumulate(match, 1, second_is_negative)) return combined;
  return accumulate(match, 0, second_is_negative);
}

}  // namespace retrograph
