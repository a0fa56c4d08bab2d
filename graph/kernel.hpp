#pragma once

#include <retrograph/graph/random.hpp>
#include <retrograph/graph/shape.hpp>

#include <span>

namespace retrograph {

/// An operand of a kernel: where its numbers are and how they lie, rows first.
struct ConstView {
  ArrayType type;
  std::int64_t size = 0;
  const void* data = nullptr;

  const Extents& extents() const { return type.extents; }
  template <Element T>
  const T* values() const {
    return static_cast<const T*>(data);
  }
};

/// A result of a kernel, to be written whole.
struct View {
  ArrayType type;
  std::int64_t size = 0;
  void* data = nullptr;

  const Extents& extents() const { return type.extents; }
  template <Element T>
  T* values() const {
    return static_cast<T*>(data);
  }
};

/// What a kernel may know of the run beside its operands.
struct RunContext {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

/// One call of a kernel.
struct Call {
  std::span<const ConstView> inputs;
  std::span<const View> outputs;
  const RunContext& run;
  std::uint64_t node_hash = 0;  // of the node's full name

  const ConstView& input(std::size_t index) const { return inputs[index]; }
  const View& output(std::size_t index) const { return outputs[index]; }
  /// Random numbers of this node in this step.
  RandomStream random() const { return RandomStream{run.seed, node_hash, run.step}; }
};

/// What is known of a step when its kernel is prepared.
struct Signature {
  std::vector<ArrayType> inputs, outputs;
};

/// Work on a part of a result that a kernel has just written, while it is in the cache.
class Epilogue {
 public:
  virtual ~Epilogue() = default;
  /// On `rows` rows of `columns` numbers that begin at place `first` of the result, `stride` apart. By any
  /// number of threads at once, each on other places.
  virtual void run(const Call& call, std::int64_t first, std::int64_t rows, std::int64_t columns,
                   std::int64_t stride) const = 0;
};

/// A kernel prepared for fixed shapes. What depends on shapes alone is worked out when it is made, so that
/// a call neither allocates nor decides. May be called by any thread, by one at a time.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void run(const Call& call) const = 0;
  /// From now on, writes what was result 0 to result `result` of a call, and hands each part of it to the
  /// epilogue, which must live as long. False if it cannot, and nothing has changed.
  virtual bool end_with(const Epilogue&, [[maybe_unused]] std::size_t result) { return false; }
};

}  // namespace retrograph
