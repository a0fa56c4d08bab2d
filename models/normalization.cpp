#include <retrograph/models/layers/batch_norm.hpp>
#include <retrograph/models/layers/layer_norm.hpp>
#include <retrograph/models/normalization.hpp>

namespace retrograph {

Tensor normalized(const Tensor& x, Normalization normalization, bool in_use, Updates& running,
                  std::source_location where) {
  if (normalization == Normalization::none) return x;
  if (normalization == Normalization::layer) return layer_norm(x, "norm", {.axes = x.rank() - 1}, where);
  const auto statistics = in_use ? Statistics::running : Statistics::of_batch;
  const auto layer = batch_norm(x, "norm", {.statistics = statistics}, where);
  running.insert(running.end(), layer.running.begin(), layer.running.end());
  return layer.y;
}

}  // namespace retrograph
