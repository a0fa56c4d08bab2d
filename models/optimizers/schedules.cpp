#include <retrograph/models/optimizers/schedules.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/trigonometric.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace retrograph {
namespace {

void require_rate(std::string_view schedule, double rate) {
  if (!(rate >= 0 && std::isfinite(rate)))
    throw GraphError{fmt::format("{}: {} is no learning rate", schedule, rate)};
}

void require_steps(std::string_view schedule, std::int64_t steps) {
  if (steps < 1) throw GraphError{fmt::format("{}: {} steps are too few", schedule, steps)};
}

/// From `first` at progress 0 to `last` at 1, along half a period of the cosine.
Tensor along_cosine(double first, double last, const Tensor& progress) {
  return last + (first - last) / 2 * (1 + cos(progress * std::numbers::pi));
}

/// The largest integer that is not above t >= 0.
Tensor floor(const Tensor& t) {
  return cast(cast(t, DType::int64), DType::float64);
}

Tensor rate_at(const LearningRate& rate, const Tensor& t) {
  return cast(rate.tensor(t.graph(), DType::float64, [&] { return t; }), DType::float64);
}

}  // namespace

RateSchedule constant_rate(double rate) {
  require_rate("constant_rate", rate);
  return [=](const Tensor& t) { return constant(t.graph(), rate, DType::float64); };
}

RateSchedule step_decay(double rate, std::int64_t every, double factor) {
  require_rate("step_decay", rate);
  require_rate("step_decay", factor);
  require_steps("step_decay", every);
  return [=](const Tensor& t) { return rate * pow(factor, floor(t / every)); };
}

RateSchedule exponential_decay(double rate, double factor, std::int64_t every) {
  require_rate("exponential_decay", rate);
  require_rate("exponential_decay", factor);
  require_steps("exponential_decay", every);
  return [=](const Tensor& t) { return rate * pow(factor, t / every); };
}

RateSchedule cosine_decay(double rate, std::int64_t steps, double last) {
  require_rate("cosine_decay", rate);
  require_rate("cosine_decay", last);
  require_steps("cosine_decay", steps);
  return [=](const Tensor& t) { return along_cosine(rate, last, minimum(t / steps, 1)); };
}

RateSchedule one_cycle(double peak, std::int64_t steps, const OneCycleOptions& options) {
  require_rate("one_cycle", peak);
  require_steps("one_cycle", steps);
  const double top = options.rising * static_cast<double>(steps) - 1, end = static_cast<double>(steps) - 1;
  if (!(top > 0 && top < end))
    throw GraphError{fmt::format("one_cycle: {} of {} steps cannot rise", options.rising, steps),
                     "each phase needs steps of its own"};
  if (!(options.first_divisor >= 1 && options.last_divisor >= 1))
    throw GraphError{fmt::format("one_cycle: the divisors {} and {} must not be below 1",
                                 options.first_divisor, options.last_divisor)};
  const double first = peak / options.first_divisor, last = first / options.last_divisor;
  return [=](const Tensor& t) {
    const auto up = along_cosine(first, peak, t / top);
    const auto down = along_cosine(peak, last, minimum((t - top) / (end - top), 1));
    return where(t <= top, up, down);
  };
}

RateSchedule warm_up(std::int64_t steps, LearningRate after) {
  require_steps("warm_up", steps);
  return [steps, after = std::move(after)](const Tensor& t) {
    const auto rate = rate_at(after, maximum(t - steps, 0));
    return rate * minimum((t + 1) / (steps + 1), 1);
  };
}

RateSchedule followed_by(LearningRate first, std::int64_t steps, LearningRate second) {
  require_steps("followed_by", steps);
  return [=](const Tensor& t) {
    return where(t < steps, rate_at(first, t), rate_at(second, maximum(t - steps, 0)));
  };
}

}  // namespace retrograph
