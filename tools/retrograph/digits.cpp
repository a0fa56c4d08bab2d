#include "digits.hpp"

#include <retrograph/models/lenet.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/trigonometric.hpp>

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace retrograph::program {
namespace {

Activation activation_named(std::string_view name) {
  if (name == "sigmoid") return sigmoid;
  if (name == "tanh") return retrograph::tanh;
  return relu;
}

}  // namespace

Classifier make_model(Graph& graph, const ModelChoice& choice) {
  if (choice.name == "lenet") {
    if (choice.image != std::vector<std::int64_t>{28, 28})
      throw DataError{
          fmt::format("lenet is for images of 28 x 28, and these are {}", to_string(choice.image)),
          "use mlp"};
    return lenet(graph, {.classes = choice.classes});
  }
  return mlp(graph, {.inputs = pixels_of(choice),
                     .hidden = choice.hidden,
                     .classes = choice.classes,
                     .activation = activation_named(choice.activation)});
}

std::int64_t pixels_of(const ModelChoice& choice) {
  return std::accumulate(choice.image.begin(), choice.image.end(), std::int64_t{1}, std::multiplies<>{});
}

std::string describe(const ModelChoice& choice) {
  if (choice.name == "lenet") return choice.name;
  return fmt::format("{}-{}-{} {}", pixels_of(choice), fmt::join(choice.hidden, "-"), choice.classes,
                     choice.activation);
}

}  // namespace retrograph::program
