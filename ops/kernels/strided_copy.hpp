#pragma once

#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/kernel.hpp>

#include <algorithm>
#include <cstddef>

namespace retrograph {

/// Copies a box of numbers of any dtype from one arrangement in memory to another: what transpose, slice,
/// concat and the like come down to. What the extents decide is decided when it is made: axes that lie in one
/// piece in both places are joined, and one of four inner loops is chosen.
class StridedCopy {
 public:
  /// The extent of an axis, and how far apart its numbers lie in either place.
  struct Axis {
    std::int64_t extent, from, to;
  };
  /// The places of the box's first number.
  struct Start {
    std::int64_t from = 0, to = 0;
  };

  /// `axes` in the order in which the numbers lie in the target, where none may be met twice; a number of the
  /// source may be (`from` is 0). All distances count numbers.
  StridedCopy(const std::vector<Axis>& axes, DType dtype) : StridedCopy{axes, dtype, Start{}} {}
  StridedCopy(const std::vector<Axis>& axes, DType dtype, Start start);

  void run(const void* from, void* to) const;

 private:
  /// What is done at each place of the outer axes, in `pieces` that threads may share among them.
  struct Inner {
    std::int64_t pieces = 1;
    Axis line{1, 0, 0};    // along which the target is written
    Axis across{1, 0, 0};  // of tiles: along which the source is read
  };
  using Loop = void (*)(const Inner&, std::int64_t first, std::int64_t last, const std::byte* from,
                        std::byte* to);

  template <std::int64_t Bytes>
  void choose_loop();

  static void copy_run(const Inner&, std::int64_t, std::int64_t, const std::byte*, std::byte*);
  template <std::int64_t Bytes>
  static void repeat_number(const Inner&, std::int64_t, std::int64_t, const std::byte*, std::byte*);
  template <std::int64_t Bytes>
  static void copy_line(const Inner&, std::int64_t, std::int64_t, const std::byte*, std::byte*);
  template <std::int64_t Bytes>
  static void copy_tiles(const Inner&, std::int64_t, std::int64_t, const std::byte*, std::byte*);

  // From here on, distances count bytes.
  Start start_;
  std::vector<Axis> outer_;
  std::int64_t outer_count_ = 1;  // places of the outer axes; 0 if there is nothing to copy
  Inner inner_;
  std::int64_t grain_ = 1;  // pieces that one thread takes at a time
  Loop loop_ = nullptr;
};

/// The kernel of an op that copies its operand's numbers in another order.
class CopyKernel final : public Kernel {
 public:
  explicit CopyKernel(StridedCopy copy) : copy_{std::move(copy)} {}
  void run(const Call& call) const override { copy_.run(call.input(0).data, call.output(0).data); }

 private:
  StridedCopy copy_;
};

/// The kernel of an op that copies its operand's numbers to some places of the result and a value elsewhere.
template <Element T>
class FillAndCopyKernel final : public Kernel {
 public:
  FillAndCopyKernel(T value, StridedCopy copy) : value_{value}, copy_{std::move(copy)} {}

  void run(const Call& call) const override {
    auto* y = call.output(0).values<T>();
    parallel_for(call.output(0).size, std::int64_t{16384},
                 [&](std::int64_t first, std::int64_t last) { std::fill(y + first, y + last, value_); });
    copy_.run(call.input(0).data, y);
  }

 private:
  T value_;
  StridedCopy copy_;
};

}  // namespace retrograph
