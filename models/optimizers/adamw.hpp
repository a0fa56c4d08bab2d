#pragma once

#include <retrograph/models/optimizers/gradient_handling.hpp>
#include <retrograph/models/optimizers/parameter_groups.hpp>

namespace retrograph {

struct AdamwOptions {
  LearningRate learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
  std::vector<ParameterGroup> groups = {};
  GradientHandling gradients = {};
  std::string name = "adamw";
};

/// AdamW: Adam whose weight decay does not go through the gradient and its means.
///
///     parameter <- (1 - rate * weight_decay) * parameter - rate * direction
///
/// with Adam's direction, of the gradient of the loss alone; see adam, which also tells the arguments and
/// slots, here in the scope `name`, "adamw" unless given. All is as in PyTorch's AdamW, in which the decay is
/// multiplied by the learning rate: the paper's has a schedule multiplier in that place. Source: Loshchilov,
/// Hutter: "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
Updates adamw(const Tensor& loss, std::span<const Parameter> parameters, const AdamwOptions& options = {},
              std::source_location where = std::source_location::current());

}  // namespace retrograph
