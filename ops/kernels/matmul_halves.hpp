#pragma once

#include <retrograph/ops/kernels/matmul_methods.hpp>

namespace retrograph {

/// A product in which much is summed for few rows: the sums are computed in two halves side by side, which
/// are then added.
///
/// Where b are weights, the two threads that update half of their rows each then read just that half, which
/// is in their own cache. Divided in any other way, each would read half of the weights from the other's, and
/// they are many times as large as the result.
template <std::floating_point T>
class HalvedSumsKernel final : public Kernel {
 public:
  static bool suits(const MatrixProduct& product);
  explicit HalvedSumsKernel(const MatrixProduct& product);

  void run(const Call& call) const override;
  bool end_with(const Epilogue& epilogue, std::size_t result) override;

 private:
  void add_second_half(const Call& call, T* y, std::int64_t first_row, std::int64_t rows) const;

  MatrixProduct product_;
  BlockedMethod<T> method_;
  mutable Array second_half_;  // of the sums
  const Epilogue* epilogue_ = nullptr;
  std::size_t result_ = 0;
};

}  // namespace retrograph
