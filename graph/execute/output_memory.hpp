#pragma once

#include <retrograph/graph/execute/executable.hpp>

#include <atomic>

namespace retrograph {

/// Memory for the outputs of a plan, which goes from a run to its Results and back when those are gone: the
/// system would hand out large memory page by page, which takes longer than most loops over it. Results may
/// outlive the executable, and end on any thread.
class OutputMemory {
 public:
  OutputMemory(std::vector<Tensor> outputs, std::vector<ArrayType> types)
      : outputs_{std::move(outputs)}, types_{std::move(types)} {}
  ~OutputMemory() { delete spare_.load(); }

  /// Numbers of any value.
  std::unique_ptr<std::vector<Array>> get();
  void give_back(std::unique_ptr<std::vector<Array>> arrays);

  /// Throws GraphError for a tensor that is none of the outputs.
  std::size_t index_of(const Tensor& output) const;

 private:
  std::vector<Tensor> outputs_;
  std::vector<ArrayType> types_;
  std::atomic<std::vector<Array>*> spare_ = nullptr;
};

}  // namespace retrograph
