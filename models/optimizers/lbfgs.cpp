#include <retrograph/models/optimizers/lbfgs.hpp>
#include <retrograph/models/optimizers/optimizer.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/maximum.hpp>
#include <retrograph/ops/power.hpp>
#include <retrograph/ops/sign.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

/// The numbers of all parameters, a tensor for each; or a number, in the dtype of each.
using Vector = std::vector<Tensor>;

Tensor as(DType dtype, const Tensor& x) {
  return x.dtype() == dtype ? x : cast(x, dtype);
}

/// One step of algorithm 7.5. Parameters are counted by `p`, pairs of a move s and a change of the gradient y
/// by `i`, from the newest.
class Lbfgs {
 public:
  Lbfgs(Optimizer& optimizer, std::span<const Descent> descents, const LbfgsOptions& options)
      : optimizer_{optimizer}, descents_{descents}, options_{options} {}

  /// What the parameters become.
  Vector moved() {
    const auto gradient = each([&](std::size_t p) { return descents_[p].decayed_gradient(); });
    const auto last_moves = each([&](std::size_t p) { return descents_[p].slot("last_move"); });
    const auto changes = changes_to(gradient);
    remember({last_moves.begin(), last_moves.end()}, changes);
    const auto direction = inverse_hessian_times(gradient);
    const auto factor = in_their_dtypes(first_step_factor(changes));
    return each([&](std::size_t p) {
      const auto step = descents_[p].rate * factor[p] * direction[p];
      optimizer_.update(last_moves[p], -step);
      return descents_[p].parameter - step;
    });
  }

 private:
  Vector changes_to(const Vector& gradient) {
    return each([&](std::size_t p) {
      const auto last = descents_[p].slot("last_gradient");
      optimizer_.update(last, gradient[p]);
      return gradient[p] - last;
    });
  }

  /// Puts a pair before the others, if it is one to keep.
  void remember(const Vector& move, const Vector& change) {
    const auto curvature = total([&](std::size_t p) { return move[p] * change[p]; });
    const auto squares = total([&](std::size_t p) { return square(change[p]); });
    const auto is_kept = curvature > options_.least_curvature;
    const auto kept = [&](const Parameter& slot, const Tensor& x) {
      const auto next = where(is_kept, x, slot);
      optimizer_.update(slot, next);
      return next;
    };
    const auto pushed = [&](std::string_view name, Tensor newest, const auto& new_slot) {
      Vector all;
      for (std::int64_t place = 1; place <= options_.history; ++place) {
        const Parameter slot = new_slot(fmt::format("{}_{}", name, place));
        all.push_back(kept(slot, newest));
        newest = slot;
      }
      return all;
    };
    scale_ = kept(optimizer_.slot("scale", 1), curvature / where(is_kept, squares, 1));
    inverse_curvatures_ = pushed("inverse_curvature", 1 / where(is_kept, curvature, 1),
                                 [&](std::string_view name) { return optimizer_.slot(name, 0); });
    for (std::size_t p = 0; p < descents_.size(); ++p) {
      const auto scope = descents_[p].scope();
      const auto new_slot = [&](std::string_view name) { return descents_[p].slot(name); };
      moves_.push_back(pushed("move", move[p], new_slot));
      changes_.push_back(pushed("gradient_change", change[p], new_slot));
    }
  }

  /// Algorithm 7.4. A place that is still empty has the inverse curvature 0, and so no part in it.
  Vector inverse_hessian_times(Vector r) {
    Vector weights;
    for (std::size_t i = 0; i < inverse_curvatures_.size(); ++i) {
      weights.push_back(inverse_curvatures_[i] * total([&](std::size_t p) { return moves_[p][i] * r[p]; }));
      const auto weight = in_their_dtypes(weights[i]);
      r = each([&](std::size_t p) { return r[p] - weight[p] * changes_[p][i]; });
    }
    const auto scale = in_their_dtypes(*scale_);
    r = each([&](std::size_t p) { return scale[p] * r[p]; });
    for (std::size_t i = inverse_curvatures_.size(); i-- > 0;) {
      const auto opposite =
          inverse_curvatures_[i] * total([&](std::size_t p) { return changes_[p][i] * r[p]; });
      const auto weight = in_their_dtypes(weights[i] - opposite);
      r = each([&](std::size_t p) { return r[p] + weight[p] * moves_[p][i]; });
    }
    return r;
  }

  /// The first step has no curvature to go by. Its gradient is a change from 0, as which it is at hand where
  /// the other sums are made.
  Tensor first_step_factor(const Vector& changes) {
    const auto length = total([&](std::size_t p) { return abs(changes[p]); });
    return where(optimizer_.step() == 1, 1 / maximum(length, 1), 1);
  }

  template <class Rule>
  std::vector<std::invoke_result_t<Rule, std::size_t>> each(const Rule& rule) const {
    std::vector<std::invoke_result_t<Rule, std::size_t>> all;
    for (std::size_t p = 0; p < descents_.size(); ++p) {
      const auto scope = descents_[p].scope();
      all.push_back(rule(p));
    }
    return all;
  }

  /// The sum of all numbers of all parameters, [], float64.
  template <class Rule>
  Tensor total(const Rule& rule) const {
    const auto sums = each([&](std::size_t p) { return as(DType::float64, sum(rule(p))); });
    auto total = sums[0];
    for (std::size_t p = 1; p < sums.size(); ++p) total = total + sums[p];
    return total;
  }

  /// Made once for all of one dtype.
  Vector in_their_dtypes(const Tensor& number) const {
    Vector numbers;
    for (const auto& descent : descents_) {
      const auto dtype = descent.parameter.dtype();
      const auto made = std::find_if(numbers.begin(), numbers.end(),
                                     [&](const Tensor& other) { return other.dtype() == dtype; });
      numbers.push_back(made == numbers.end() ? as(dtype, number) : Tensor{*made});
    }
    return numbers;
  }

  Optimizer& optimizer_;
  std::span<const Descent> descents_;
  const LbfgsOptions& options_;
  std::vector<Vector> moves_, changes_;  // [p][i]
  Vector inverse_curvatures_;            // [i]
  std::optional<Tensor> scale_;          // H's start
};

}  // namespace

Updates lbfgs(const Tensor& loss, std::span<const Parameter> parameters, const LbfgsOptions& options,
              std::source_location where) {
  if (options.history < 1)
    throw GraphError{fmt::format("lbfgs: a history of {} is below 1", options.history)};
  require_not_negative("lbfgs", "least curvature", options.least_curvature);
  Optimizer optimizer{loss, parameters, common_options(options), where};
  return optimizer.move_together([&](std::span<const Descent> descents) {
    return Lbfgs{optimizer, descents, options}.moved();
  });
}

}  // namespace retrograph
