#include <retrograph/ops/broadcast_to.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/zeros_like.hpp>

namespace retrograph {

Tensor zeros_like(const Tensor& x, std::source_location where) {
  const auto zero = constant(x.graph(), 0, x.dtype(), where);
  return x.rank() == 0 ? zero : broadcast_to(zero, x.shape(), where);
}

}  // namespace retrograph
