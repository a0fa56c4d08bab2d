#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/argmax.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>

#include "statements.hpp"
#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace retrograph::program {
namespace {

constexpr std::string_view topic = "Inputs on which the original fails";

/// A row of two nets and what becomes of it.
class TwoNets {
 public:
  TwoNets(double first, double second) : nets_{graph_.constant(Array::of<double>({1, 2}, {first, second}))} {}

  Array softmax() const { return evaluate(retrograph::softmax(nets_)); }
  /// e^net / sum e^net as it is written.
  Array softmax_as_written() const {
    const auto powers = exp(nets_);
    return evaluate(powers / sum(powers, 1, Keep::yes));
  }
  double loss(std::int32_t label) {
    const auto labels = graph_.constant(Array::of<std::int32_t>({1}, {label}));
    return evaluate(sum(softmax_cross_entropy(nets_, labels))).scalar();
  }
  std::int64_t argmax() const {
    return static_cast<std::int64_t>(evaluate(retrograph::argmax(nets_, 1)).at(0));
  }

 private:
  Graph graph_;
  Tensor nets_;
};

/// Without the sign of a NaN, which means nothing.
std::string number(double x) {
  return fmt::format("{:.3g}", std::isnan(x) ? std::abs(x) : x);
}

std::string pair(const Array& a) {
  return fmt::format("({}, {})", number(a.at(0)), number(a.at(1)));
}

Statement check_softmax(double first, double second, double a, double b) {
  const TwoNets nets{first, second};
  const auto found = nets.softmax();
  const auto is_right = std::abs(found.at(0) - a) < 1e-300 && std::abs(found.at(1) - b) < 1e-300;
  return {
      topic, fmt::format("softmax of ({:g}, {:g}) is ({:g}, {:g})", first, second, a, b), is_right,
      fmt::format("{}; e^net / sum e^net as written gives {}", pair(found), pair(nets.softmax_as_written()))};
}

Statement check_loss(std::int32_t label, double right) {
  const auto loss = TwoNets{0, -746}.loss(label);
  return {topic,
          fmt::format("the loss of (0, -746) with the {} as label is {:g}", label == 0 ? "first" : "second",
                      right),
          loss == right, fmt::format("{:g}", loss)};
}

Statement check_argmax(double number, std::string_view what) {
  const auto place = TwoNets{number, number}.argmax();
  return {topic, fmt::format("of {} the first is taken", what), place == 0, fmt::format("place {}", place)};
}

Statement check_last_batch(const Dataset& digits) {
  constexpr std::int64_t size = 32;
  std::int64_t rows = 0, count = 0;
  for (const auto& batch : digits.batches(size)) {
    rows += batch.size();
    ++count;
  }
  return {topic, fmt::format("batches of {} leave none of {} digits out", size, digits.size()),
          rows == digits.size(), fmt::format("{} batches with {} digits", count, rows)};
}

}  // namespace

std::vector<Statement> check_extremes(const Dataset& digits) {
  return {check_softmax(710, 0, 1, 0),
          check_softmax(-746, -746, 0.5, 0.5),
          check_loss(1, 746),
          check_loss(0, 0),
          check_argmax(std::numeric_limits<double>::quiet_NaN(), "(NaN, NaN)"),
          check_argmax(1, "equal nets"),
          check_last_batch(digits)};
}

}  // namespace retrograph::program
