#include <retrograph/autograd/check_gradient.hpp>
#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/sum.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

/// Random factors, none near 0 and of either sign.
Array projection(const Extents& extents, std::uint64_t seed, std::string_view name) {
  Array factors{extents, DType::float64};
  const RandomStream random{seed, name};
  std::uint64_t place = 0;
  for (auto& factor : factors.values<double>()) {
    factor = 0.5 + random.uniform(place);
    if (random.bits(place++) & 1) factor = -factor;
  }
  return factors;
}

Tensor projected(const Tensor& y, std::uint64_t seed, std::string_view name) {
  return sum(y * y.graph().constant(projection(y.shape().evaluate({}), seed, name)));
}

/// f, projected, as a graph of inputs; at order 2 the projected sum of the gradients of that.
class Checked {
 public:
  Checked(const TensorFunction& f, const std::vector<Array>& arguments, const GradientCheckOptions& options)
      : arguments_{arguments} {
    for (std::size_t index = 0; index < arguments.size(); ++index)
      inputs_.push_back(graph_.input(fmt::format("argument_{}", index), Shape{arguments[index].extents()},
                                     arguments[index].dtype()));
    auto value = projected(f(std::vector<Tensor>{inputs_.begin(), inputs_.end()}), options.seed, "first");
    for (int order = 1; order < options.order; ++order) value = projected_gradients(value, options.seed);
    values_.emplace(graph_, ExecutableOptions{.outputs = {value}, .threads = 1, .passes = options.passes});
    gradients_.emplace(
        graph_, ExecutableOptions{.outputs = differentiated(value), .threads = 1, .passes = options.passes});
  }

  double value() { return values_->run(State{0}, feeds()).at(0).scalar(); }
  std::vector<Array> gradients() { return std::move(gradients_->run(State{0}, feeds())).take(); }

 private:
  std::vector<Tensor> differentiated(const Tensor& value) const {
    std::vector<Tensor> floats;
    for (const auto& input : inputs_)
      if (input.dtype() == DType::float64) floats.push_back(input);
    return gradient(value, floats, {.unconnected = GradientOptions::Unconnected::zeros});
  }

  Tensor projected_gradients(const Tensor& value, std::uint64_t seed) const {
    std::optional<Tensor> total;
    for (const auto& g : differentiated(value)) {
      const auto part = projected(g, seed, g.name());
      total = total ? *total + part : part;
    }
    return *total;
  }

  std::vector<Feed> feeds() const {
    std::vector<Feed> feeds;
    for (std::size_t index = 0; index < inputs_.size(); ++index)
      feeds.push_back(inputs_[index].feed(arguments_[index]));
    return feeds;
  }

  Graph graph_;
  const std::vector<Array>& arguments_;  // changed by the check between runs
  std::vector<Input> inputs_;
  std::optional<Executable> values_, gradients_;
};

}  // namespace

void check_gradient(const TensorFunction& f, const std::vector<Array>& arguments,
                    const GradientCheckOptions& options) {
  auto shifted = arguments;
  Checked checked{f, shifted, options};
  const auto gradients = checked.gradients();
  std::size_t next_gradient = 0;
  for (std::size_t argument = 0; argument < shifted.size(); ++argument) {
    if (shifted[argument].dtype() != DType::float64) continue;
    const auto& analytic = gradients[next_gradient++];
    for (std::int64_t place = 0; place < analytic.size(); ++place) {
      auto& x = shifted[argument].values<double>()[static_cast<std::size_t>(place)];
      const auto original = x;
      const auto step = options.step * std::max(1.0, std::abs(original));
      x = original + step;
      const auto above = checked.value();
      x = original - step;
      const auto below = checked.value();
      x = original;
      const auto numeric = (above - below) / (2 * step), exact = analytic.at(place);
      const auto allowed = options.absolute + options.relative * std::max(std::abs(exact), std::abs(numeric));
      if (!(std::abs(exact - numeric) <= allowed))
        throw GradientError{fmt::format(
            "the derivative of order {} with respect to argument {} at {} is {:.12g}, by differences {:.12g}",
            options.order, argument, to_string(index_at(place, analytic.extents())), exact, numeric)};
    }
  }
}

}  // namespace retrograph
