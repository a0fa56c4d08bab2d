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

Normalization normalization_of(const ModelChoice& choice) {
  if (choice.batch_norm) return Normalization::batch;
  return choice.layer_norm ? Normalization::layer : Normalization::none;
}

}  // namespace

Classifier make_model(Graph& graph, const ModelChoice& choice, Purpose purpose) {
  const bool in_use = purpose == Purpose::use;
  if (choice.name == "lenet") {
    if (choice.image != std::vector<std::int64_t>{28, 28})
      throw DataError{
          fmt::format("lenet is for images of 28 x 28, and these are {}", to_string(choice.image)),
          "use mlp"};
    return lenet(graph, {.channels = {choice.channels.at(0), choice.channels.at(1)},
                         .hidden = hidden_of(choice),
                         .classes = choice.classes,
                         .normalization = normalization_of(choice),
                         .dropout = choice.dropout,
                         .in_use = in_use});
  }
  return mlp(graph, {.inputs = pixels_of(choice),
                     .hidden = hidden_of(choice),
                     .classes = choice.classes,
                     .activation = activation_named(choice.activation),
                     .normalization = normalization_of(choice),
                     .dropout = choice.dropout,
                     .in_use = in_use});
}

bool differs_in_use(const ModelChoice& choice) {
  return choice.batch_norm || choice.dropout > 0;
}

std::int64_t pixels_of(const ModelChoice& choice) {
  return std::accumulate(choice.image.begin(), choice.image.end(), std::int64_t{1}, std::multiplies<>{});
}

std::vector<std::int64_t> hidden_of(const ModelChoice& choice) {
  if (!choice.hidden.empty()) return choice.hidden;
  return choice.name == "lenet" ? LenetOptions{}.hidden : MlpOptions{}.hidden;
}

std::string describe(const ModelChoice& choice) {
  const auto hidden = fmt::format("{}-{}", fmt::join(hidden_of(choice), "-"), choice.classes);
  auto text = choice.name == "lenet" ? fmt::format("lenet {}-{}", fmt::join(choice.channels, "-"), hidden)
                                     : fmt::format("{}-{} {}", pixels_of(choice), hidden, choice.activation);
  if (choice.batch_norm) text += ", batch norm";
  if (choice.layer_norm) text += ", layer norm";
  if (choice.dropout > 0) text += fmt::format(", dropout {:g}", choice.dropout);
  return text;
}

}  // namespace retrograph::program
