#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/execute/pointwise_kernel.hpp>

#include <algorithm>
#include <cstring>

// How the tiles of a kernel run that pointwise_kernel.cpp has prepared.

namespace retrograph {

void PointwiseKernel::run(const Call& call) const {
  if (is_single_) return run_single(call);
  if (size_ == 0) return;
  if (tiles_ <= tiles_at_once_)
    run_tiles(call, 0, tiles_);
  else
    parallel_for(tiles_, tiles_at_once_,
                 [&](std::int64_t first, std::int64_t last) { run_tiles(call, first, last); });
  for (const auto& reducer : reducers_)
    reducer.reduction->join(reducer.partials.get(), call.output(reducer.result).data);
}

/// One function on all of its operands, as they are: for small ones all the rest would take longer.
void PointwiseKernel::run_single(const Call& call) const {
  std::array<const void*, most_arguments> arguments;
  for (std::size_t index = 0; index < operand_count_; ++index) arguments[index] = call.input(index).data;
  applications_[0].function->run(arguments.data(), call.output(0).data, size_);
}

void PointwiseKernel::run_tiles(const Call& call, std::int64_t first, std::int64_t last) const {
  alignas(64) std::byte buffers[all_buffers_bytes];
  auto memory = memory_of(call, buffers);
  for (auto tile = first; tile < last; ++tile) run_tile(memory, tile);
}

void PointwiseKernel::run_rows(const Call& call, std::int64_t first, std::int64_t rows, std::int64_t columns,
                               std::int64_t stride) const {
  alignas(64) std::byte buffers[all_buffers_bytes];
  auto memory = memory_of(call, buffers);
  for (std::int64_t row = 0; row < rows; ++row, first += stride) run_stretch(memory, first, first + columns);
}

void PointwiseKernel::run_stretch(Memory& memory, std::int64_t first, std::int64_t last) const {
  while (first < last) {
    auto count = std::min(tile_, last - first);
    if (const auto row = rows_.extent(); row > 0) count = std::min(count, row - first % row);
    run_functions(memory, first, count);
    first += count;
  }
}

PointwiseKernel::Memory PointwiseKernel::memory_of(const Call& call, std::byte* buffers) const {
  Memory memory;
  for (std::size_t index = 0; index < operand_count_; ++index) {
    const auto source = sources_[index];
    memory.whole[index] = static_cast<std::byte*>(
        source.is_output ? call.output(source.index).data
                         : const_cast<void*>(call.input(source.index).data));  // only read
  }
  for (std::size_t index = 0; index < result_count_; ++index)
    memory.whole[operand_count_ + index] = static_cast<std::byte*>(call.output(index).data);
  std::copy_n(memory.whole.begin(), operand_count_, memory.tile.begin());
  for (std::size_t index = 0; index < buffer_count_; ++index)
    memory.tile[operand_count_ + result_count_ + index] = buffers + index * buffer_bytes_;
  return memory;
}

void PointwiseKernel::run_tile(Memory& memory, std::int64_t tile) const {
  const auto stretch = tiles_ == tiles_of_stretch_ ? 0 : tile / tiles_of_stretch_;
  const auto offset = (tile - stretch * tiles_of_stretch_) * tile_;
  const auto first = stretch * stretch_ + offset, count = std::min(tile_, stretch_ - offset);
  run_functions(memory, first, count);
  if (!reducers_.empty()) reduce(memory.tile, count, line_ > tile_ ? tile : first / line_);
}

void PointwiseKernel::run_functions(Memory& memory, std::int64_t first, std::int64_t count) const {
  auto& [whole, tile] = memory;
  for (const auto& moving : moving_) tile[moving.place] = whole[moving.place] + first * moving.bytes;
  if (rows_.extent() > 0) {
    const auto index = rows_.index_of(first);
    for (const auto& operand : rows_.operands())
      tile[operand.index] = whole[operand.index] + rows_.offset(operand, index);
  }
  for (const auto& expansion : expansions_)
    expansion.write(whole[expansion.operand], tile[expansion.place], first, count);
  for (std::size_t number = 0; number < applications_.size(); ++number) {
    applications_[number].run(tile, count);
    if (prefetches_) prefetch_part(tile, count, static_cast<std::int64_t>(number));
  }
}

void PointwiseKernel::Application::run(const Addresses& addresses, std::int64_t count) const {
  if (loop) return loop->run(addresses.data(), count);
  std::array<const void*, most_arguments> operands;
  for (std::size_t index = 0; index < argument_count; ++index) operands[index] = addresses[arguments[index]];
  function->run(operands.data(), addresses[result], count);
}

/// Of the next tile, the part that falls to one of the functions: a whole tile at once would find the queue
/// to memory full.
void PointwiseKernel::prefetch_part(const Addresses& addresses, std::int64_t count,
                                    std::int64_t function) const {
  for (const auto& moving : moving_) {
    const auto* part =
        addresses[moving.place] + count * moving.bytes + function * moving.lines_ahead * cache_line;
    for (std::int64_t line = 0; line < moving.lines_ahead; ++line)
      __builtin_prefetch(part + line * cache_line);
  }
}

/// The pieces of a tile, which is one or consists of whole lines.
void PointwiseKernel::reduce(const Addresses& addresses, std::int64_t count, std::int64_t first_piece) const {
  const auto piece = std::min(line_, count);
  for (const auto& reducer : reducers_) {
    const auto* numbers = addresses[reducer.argument];
    auto* partial = reducer.partials.get() + first_piece * reducer.bytes;
    for (std::int64_t place = 0; place < count; place += piece, partial += reducer.bytes)
      reducer.reduction->reduce(numbers + place * reducer.bytes, piece, partial);
  }
}

void PointwiseKernel::Expansion::write(const std::byte* from, std::byte* to, std::int64_t first,
                                       std::int64_t count) const {
  const auto width = static_cast<std::int64_t>(bytes);
  loop.walk<1>(first, first + count, [&](std::int64_t, std::int64_t stretch, const auto& offsets) {
    const auto* source = from + offsets[0] * width;
    if (loop.moves(0))
      std::memcpy(to, source, static_cast<std::size_t>(stretch * width));
    else
      repeat(source, bytes, stretch, to);
    to += stretch * width;
  });
}

}  // namespace retrograph
