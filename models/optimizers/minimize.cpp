#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/optimizers/minimize.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace retrograph {
namespace {

using Numbers = std::vector<double>;

double dot(const Numbers& a, const Numbers& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
double largest(const Numbers& a) {
  double largest = 0;
  for (const auto number : a) largest = std::max(largest, std::abs(number));
  return largest;
}
/// a += factor * b
void add(Numbers& a, double factor, const Numbers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
}
Numbers difference(const Numbers& a, const Numbers& b) {
  Numbers difference = a;
  add(difference, -1, b);
  return difference;
}

/// The loss and its gradient as a function of all parameters in one row.
class Objective {
 public:
  Objective(const Tensor& loss, std::span<const Parameter> parameters, State& state,
            std::span<const Feed> feeds, int threads, std::source_location where)
      : parameters_{parameters.begin(), parameters.end()},
        state_{state},
        feeds_{feeds},
        executable_{loss.graph(),
                    {.outputs = outputs(loss, gradient(loss, parameters, {}, where)), .threads = threads},
                    where} {
    for (const auto& parameter : parameters_)
      if (auto& array = state_[parameter]; !array.owns_its_numbers()) array = Array{std::as_const(array)};
  }

  struct Value {
    double loss;
    Numbers gradient;
  };
  Value at(const Numbers& parameters) {
    ++evaluations_;
    write(parameters);
    const auto results = executable_.run(std::as_const(state_), feeds_);
    Value value{results.at(0).scalar(), {}};
    for (std::size_t index = 1; index < results.size(); ++index) append(value.gradient, results.at(index));
    return value;
  }

  Numbers parameters() const {
    Numbers numbers;
    for (const auto& parameter : parameters_) append(numbers, std::as_const(state_)[parameter]);
    return numbers;
  }
  void write(const Numbers& numbers) {
    auto next = numbers.begin();
    for (const auto& parameter : parameters_) {
      auto& array = state_[parameter];
      if (array.dtype() == DType::float64)
        for (auto& number : array.values<double>()) number = *next++;
      else
        for (auto& number : array.values<float>()) number = static_cast<float>(*next++);
    }
  }
  std::int64_t evaluations() const { return evaluations_; }

 private:
  static std::vector<Tensor> outputs(const Tensor& loss, const std::vector<Tensor>& gradients) {
    std::vector<Tensor> outputs{loss};
    outputs.insert(outputs.end(), gradients.begin(), gradients.end());
    return outputs;
  }
  static void append(Numbers& numbers, const Array& array) {
    if (array.dtype() == DType::float64)
      numbers.insert(numbers.end(), array.values<double>().begin(), array.values<double>().end());
    else
      numbers.insert(numbers.end(), array.values<float>().begin(), array.values<float>().end());
  }

  std::vector<Parameter> parameters_;
  State& state_;
  std::span<const Feed> feeds_;
  Executable executable_;
  std::int64_t evaluations_ = 0;
};

/// The last steps and what they did to the gradient.
class History {
 public:
  explicit History(std::int64_t length) : length_{static_cast<std::size_t>(length)} {}

  void add(Numbers step, Numbers change) {
    const double curvature = dot(step, change);
    if (!(curvature > 0) || length_ == 0) return;
    if (pairs_.size() == length_) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
  }
  void forget() { pairs_.clear(); }
  bool is_empty() const { return pairs_.empty(); }

  /// Algorithm 7.4: -H times the gradient.
  Numbers direction(const Numbers& gradient) const {
    auto direction = gradient;
    Numbers weights(pairs_.size());
    for (auto i = pairs_.size(); i-- > 0;) {
      weights[i] = pairs_[i].inverse_curvature * dot(pairs_[i].step, direction);
      retrograph::add(direction, -weights[i], pairs_[i].change);
    }
    const auto scale = -first_scale();
    for (auto& number : direction) number *= scale;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const auto& [step, change, inverse_curvature] = pairs_[i];
      retrograph::add(direction, -weights[i] - inverse_curvature * dot(change, direction), step);
    }
    return direction;
  }

 private:
  struct Pair {
    Numbers step, change;
    double inverse_curvature;
  };

  /// Equation 7.20.
  double first_scale() const {
    if (pairs_.empty()) return 1;
    const auto& last = pairs_.back();
    return 1 / (last.inverse_curvature * dot(last.change, last.change));
  }

  std::size_t length_;
  std::deque<Pair> pairs_;
};

class Minimisation {
 public:
  Minimisation(Objective& objective, const MinimizeOptions& options)
      : objective_{objective},
        options_{options},
        history_{options.history},
        place_{objective.parameters()},
        value_{objective.at(place_)} {
    if (!std::isfinite(value_.loss))
      throw NotFiniteError{fmt::format("minimize: the loss is {} where it starts", value_.loss)};
    report_.loss = value_.loss;
    report_.largest_gradient = largest(value_.gradient);
    report_.evaluations = objective.evaluations();
  }

  MinimizeReport run() {
    if (report_.largest_gradient <= options_.gradient_tolerance)
      report_.end = MinimizeReport::End::small_gradient;
    while (report_.end == MinimizeReport::End::none) {
      if (report_.iteration == options_.iterations) {
        report_.end = MinimizeReport::End::iterations;
        break;
      }
      iterate();
    }
    return report_;
  }

 private:
  void iterate() {
    const auto step = line_search(history_.direction(value_.gradient));
    if (!step && history_.is_empty()) {
      report_.end = MinimizeReport::End::no_descent;
      return;
    }
    if (!step) {
      history_.forget();
      return;
    }
    move_by(*step);
    if (options_.on_iteration) options_.on_iteration(report_);
  }

  /// Leaves the point it finds in `next_place_` and `next_`; where there is none, puts the state back.
  std::optional<LinePoint> line_search(const Numbers& direction) {
    try {
      const auto found = search_along(direction);
      if (!found) objective_.write(place_);
      return found;
    } catch (...) {
      objective_.write(place_);
      throw;
    }
  }

  std::optional<LinePoint> search_along(const Numbers& direction) {
    const LinePoint start{0, value_.loss, dot(value_.gradient, direction)};
    double looked_at = 0;
    const auto look_at = [&](double step) -> LinePoint {
      looked_at = step;
      next_place_ = place_;
      add(next_place_, step, direction);
      next_ = objective_.at(next_place_);
      return {step, next_.loss, dot(next_.gradient, direction)};
    };
    const double first = history_.is_empty() ? std::min(1.0, 1 / length(value_.gradient)) : 1;
    const auto found = start.slope < 0 ? strong_wolfe(look_at, start, first, options_.line_search)
                                       : std::optional<LinePoint>{};
    if (found && found->step != looked_at) look_at(found->step);
    return found;
  }

  static double length(const Numbers& gradient) {
    double sum = 0;
    for (const auto number : gradient) sum += std::abs(number);
    return sum;
  }

  void move_by(const LinePoint& point) {
    history_.add(difference(next_place_, place_), difference(next_.gradient, value_.gradient));
    const double before = value_.loss;
    std::swap(place_, next_place_);
    std::swap(value_, next_);
    report_.iteration += 1;
    report_.evaluations = objective_.evaluations();
    report_.loss = value_.loss;
    report_.largest_gradient = largest(value_.gradient);
    report_.step = point.step;
    const double size = std::max({std::abs(before), std::abs(value_.loss), 1.0});
    if (report_.largest_gradient <= options_.gradient_tolerance)
      report_.end = MinimizeReport::End::small_gradient;
    else if (before - value_.loss <= options_.change_tolerance * size)
      report_.end = MinimizeReport::End::small_change;
  }

  Objective& objective_;
  const MinimizeOptions& options_;
  History history_;
  Numbers place_, next_place_;
  Objective::Value value_, next_;
  MinimizeReport report_;
};

void require_valid(const MinimizeOptions& options) {
  require_not_negative("minimize", "number of iterations", static_cast<double>(options.iterations));
  require_not_negative("minimize", "history", static_cast<double>(options.history));
  require_not_negative("minimize", "gradient tolerance", options.gradient_tolerance);
  require_not_negative("minimize", "change tolerance", options.change_tolerance);
  const auto& [decrease, curvature, evaluations] = options.line_search;
  if (!(0 < decrease && decrease < curvature && curvature < 1))
    throw GraphError{fmt::format(
        "minimize: the line search needs 0 < decrease < curvature < 1, not {} and {}", decrease, curvature)};
  if (evaluations < 1)
    throw GraphError{fmt::format("minimize: {} evaluations are too few for a line search", evaluations)};
}

}  // namespace

MinimizeReport minimize(const Tensor& loss, std::span<const Parameter> parameters, State& state,
                        std::span<const Feed> feeds, const MinimizeOptions& options,
                        std::source_location where) {
  require_valid(options);
  if (parameters.empty()) throw GraphError{"minimize: there are no parameters to train"};
  Objective objective{loss, parameters, state, feeds, options.threads, where};
  return Minimisation{objective, options}.run();
}

}  // namespace retrograph
