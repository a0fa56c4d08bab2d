#include <retrograph/ops/loss_reduction.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/sum.hpp>

namespace retrograph {

Tensor reduce_losses(const Tensor& losses, LossReduction reduction, std::source_location where) {
  switch (reduction) {
    case LossReduction::none:
      return losses;
    case LossReduction::mean:
      return mean(losses, {}, Keep::no, where);
    case LossReduction::sum:
      return sum(losses, {}, Keep::no, where);
  }
  throw InternalError{"an unknown reduction"};
}

}  // namespace retrograph
