#pragma once

#include <retrograph/models/optimizers/optimizer.hpp>

namespace retrograph {

/// Where Adam and those made of it go: the mean of the gradient over the root of the mean of its square.
class AdamDirection {
 public:
  struct Options {
    double beta1, beta2, epsilon;
    bool amsgrad = false;
  };

  /// Throws GraphError, in the optimizer's name, for a beta outside [0, 1) or an epsilon below 0.
  static void require_valid(std::string_view optimizer, const Options& options);

  AdamDirection(Optimizer& optimizer, const Options& options);

  /// By which, times the rate, the parameter of `descent` shrinks when its gradient is `g`.
  Tensor operator()(const Descent& descent, const Tensor& g) const;

 private:
  Tensor size(const Descent& descent, const Tensor& g) const;

  Optimizer& optimizer_;
  Options options_;
  Tensor first_correction_, second_correction_;
};

}  // namespace retrograph
