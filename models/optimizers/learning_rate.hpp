#pragma once

#include <retrograph/ops/operand.hpp>

#include <functional>
#include <optional>

namespace retrograph {

/// A learning rate as a function of time; see schedules.hpp for the usual ones.
///
/// step     [], float64: how often the parameters have moved before, so 0 at first
/// returns  [], float64: the rate
using RateSchedule = std::function<Tensor(const Tensor& step)>;

/// The size of a step: a number, a scalar tensor such as an input or a slot, or a schedule.
class LearningRate {
 public:
  template <class N>
  requires std::is_arithmetic_v<N> LearningRate(N number) : value_{static_cast<double>(number)} {}
  LearningRate(const Tensor& tensor) : value_{tensor} {}
  template <class F>
  requires std::is_invocable_r_v<Tensor, F, const Tensor&> LearningRate(F schedule)
      : value_{RateSchedule{std::move(schedule)}} {}

  /// The number, if it is one.
  std::optional<double> number() const {
    const auto* own = std::get_if<double>(&value_);
    return own ? std::optional{*own} : std::nullopt;
  }
  /// The schedule, if it is one, else null.
  const RateSchedule* schedule() const { return std::get_if<RateSchedule>(&value_); }

  /// The rate as a tensor in `graph`, of `dtype` where it is a number. `step` is for a schedule.
  ///
  /// Throws GraphError for a number that is negative or not finite; ShapeError for a tensor that is no
  /// scalar; TypeError for one that is no float.
  Tensor tensor(Graph& graph, DType dtype, const std::function<Tensor()>& step) const;

 private:
  std::variant<double, Tensor, RateSchedule> value_;
};

}  // namespace retrograph
