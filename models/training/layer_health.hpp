#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace retrograph {

/// When numbers of a training are remarkable, and how often it is looked.
struct HealthOptions {
  double too_large = 1;     // of a |step|: learning rate times gradient, or what the optimizer makes of it
  double too_small = 1e-7;  // of a |step| that is not 0
  double too_fast = 0.1;  // of LayerHealth::update_ratio; infinite where steps are no multiples of gradients
  double saturated = 7;   // of the |input| of a sigmoid or tanh
  std::int64_t every = 64;  // steps: the first of each epoch is looked at, and every so many-th after it,
  // or the next that moves parameters, where gradients accumulate
};

/// What was seen of one layer, in an epoch or in the part of it that is over.
struct LayerHealth {
  std::string layer;  // the scope of its parameters
  double rate = 0;    // the learning rate when it was last looked at; 0 if none is known
  std::int64_t looks = 0;
  // Of the parameters, all looks together.
  std::int64_t steps = 0;  // one for each number of each parameter
  std::int64_t too_large = 0, too_small = 0, not_finite = 0, zero = 0;
  double largest = 0;  // |step|
  double step_squares = 0, weight_squares = 0;
  // Of the activations behind them.
  std::int64_t inputs = 0, saturated = 0;  // of sigmoids and tanhs
  std::vector<std::uint8_t> alive = {};    // of each unit of a relu, whether it ever gave more than 0

  /// The size of a step beside that of what it changes, both as root mean squares.
  double update_ratio() const;
  std::int64_t dead_units() const;
};

/// What is wrong with the layers, each in a sentence with the numbers, the reason and a cure:
///
///     output: 94 of 310 steps larger than 1 at learning rate 10; try --layer-rate output=0.1
///
/// loss  of the training in the same time, since small steps need no cure where the loss is small
std::vector<std::string> findings(std::span<const LayerHealth> layers, double loss,
                                  const HealthOptions& options = {});

}  // namespace retrograph
