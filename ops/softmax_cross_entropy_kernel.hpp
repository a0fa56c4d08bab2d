#pragma once

#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/first_refused.hpp>
#include <retrograph/ops/kernels/softmax_rows.hpp>
#include <retrograph/ops/softmax_cross_entropy_labels.hpp>

#include <algorithm>

namespace retrograph {

/// The losses of rows of logits, and their shares of the classes; with a third result, a - y.
template <class T>
class LossKernel final : public Kernel {
 public:
  LossKernel(const Signature& signature, std::optional<std::int64_t> ignore_index, double label_smoothing)
      : classes_{signature.inputs[0].extents.back()},
        rows_{element_count(signature.outputs[0].extents)},
        labels_dtype_{signature.inputs[1].dtype},
        ignore_index_{ignore_index},
        smoothing_{static_cast<T>(label_smoothing)} {}

  void run(const Call& call) const override {
    const auto* weights = call.inputs.size() > 2 ? call.input(2).values<T>() : nullptr;
    const auto with_indices = [&]<class Index>(std::type_identity<Index>) {
      run(call,
          IndexLabels<T, Index>{call.input(1).values<Index>(), classes_, ignore_index_, smoothing_, weights});
    };
    if (labels_dtype_ == DType::int32)
      with_indices(std::type_identity<std::int32_t>{});
    else if (labels_dtype_ == DType::int64)
      with_indices(std::type_identity<std::int64_t>{});
    else
      run(call, ProbabilityLabels<T>{call.input(1).values<T>(), classes_, smoothing_, weights});
  }

 private:
  /// One pass over the rows: shares and loss of each while it is in the first-level cache.
  template <class Labels>
  void run(const Call& call, const Labels& labels) const {
    const auto* logits = call.input(0).values<T>();
    auto* losses = call.output(0).values<T>();
    auto* shares = call.output(1).values<T>();
    auto* differences = call.outputs.size() > 2 ? call.output(2).values<T>() : nullptr;
    FirstRefused refused{rows_};
    parallel_for(rows_, rows_per_chunk(classes_), [&](std::int64_t first, std::int64_t last) {
      SoftmaxSums<T> sums;
      for (auto row = first; row < last; ++row) {
        const auto place = (row - first) % softmax_width;
        if (place == 0 && classes_ > 0)
          softmax_rows<SoftmaxResult::shares>(logits + row * classes_, shares + row * classes_,
                                              std::min(softmax_width, last - row), classes_, sums);
        if (classes_ == 0 || !labels.are_valid(row)) {
          refused.note(row);
          continue;
        }
        const auto* x = logits + row * classes_;
        const auto max = sums.max[place], log_sum = sums.log[place];
        losses[row] = labels.loss(row, [=](std::int64_t k) { return log_sum - (x[k] - max); });
        if (differences) labels.subtract(row, shares + row * classes_, differences + row * classes_);
      }
    });
    if (refused.any()) labels.refuse(refused.place(), call.input(0).extents());
  }

  std::int64_t classes_, rows_;
  DType labels_dtype_;
  std::optional<std::int64_t> ignore_index_;
  T smoothing_;
};

}  // namespace retrograph
