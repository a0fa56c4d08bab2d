#include <retrograph/models/training/layer_health.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

// From these shares on, what every training has a little of is told.
constexpr double many = 0.1;
constexpr double most = 0.5;
constexpr double nearly_all = 0.95;
// A step moves a weight by about a thousandth of its size in a training that goes well.
constexpr double slow = 1e-7;
constexpr double small_loss = 0.1;
constexpr double usual_gradient = 1e-3;  // the largest of a layer has it while there is something to learn

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// A power of ten times the rate, for which the largest step is a tenth of the limit at most.
double lower_rate(const LayerHealth& layer, double limit) {
  return layer.rate * std::pow(10, -std::ceil(std::log10(layer.largest / limit)) - 1);
}

class Findings {
 public:
  Findings(const LayerHealth& layer, double loss, const HealthOptions& options)
      : layer_{layer}, loss_{loss}, options_{options} {}

  std::vector<std::string> sentences() && {
    about_large_steps();
    about_small_steps();
    about_activations();
    return std::move(sentences_);
  }

 private:
  template <class... Arguments>
  void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    sentences_.push_back(
        fmt::format("{}: {}", layer_.layer, fmt::format(format, std::forward<Arguments>(arguments)...)));
  }

  std::string at_rate() const {
    return layer_.rate > 0 ? fmt::format(" at learning rate {:g}", layer_.rate) : std::string{};
  }

  void about_large_steps() {
    if (layer_.not_finite > 0)
      say("{} of {} steps are not finite{}; {}--check-finite names the node where it begins",
          layer_.not_finite, layer_.steps, at_rate(),
          layer_.too_large > 0 ? "" : "try a tenth of the rate, and ");
    if (layer_.too_large > 0 && layer_.rate > 0)
      say("{} of {} steps larger than {:g}{}; try --layer-rate {}={:.4g}", layer_.too_large, layer_.steps,
          options_.too_large, at_rate(), layer_.layer, lower_rate(layer_, options_.too_large));
    else if (layer_.too_large > 0)
      say("{} of {} steps larger than {:g}; try a smaller rate for it", layer_.too_large, layer_.steps,
          options_.too_large);
    else if (layer_.update_ratio() > options_.too_fast)
      say("a step changes its weights by {:.2g} of their size{}, and a thousandth is usual; try a smaller "
          "rate",
          layer_.update_ratio(), at_rate());
  }

  void about_small_steps() {
    if (share(layer_.zero, layer_.steps) >= nearly_all)
      say("{} of {} steps are 0: its rate is, its inputs are, or the units behind it give 0; try other first "
          "weights or a smaller rate",
          layer_.zero, layer_.steps);
    else if (layer_.too_large > 0 || layer_.not_finite > 0)
      return;  // of the rate enough is said
    else if (share(layer_.too_small, layer_.steps) >= most)
      say("{} of {} steps smaller than {:g}{}", layer_.too_small, layer_.steps, options_.too_small,
          why_small());
    else if (share(layer_.zero, layer_.steps) < many && layer_.weight_squares > 0 &&
             layer_.step_squares > 0 && layer_.update_ratio() < slow)
      say("a step changes its weights by {:.2g} of their size{}, so it hardly learns; try a larger rate",
          layer_.update_ratio(), at_rate());
  }

  std::string why_small() const {
    if (loss_ < small_loss)
      return fmt::format(", as the loss is by now {:.2g}: there is little left to learn", loss_);
    const auto though = fmt::format("{}, though the loss is {:.2g}", at_rate(), loss_);
    const auto gradient = layer_.rate > 0 ? layer_.largest / layer_.rate : 0;
    if (gradient >= usual_gradient)
      return fmt::format("{}: the rate is too small for gradients of up to {:.1g}; try a larger one", though,
                         gradient);
    return fmt::format("{}: gradients vanish on their way here; try a larger rate for it{}", though,
                       layer_.alive.empty() ? ", or relu" : "");
  }

  void about_activations() {
    const auto units = std::ssize(layer_.alive);
    if (share(layer_.dead_units(), units) >= many)
      say("{} of {} units gave 0 for every sample looked at, and learn from none of these; "
          "try a smaller rate, or leaky_relu in place of relu",
          layer_.dead_units(), units);
    if (share(layer_.saturated, layer_.inputs) >= many)
      say("{} of {} inputs of its activation are beyond {:g}, where it is flat; "
          "try smaller first weights or a smaller rate",
          layer_.saturated, layer_.inputs, options_.saturated);
  }

  const LayerHealth& layer_;
  double loss_;
  const HealthOptions& options_;
  std::vector<std::string> sentences_;
};

}  // namespace

double LayerHealth::update_ratio() const {
  return weight_squares > 0 ? std::sqrt(step_squares / weight_squares) : 0;
}

std::int64_t LayerHealth::dead_units() const {
  return std::count(alive.begin(), alive.end(), 0);
}

std::vector<std::string> findings(std::span<const LayerHealth> layers, double loss,
                                  const HealthOptions& options) {
  std::vector<std::string> all;
  for (const auto& layer : layers) {
    auto sentences = Findings{layer, loss, options}.sentences();
    all.insert(all.end(), std::make_move_iterator(sentences.begin()),
               std::make_move_iterator(sentences.end()));
  }
  return all;
}

}  // namespace retrograph
