#pragma once

#include <retrograph/models/optimizers/learning_rate.hpp>

namespace retrograph {

// Learning rates as functions of time, for the option learning_rate of any optimizer:
//
//     adam(loss, parameters, {.learning_rate = warm_up(500, cosine_decay(1e-3, 10'000))})
//
// They are nodes of the graph, fed by the optimizer's own count of steps, which is part of the state: what
// was saved goes on where it was. The rate of the last step stands in the slot `<optimizer>/learning_rate`.
// t counts steps from 0; rates are worked out in float64. A function that takes and gives tensors is as good
// a schedule as these. Each of these throws GraphError for rates below 0 and counts of steps below 1.

/// rate, always.
RateSchedule constant_rate(double rate);

/// rate * factor^floor(t / every): a step down every so many steps.
///
/// Source: Szegedy and others: "Going deeper with convolutions", CVPR 2015, arXiv:1409.4842, section 6, which
/// takes 4 % off every 8 epochs. As in PyTorch's StepLR.
RateSchedule step_decay(double rate, std::int64_t every, double factor = 0.1);

/// rate * factor^(t / every): the same, smoothly; `every` steps multiply it by `factor`.
///
/// Source: Senior, Heigold, Ranzato, Yang: "An empirical study of learning rates in deep neural networks for
/// speech recognition", ICASSP 2013, exponential scheduling, there with factor = 0.1. As in PyTorch's
/// ExponentialLR, there with every = 1.
RateSchedule exponential_decay(double rate, double factor, std::int64_t every = 1);

/// From rate to `last` in `steps` steps, along half a period of the cosine, and `last` from then on.
///
///     last + (rate - last) * (1 + cos(pi * min(t, steps) / steps)) / 2
///
/// Source: Loshchilov, Hutter: "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5,
/// of one run without restarts. As in PyTorch's CosineAnnealingLR up to t = steps.
RateSchedule cosine_decay(double rate, std::int64_t steps, double last = 0);

struct OneCycleOptions {
  double rising = 0.3;             // the part of the steps that go up
  double first_divisor = 25;       // the rate starts at peak / first_divisor
  double last_divisor = 10'000.0;  // and ends at that / last_divisor
};
/// Up to `peak`, then down to almost nothing, both along half a period of the cosine: large rates in the
/// middle of training, for large steps that regularise.
///
///     up    t from 0 to rising * steps - 1: from peak / first_divisor to peak
///     down  then, to steps - 1: from peak to peak / first_divisor / last_divisor, where it stays
///
/// Source: Smith, Topin: "Super-convergence: very fast training of neural networks using large learning
/// rates", 2018, arXiv:1708.07120; the two phases are fast.ai's. As PyTorch's OneCycleLR, without the cycle
/// of the momentum. Throws GraphError also unless 0 < rising < 1 leaves each phase a step, and for divisors
/// below 1.
RateSchedule one_cycle(double peak, std::int64_t steps, const OneCycleOptions& options = {});

/// `steps` steps that rise evenly from a first one to where `after` begins, and then `after` from its t = 0.
///
///     after(0) * (t + 1) / (steps + 1)     for t < steps
///     after(t - steps)                     from then on
///
/// Source: Goyal and others: "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017,
/// arXiv:1706.02677, section 2.2, gradual warm-up.
RateSchedule warm_up(std::int64_t steps, LearningRate after);

/// `first` for so many steps, then `second` from its own t = 0.
RateSchedule followed_by(LearningRate first, std::int64_t steps, LearningRate second);

}  // namespace retrograph
