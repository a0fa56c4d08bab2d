#pragma once

#include <retrograph/graph/state.hpp>
#include <retrograph/models/optimizers/line_search.hpp>

namespace retrograph {

/// One iteration of minimize, which has moved the parameters in the state.
struct MinimizeReport {
  std::int64_t iteration = 0;    // from 1; 0 if the start was good enough
  std::int64_t evaluations = 0;  // of the loss and its gradient, so far
  double loss = 0;
  double largest_gradient = 0;  // of all numbers
  double step = 0;              // how much of the direction was taken
  enum class End { none, small_gradient, small_change, no_descent, iterations } end = End::none;
};

struct MinimizeOptions {
  std::int64_t iterations = 100;     // at most
  std::int64_t history = 10;         // steps that the direction remembers
  double gradient_tolerance = 1e-7;  // ends when no number of the gradient is larger
  double change_tolerance = 1e-9;    // or when the loss changes by less, of the loss or of 1 if that is more
  WolfeOptions line_search = {};
  int threads = 0;  // 0: as many as the machine has
  std::function<void(const MinimizeReport&)> on_iteration = {};
};

/// Minimises a loss over data that are fed all at once, such as a curve fit, by L-BFGS with a line search: a
/// loop around the graph that ends by itself.
///
///     direction = -H * gradient, H from the last steps s and changes y of the gradient, by two loops
///     parameter <- parameter + step * direction, step by strong_wolfe
///
/// loss        [], float32 or float64; the same each time it is evaluated
/// parameters  each must reach the loss; all others stay
/// state       of the graph; has the parameters of the last iteration at the end, also if something throws
/// feeds       for the inputs of the loss
/// returns     the last iteration, and why it was the last: a gradient or a change that is small, no step
///             that goes down (as far down as the dtype lets it, most often), or the iterations asked for
///
/// The first step is no longer than 1 in the sum of its numbers. Steps and products are in double and in a
/// fixed order. Pairs of which s . y is not above 0 are left out; where no step goes down, the history is
/// forgotten and the gradient itself tried. Each call adds nodes for the gradient to the graph.
///
/// Source: Nocedal, Wright: "Numerical optimization", 2nd edition, 2006, algorithms 7.4 and 7.5, with H's
/// start from equation 7.20. Throws GraphError for no parameters or options that make no sense, GradientError
/// if a parameter does not reach the loss, FeedError as a run does, NotFiniteError if the loss is not finite
/// where it starts.
MinimizeReport minimize(const Tensor& loss, std::span<const Parameter> parameters, State& state,
                        std::span<const Feed> feeds, const MinimizeOptions& options = {},
                        std::source_location where = std::source_location::current());

}  // namespace retrograph
