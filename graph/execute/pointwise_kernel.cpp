#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/execute/pointwise_kernel.hpp>

#include <algorithm>
#include <cstring>

namespace retrograph {
namespace {

/// All buffers of a thread: with the pieces of memory that are read and written, they stay in a first-level
/// cache of 32 KiB.
constexpr std::size_t all_buffers_bytes = 24 * 1024;
constexpr std::int64_t most_tile = 1024;

/// Numbers that one thread takes at a time: some microseconds of work.
constexpr std::int64_t least_grain = 2048, most_grain = 16384, grain_of_one_function = 32768;
constexpr std::int64_t most_chunks = 512;

/// The processor itself asks in time for the memory of a plain loop, but not past several functions on a
/// tile. Where all memory is in a near cache, there is nothing to gain.
constexpr std::int64_t least_functions_to_prefetch = 4, cached_bytes = 1024 * 1024;
constexpr std::int64_t cache_line = 64;

/// Of `count` numbers in parts of at most `most`: a part, all about equally large, of whole registers.
std::int64_t even_part(std::int64_t count, std::int64_t most) {
  if (count <= most) return count;
  const auto parts = (count + most - 1) / most;
  return std::min(((count + parts - 1) / parts + 15) / 16 * 16, most);
}

}  // namespace

PointwiseKernel::PointwiseKernel(const Signature& signature, const Extents& extents,
                                 std::vector<Instruction> instructions, std::span<const Value> results,
                                 std::vector<Ending> endings, bool generates)
    : size_{element_count(extents)},
      function_count_{static_cast<std::int64_t>(instructions.size())},
      operand_count_{signature.inputs.size()},
      result_count_{results.size()},
      rows_{signature, extents} {
  for (std::size_t index = 0; index < operand_count_; ++index) sources_.push_back({false, index});
  TileBuffers::Reads reads;
  std::vector<std::unique_ptr<Pointwise>> functions;
  for (const auto& instruction : instructions) {
    reads.of_functions.push_back(instruction.arguments);
    reads.dtypes.push_back(instruction.signature.outputs[0].dtype);
    functions.push_back(make_function(instruction));
  }
  for (const auto& ending : endings) reads.of_endings.push_back(ending.argument);
  const FunctionGroups groups{functions, operand_count_, reads, results, generates};
  const TileBuffers buffers{signature, extents, rows_, reads, results, groups.in_registers()};
  buffer_count_ = buffers.count;
  invariant(operand_count_ <= most_operands && result_count_ <= most_results && buffer_count_ <= most_buffers,
            "an elementwise kernel has too many operands");

  std::vector<Place> places(buffers.of_value.size());
  for (std::size_t value = 0; value < places.size(); ++value)
    places[value] = static_cast<Place>(buffers.of_value[value] == TileBuffers::none
                                           ? value
                                           : operand_count_ + result_count_ + buffers.of_value[value]);
  for (std::size_t index = 0; index < results.size(); ++index)
    places[results[index]] = static_cast<Place>(operand_count_ + index);
  note_memory(signature, extents, places);
  std::vector<bool> stands_still;
  for (std::size_t index = 0; index < operand_count_; ++index)
    stands_still.push_back(rows_.stands_still(index) ||
                           (element_count(signature.inputs[index].extents) == 1 && size_ != 1));
  const auto far = groups.groups().size() == 1 ? far_places() : std::vector<Place>{};
  for (const auto& group : groups.groups())
    if (group.last - group.first > 1)
      applications_.emplace_back().loop = groups.generate(group, places, stands_still, far);
    else
      add_function(std::move(functions[group.first]), instructions[group.first].arguments, places,
                   places[operand_count_ + group.first]);
  choose_tile(buffers, endings.empty() ? 0 : endings[0].line);
  is_single_ = function_count_ == 1 && endings.empty() && tiles_ == 1 && rows_.extent() == 0 &&
               expansions_.empty() && reads_operands_in_order();
  make_reducers(std::move(endings), places);
}

bool PointwiseKernel::reads_operands_in_order() const {
  const auto& application = applications_[0];
  for (std::size_t index = 0; index < application.argument_count; ++index)
    if (application.arguments[index] != index) return false;
  return application.argument_count == operand_count_;
}

std::unique_ptr<Pointwise> PointwiseKernel::make_function(const Instruction& instruction) const {
  const auto& arguments = instruction.arguments;
  invariant(arguments.size() <= most_arguments, "an elementwise function has too many operands");
  auto signature = instruction.signature;
  for (std::size_t index = 0; index < arguments.size(); ++index)
    if (rows_.stands_still(arguments[index])) signature.inputs[index].extents.clear();
  return instruction.make(signature);
}

void PointwiseKernel::add_function(std::unique_ptr<Pointwise> function, std::span<const Value> arguments,
                                   std::span<const Place> place_of_value, Place result) {
  auto& application = applications_.emplace_back();
  application.function = std::move(function);
  for (std::size_t index = 0; index < arguments.size(); ++index)
    application.arguments[index] = place_of_value[arguments[index]];
  application.argument_count = static_cast<std::uint16_t>(arguments.size());
  application.result = result;
}

/// What moves along with the result, and what must be written out.
void PointwiseKernel::note_memory(const Signature& signature, const Extents& extents,
                                  std::span<const Place> place_of_value) {
  for (std::size_t index = 0; index < operand_count_; ++index) {
    const auto& input = signature.inputs[index];
    const auto count = element_count(input.extents);
    const auto bytes = size_in_bytes(input.dtype);
    if (count == size_)
      moving_.push_back({static_cast<Place>(index), static_cast<std::int64_t>(bytes), 0});
    else if (count != 1 && rows_.extent() == 0)
      expansions_.push_back(
          {index, BroadcastLoop{Signature{{input}, {{input.dtype, extents}}}}, bytes, place_of_value[index]});
  }
  for (std::size_t index = 0; index < result_count_; ++index)
    moving_.push_back({static_cast<Place>(operand_count_ + index),
                       static_cast<std::int64_t>(size_in_bytes(signature.outputs[index].dtype)), 0});
}

void PointwiseKernel::choose_tile(const TileBuffers& buffers, std::int64_t line) {
  if (buffers.count > 0) {
    const auto fitting = all_buffers_bytes / (buffers.count * buffers.widest_number);
    tile_ = std::min(static_cast<std::int64_t>(fitting) / 16 * 16, most_tile);
  } else {
    tile_ = applications_.size() == 1 && line == 0 ? most_grain : most_tile;
  }
  buffer_bytes_ = static_cast<std::size_t>(tile_) * buffers.widest_number;
  if (size_ == 0) return;
  line_ = line;
  stretch_ = line > tile_ ? line : size_;
  if (const auto row = rows_.extent(); row > 0) {
    stretch_ = std::min(stretch_, row);
    tile_ = even_part(stretch_, tile_);
  }
  if (line > 0 && line <= tile_) tile_ = tile_ / line * line;
  tiles_of_stretch_ = (stretch_ + tile_ - 1) / tile_;
  tiles_ = size_ / stretch_ * tiles_of_stretch_;
  const auto grain = std::max(std::clamp(grain_of_one_function / function_count_, least_grain, most_grain),
                              (size_ + most_chunks - 1) / most_chunks);
  tiles_at_once_ = (grain + tile_ - 1) / tile_;
  choose_prefetches();
}

/// What is worth asking for ahead.
std::vector<PointwiseKernel::Place> PointwiseKernel::far_places() const {
  std::int64_t bytes = 0;
  std::vector<Place> places;
  for (const auto& moving : moving_) {
    bytes += size_ * moving.bytes;
    places.push_back(moving.place);
  }
  if (function_count_ < least_functions_to_prefetch || bytes <= cached_bytes) return {};
  return places;
}

/// A generated loop that is alone asks for itself.
void PointwiseKernel::choose_prefetches() {
  const auto applications = static_cast<std::int64_t>(applications_.size());
  for (auto& moving : moving_)
    moving.lines_ahead = (tile_ * moving.bytes / cache_line + applications - 1) / applications;
  prefetches_ = applications > 1 && !far_places().empty();
}

void PointwiseKernel::make_reducers(std::vector<Ending> endings, std::span<const Place> place_of_value) {
  const auto pieces = line_ > tile_ ? line_ / stretch_ * tiles_of_stretch_ : 1;
  for (std::size_t index = 0; index < endings.size() && size_ > 0; ++index) {
    const auto& ending = endings[index];
    const auto bytes = size_in_bytes(ending.dtype);
    reducers_.push_back({ending.make(pieces), place_of_value[ending.argument], result_count_ + index,
                         static_cast<std::int64_t>(bytes),
                         std::make_unique_for_overwrite<std::byte[]>(
                             static_cast<std::size_t>(size_ / line_ * pieces) * bytes)});
  }
}

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
  auto addresses = addresses_of(call, buffers);
  for (auto tile = first; tile < last; ++tile) run_tile(call, addresses, tile);
}

void PointwiseKernel::run_rows(const Call& call, std::int64_t first, std::int64_t rows, std::int64_t columns,
                               std::int64_t stride) const {
  alignas(64) std::byte buffers[all_buffers_bytes];
  auto addresses = addresses_of(call, buffers);
  for (std::int64_t row = 0; row < rows; ++row, first += stride)
    run_stretch(call, addresses, first, first + columns);
}

void PointwiseKernel::run_stretch(const Call& call, Addresses& addresses, std::int64_t first,
                                  std::int64_t last) const {
  while (first < last) {
    auto count = std::min(tile_, last - first);
    if (const auto row = rows_.extent(); row > 0) count = std::min(count, row - first % row);
    run_functions(call, addresses, first, count);
    first += count;
  }
}

/// Of what stays where it is: operands that do not move, and the buffers.
PointwiseKernel::Addresses PointwiseKernel::addresses_of(const Call& call, std::byte* buffers) const {
  Addresses addresses;
  for (std::size_t index = 0; index < operand_count_; ++index)
    addresses[index] = memory(call, static_cast<Place>(index));
  for (std::size_t index = 0; index < buffer_count_; ++index)
    addresses[operand_count_ + result_count_ + index] = buffers + index * buffer_bytes_;
  return addresses;
}

void PointwiseKernel::run_tile(const Call& call, Addresses& addresses, std::int64_t tile) const {
  const auto stretch = tiles_ == tiles_of_stretch_ ? 0 : tile / tiles_of_stretch_;
  const auto offset = (tile - stretch * tiles_of_stretch_) * tile_;
  const auto first = stretch * stretch_ + offset, count = std::min(tile_, stretch_ - offset);
  run_functions(call, addresses, first, count);
  if (!reducers_.empty()) reduce(addresses, count, line_ > tile_ ? tile : first / line_);
}

void PointwiseKernel::run_functions(const Call& call, Addresses& addresses, std::int64_t first,
                                    std::int64_t count) const {
  for (const auto& moving : moving_)
    addresses[moving.place] = memory(call, moving.place) + first * moving.bytes;
  if (rows_.extent() > 0) find_operands_of_row(call, addresses, first);
  for (const auto& expansion : expansions_)
    expansion.write(memory(call, static_cast<Place>(expansion.operand)), addresses[expansion.place], first,
                    count);
  for (std::size_t number = 0; number < applications_.size(); ++number) {
    applications_[number].run(addresses, count);
    if (prefetches_) prefetch_part(addresses, count, static_cast<std::int64_t>(number));
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

void PointwiseKernel::find_operands_of_row(const Call& call, Addresses& addresses, std::int64_t first) const {
  const auto index = rows_.index_of(first);
  for (const auto& operand : rows_.operands())
    addresses[operand.index] = memory(call, static_cast<Place>(operand.index)) + rows_.offset(operand, index);
}

std::byte* PointwiseKernel::memory(const Call& call, Place place) const {
  if (place >= operand_count_) return static_cast<std::byte*>(call.output(place - operand_count_).data);
  const auto source = sources_[place];
  if (source.is_output) return static_cast<std::byte*>(call.output(source.index).data);
  return const_cast<std::byte*>(static_cast<const std::byte*>(call.input(source.index).data));  // only read
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
