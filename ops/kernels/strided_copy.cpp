#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/kernels/strided_copy.hpp>
#include <retrograph/ops/kernels/transpose_runs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace retrograph {
namespace {

using Axis = StridedCopy::Axis;

constexpr std::size_t max_rank = 32;

/// What one thread copies at a time: a few microseconds of work.
constexpr std::int64_t grain_bytes = 64 * 1024;

/// The edge of a tile: two cache lines of numbers (one of bytes), so that a tile fits the first-level cache.
template <std::int64_t Bytes>
constexpr std::int64_t tile_edge = Bytes == 1 ? 64 : 128 / Bytes;

/// The axes in bytes, without those of extent 1, and with neighbours joined where the first continues the
/// second in both places.
std::vector<Axis> joined(const std::vector<Axis>& axes, std::int64_t bytes) {
  std::vector<Axis> result;
  for (const auto& [extent, from, to] : axes) {
    if (extent == 1) continue;
    const Axis next{extent, from * bytes, to * bytes};
    if (!result.empty() && result.back().from == next.from * extent && result.back().to == next.to * extent)
      result.back() = {result.back().extent * extent, next.from, next.to};
    else
      result.push_back(next);
  }
  if (result.size() > max_rank)
    throw ShapeError{fmt::format("more than {} axes cannot be copied in turn", max_rank)};
  return result;
}

/// Copies a tile of which the source has the columns in one piece, the target the rows. It is transposed into
/// a buffer and then written by whole lines: where strides are powers of two, its lines would push each other
/// out of the cache if they were met more than once.
template <std::int64_t Bytes>
inline void copy_tile(std::int64_t rows, std::int64_t columns, const std::byte* from, std::int64_t from_step,
                      std::byte* to, std::int64_t to_step) {
  constexpr auto width = tile_edge<Bytes> * Bytes;
  std::array<std::byte, tile_edge<Bytes> * width> buffer;
  transpose_runs<Bytes>(columns, rows, from, from_step, buffer.data(), width);
  for (std::int64_t row = 0; row < rows; ++row)
    std::memcpy(to + row * to_step, buffer.data() + row * width, static_cast<std::size_t>(columns * Bytes));
}

/// The offsets in source and target while one place of the outer axes after the other is visited.
class Walk {
 public:
  Walk(const std::vector<Axis>& axes, std::int64_t place) : axes_{axes} {
    for (auto axis = axes.size(); axis-- > 0; place /= axes[axis].extent) {
      index_[axis] = place % axes[axis].extent;
      from_ += index_[axis] * axes[axis].from;
      to_ += index_[axis] * axes[axis].to;
    }
  }
  std::int64_t from() const { return from_; }
  std::int64_t to() const { return to_; }

  void next() {
    for (auto axis = axes_.size(); axis-- > 0;) {
      const auto& [extent, from, to] = axes_[axis];
      from_ += from;
      to_ += to;
      if (++index_[axis] < extent) return;
      index_[axis] = 0;
      from_ -= extent * from;
      to_ -= extent * to;
    }
  }

 private:
  const std::vector<Axis>& axes_;
  std::array<std::int64_t, max_rank> index_;  // as many as there are axes
  std::int64_t from_ = 0, to_ = 0;
};

}  // namespace

StridedCopy::StridedCopy(const std::vector<Axis>& axes, DType dtype, Start start) {
  const auto bytes = static_cast<std::int64_t>(size_in_bytes(dtype));
  start_ = {start.from * bytes, start.to * bytes};
  outer_ = joined(axes, bytes);
  if (bytes == 1)
    choose_loop<1>();
  else if (bytes == 4)
    choose_loop<4>();
  else
    choose_loop<8>();
  for (const auto& axis : outer_) outer_count_ *= axis.extent;
  if (std::any_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.extent == 0; }))
    outer_count_ = 0;
}

/// Takes from the outer axes what the inner loop covers.
template <std::int64_t Bytes>
void StridedCopy::choose_loop() {
  if (outer_.empty()) outer_.push_back({1, Bytes, Bytes});
  inner_.line = outer_.back();
  outer_.pop_back();
  const bool writes_in_a_row = inner_.line.to == Bytes;
  const auto across =
      std::find_if(outer_.begin(), outer_.end(), [](const Axis& axis) { return axis.from == Bytes; });
  inner_.pieces = inner_.line.extent;
  grain_ = grain_bytes / Bytes;
  if (writes_in_a_row && inner_.line.from == Bytes) {
    // The axis becomes one of bytes.
    inner_.line = {inner_.line.extent * Bytes, 1, 1};
    inner_.pieces = inner_.line.extent;
    grain_ = grain_bytes;
    loop_ = copy_run;
  } else if (writes_in_a_row && inner_.line.from == 0) {
    loop_ = repeat_number<Bytes>;
  } else if (writes_in_a_row && across != outer_.end()) {
    inner_.across = *across;
    outer_.erase(across);
    constexpr auto edge = tile_edge<Bytes>;
    const auto tiles = [](const Axis& axis) { return (axis.extent + edge - 1) / edge; };
    inner_.pieces = tiles(inner_.line) * tiles(inner_.across);
    grain_ = std::max(grain_bytes / (edge * edge * Bytes), std::int64_t{1});
    loop_ = copy_tiles<Bytes>;
  } else {
    loop_ = copy_line<Bytes>;
  }
}

void StridedCopy::run(const void* from, void* to) const {
  const auto* source = static_cast<const std::byte*>(from) + start_.from;
  auto* target = static_cast<std::byte*>(to) + start_.to;
  parallel_for(outer_count_ * inner_.pieces, grain_, [&](std::int64_t first, std::int64_t last) {
    Walk walk{outer_, first / inner_.pieces};
    for (auto piece = first % inner_.pieces; first < last; piece = 0, walk.next()) {
      const auto count = std::min(inner_.pieces - piece, last - first);
      loop_(inner_, piece, piece + count, source + walk.from(), target + walk.to());
      first += count;
    }
  });
}

void StridedCopy::copy_run(const Inner&, std::int64_t first, std::int64_t last, const std::byte* from,
                           std::byte* to) {
  std::memcpy(to + first, from + first, static_cast<std::size_t>(last - first));
}

template <std::int64_t Bytes>
void StridedCopy::repeat_number(const Inner&, std::int64_t first, std::int64_t last, const std::byte* from,
                                std::byte* to) {
  std::array<std::byte, Bytes> number;
  std::memcpy(number.data(), from, Bytes);
  for (auto place = first; place < last; ++place) std::memcpy(to + place * Bytes, number.data(), Bytes);
}

template <std::int64_t Bytes>
void StridedCopy::copy_line(const Inner& inner, std::int64_t first, std::int64_t last, const std::byte* from,
                            std::byte* to) {
  const auto [extent, from_step, to_step] = inner.line;
  for (auto place = first; place < last; ++place)
    std::memcpy(to + place * to_step, from + place * from_step, Bytes);
}

template <std::int64_t Bytes>
void StridedCopy::copy_tiles(const Inner& inner, std::int64_t first, std::int64_t last, const std::byte* from,
                             std::byte* to) {
  constexpr auto edge = tile_edge<Bytes>;
  const auto from_step = inner.line.from, to_step = inner.across.to;
  const auto tiles_in_a_row = (inner.line.extent + edge - 1) / edge;
  for (auto tile = first; tile < last; ++tile) {
    const auto row = tile / tiles_in_a_row * edge, column = tile % tiles_in_a_row * edge;
    const auto rows = std::min(edge, inner.across.extent - row);
    const auto columns = std::min(edge, inner.line.extent - column);
    const auto* source = from + row * Bytes + column * from_step;
    auto* target = to + row * to_step + column * Bytes;
    if (rows == edge && columns == edge)
      copy_tile<Bytes>(edge, edge, source, from_step, target, to_step);  // of a size that the compiler knows
    else
      copy_tile<Bytes>(rows, columns, source, from_step, target, to_step);
  }
}

}  // namespace retrograph
