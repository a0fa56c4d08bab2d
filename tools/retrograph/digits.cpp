#include "digits.hpp"

#include <retrograph/models/lenet.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/trigonometric.hpp>

#include <fmt/format.h>

namespace retrograph::program {
namespace {

Activation activation_named(std::string_view name) {
  if (name == "sigmoid") return sigmoid;
  if (name == "tanh") return retrograph::tanh;
  return relu;
}

}  // namespace

Classifier make_model(Graph& graph, const ModelChoice& choice) {
  if (choice.name == "lenet") return lenet(graph);
  return mlp(graph, {.hidden = choice.hidden, .activation = activation_named(choice.activation)});
}

std::string describe(const ModelChoice& choice) {
  if (choice.name == "lenet") return choice.name;
  const MlpOptions sizes;
  return fmt::format("{}-{}-{} {}", sizes.inputs, fmt::join(choice.hidden, "-"), sizes.classes,
                     choice.activation);
}

}  // namespace retrograph::program
