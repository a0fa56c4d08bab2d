#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/exponential.hpp>
#include <retrograph/ops/matmul.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/transpose.hpp>

#include "statements.hpp"
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph::program {
namespace {

constexpr std::string_view topic = "The error term of the output, delta = a - y (the 100 digits, at first)";
constexpr std::int64_t classes = 10;
constexpr double rounding = 1e-14;    // what a dozen operations on numbers below 16 may differ by
constexpr double differences = 1e-9;  // what central differences with a step of 1e-5 may be off
constexpr double step = 1e-5;

double furthest(const Array& a, const Array& b) {
  double distance = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) distance = std::max(distance, std::abs(a.at(i) - b.at(i)));
  return distance;
}

double largest(const Array& a) {
  return furthest(a, Array{a.extents(), a.dtype()});
}

double dot(const Array& a, const Array& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) sum += a.at(i) * b.at(i);
  return sum;
}

/// a + factor b
Array moved(const Array& a, const Array& b, double factor) {
  auto result = a;
  auto numbers = result.values<double>();
  for (std::int64_t i = 0; i < a.size(); ++i) numbers[static_cast<std::size_t>(i)] += factor * b.at(i);
  return result;
}

/// Random numbers in [-0.5, 0.5) as a way to go.
Array direction(const Extents& extents, std::string_view name) {
  Array numbers{extents, DType::float64};
  const RandomStream random{1, name};
  std::uint64_t place = 0;
  for (auto& number : numbers.values<double>()) number = random.uniform(place++) - 0.5;
  return numbers;
}

/// The nets that the digits have at first: [digits, classes].
Array first_nets(const Dataset& digits) {
  Graph graph;
  const auto model = lesson(graph);
  return evaluate(model.logits, initial_state(graph, first_lesson_seed), model.images.feed(digits.images));
}

/// A graph over the nets of the digits, which all is checked on.
class Nets {
 public:
  explicit Nets(const Dataset& digits)
      : values_{first_nets(digits)},
        input_{graph_.input("nets", {digits.size(), classes}, DType::float64)},
        labels_{graph_.constant(digits.labels)} {}

  const Input& input() const { return input_; }
  const Tensor& labels() const { return labels_; }
  Array value(const Tensor& tensor) const { return evaluate(tensor, input_.feed(values_)); }

  /// Central differences of a number of each row by each net of the row: [digits, classes].
  Array by_differences(const Tensor& of_each_row) {
    Executable executable{graph_, {.inputs = {input_}, .outputs = {of_each_row}}};
    Array slopes{values_.extents(), DType::float64};
    for (std::int64_t k = 0; k < classes; ++k) {
      const auto higher = at(executable, k, step), lower = at(executable, k, -step);
      for (std::int64_t row = 0; row < higher.size(); ++row)
        slopes.values<double>()[static_cast<std::size_t>(row * classes + k)] =
            (higher.at(row) - lower.at(row)) / (2 * step);
    }
    return slopes;
  }

 private:
  /// The numbers with net k of each row moved.
  Array at(Executable& executable, std::int64_t k, double distance) const {
    auto there = values_;
    for (std::int64_t row = 0; row < there.extents()[0]; ++row)
      there.values<double>()[static_cast<std::size_t>(row * classes + k)] += distance;
    return std::move(executable.run(input_.feed(there))).take().front();
  }

  Graph graph_;
  Array values_;
  Input input_;
  Tensor labels_;
};

Statement within(std::string text, double distance, double limit, std::string_view what) {
  return {topic, std::move(text), distance <= limit, fmt::format("{} {:.2g}", what, distance)};
}

void check_delta(Nets& of, std::vector<Statement>& statements) {
  const auto& nets = of.input();
  const auto a = softmax(nets), y = one_hot(of.labels(), classes, DType::float64);
  const auto losses = softmax_cross_entropy(nets, of.labels());
  const auto delta = of.value(a - y);
  const auto by_graph = of.value(gradient(sum(losses), nets));
  statements.push_back(within("delta is a - y by the graph's own gradient", furthest(by_graph, delta), 0,
                              "1,000 deltas differ by at most"));
  statements.push_back(within("delta is a - y by central differences",
                              furthest(of.by_differences(losses), delta), differences,
                              "1,000 deltas differ by at most"));

  const auto powers = exp(nets);
  const auto written_out = -sum(y * log(powers / sum(powers, 1, Keep::yes)));
  statements.push_back(within("delta is a - y by automatic differentiation of -sum y ln(e^net / sum e^net)",
                              furthest(of.value(gradient(written_out, nets)), delta), rounding,
                              "1,000 deltas differ by at most"));

  const auto loss_of = [&](const Tensor& target) { return -sum(target * log_softmax(nets)); };
  const auto distance_from = [&](const Tensor& target) {
    const auto formula = a * sum(target, 1, Keep::yes) - target;
    return furthest(of.value(gradient(loss_of(target), nets)), of.value(formula));
  };
  const auto spread = (y + 0.1) / 2;  // adds up to 1
  statements.push_back(within("it needs no one-hot y, but one that adds up to 1: it is a sum(y) - y",
                              std::max(distance_from(spread), distance_from(3 * spread)), rounding,
                              "with sums of 1 and 3 off by at most"));
  const auto b = softmax(nets);
  const auto by_a = gradient(-sum(y * log(b)), b);
  statements.push_back(
      within("dE/da = -y / a", furthest(of.value(by_a), of.value(-y / b)), 0, "off by at most"));
}

void check_jacobian(Nets& of, std::vector<Statement>& statements) {
  const auto a = softmax(of.input());
  double from_gradient = 0, from_differences = 0, row_sum = 0;
  for (std::int64_t j = 0; j < classes; ++j) {
    Array unit{{classes}, DType::float64};
    unit.values<double>()[static_cast<std::size_t>(j)] = 1;
    const auto e = of.input().graph().constant(unit);
    const auto a_j = sum(a * e, 1, Keep::yes);
    const auto formula = of.value(a_j * (e - a));
    const auto by_graph = gradient(sum(a_j), of.input());
    from_gradient = std::max(from_gradient, furthest(of.value(by_graph), formula));
    from_differences = std::max(from_differences, furthest(of.by_differences(a_j), formula));
    row_sum = std::max(row_sum, largest(of.value(sum(by_graph, 1))));
  }
  statements.push_back(
      {topic, "da_j/dnet_k is a_j (1 - a_j) for j = k, else -a_j a_k",
       from_gradient <= rounding && from_differences <= differences,
       fmt::format("10,000 entries off by at most {:.2g} from gradients, {:.2g} from differences",
                   from_gradient, from_differences)});
  statements.push_back(within("each row of that Jacobian adds up to 0", row_sum, rounding, "largest sum"));
}

void check_shift(Nets& of, std::vector<Statement>& statements) {
  const auto lowered = of.input() - 12;
  const auto delta_of = [&](const Tensor& nets) {
    return of.value(gradient(sum(softmax_cross_entropy(nets, of.labels())), nets));
  };
  const auto distance = std::max(furthest(of.value(softmax(lowered)), of.value(softmax(of.input()))),
                                 furthest(delta_of(lowered), delta_of(of.input())));
  statements.push_back(within("softmax and delta stay as they are when 12 is subtracted from every net",
                              distance, rounding, "they change by at most"));
}

/// The gradient by all parameters of the net that is trained, and by hidden/weight as the original writes it.
void check_hidden(const Dataset& digits, std::vector<Statement>& statements) {
  Graph graph;
  const auto model = lesson(graph);
  auto state = initial_state(graph, first_lesson_seed);
  const auto parameters = graph.parameters();
  const auto value = [&](const Tensor& tensor, const State& at) {
    return evaluate(tensor, at, model.images.feed(digits.images), model.labels.feed(digits.labels));
  };
  const auto slope_along = [&](std::span<const Parameter> ways) {
    auto higher = state, lower = state;
    for (const auto& way : ways) {
      const auto along = direction(state[way].extents(), way.name());
      higher[way] = moved(state[way], along, step);
      lower[way] = moved(state[way], along, -step);
    }
    return (value(model.loss, higher).scalar() - value(model.loss, lower).scalar()) / (2 * step);
  };

  const auto gradients = gradient(model.loss, parameters);
  double slope = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    slope += dot(value(gradients[i], state), direction(state[parameters[i]].extents(), parameters[i].name()));
  const auto measured = slope_along(parameters);
  statements.push_back(within(
      "the gradient check is of the net that is trained, in its own size", std::abs(slope / measured - 1),
      1e-6, "the slope of the loss along a direction of all 23,860 parameters is off by a share of"));

  const auto& hidden_weight = parameters[0];
  const auto& output_weight = parameters[2];
  const auto scope = graph.scope("as_the_original_writes_it");
  const auto net = (matmul(model.images, hidden_weight) + parameters[1]) / lesson_scaling;
  const auto hidden = sigmoid(net);
  const auto delta = softmax(model.logits) - one_hot(model.labels, classes, DType::float64);
  const auto sent_back = matmul(delta, transpose(output_weight)) * hidden * (1 - hidden);
  const auto by_hand = matmul(transpose(model.images), sent_back) / static_cast<double>(digits.size());
  const auto factor =
      dot(value(by_hand, state), direction(state[hidden_weight].extents(), hidden_weight.name())) /
      slope_along(std::span{parameters}.first(1));
  statements.push_back(
      {topic, "the original's hidden gradient, sum(delta w) h (1 - h) x, is the slope of the loss",
       std::abs(factor - 1) < 1e-3,
       fmt::format("it is {:.4f} times the slope: sigmoid(net / 78.5) has the factor 1 / 78.5 "
                   "in its derivative, which is why --original trains at 785 in place of 10",
                   factor)});
}

}  // namespace

std::vector<Statement> check_formulas(const Dataset& digits) {
  std::vector<Statement> statements;
  Nets nets{digits};
  check_delta(nets, statements);
  check_jacobian(nets, statements);
  check_shift(nets, statements);
  check_hidden(digits, statements);
  return statements;
}

}  // namespace retrograph::program
