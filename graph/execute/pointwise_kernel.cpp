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

}  // namespace

PointwiseKernel::Buffers PointwiseKernel::assign_buffers(const Signature& signature, const Extents& extents,
                                                         const Reads& reads, std::span<const Value> results) {
  const auto size = element_count(extents);
  const auto first_result = signature.inputs.size();
  const auto& arguments = reads.of_functions;
  std::vector<bool> in_memory;
  std::vector<std::size_t> bytes;
  for (const auto& input : signature.inputs) {
    const auto count = element_count(input.extents);
    in_memory.push_back(count == size || count == 1);
    bytes.push_back(size_in_bytes(input.dtype));
  }
  in_memory.resize(first_result + arguments.size(), false);
  for (const auto dtype : reads.dtypes) bytes.push_back(size_in_bytes(dtype));
  for (const auto value : results) in_memory[value] = true;

  constexpr auto never = ~std::size_t{0};
  std::vector<std::size_t> last_use(bytes.size(), never);
  for (std::size_t index = 0; index < arguments.size(); ++index)
    for (const auto value : arguments[index]) last_use[value] = index;
  for (const auto value : reads.of_endings) last_use[value] = arguments.size();

  Buffers buffers{std::vector<std::uint32_t>(bytes.size(), Buffers::none)};
  buffers.widest_number = *std::max_element(bytes.begin(), bytes.end());
  std::vector<std::uint32_t> free;
  const auto take = [&](std::size_t value) {
    if (in_memory[value]) return;
    if (free.empty()) free.push_back(buffers.count++);
    buffers.of_value[value] = free.back();
    free.pop_back();
  };
  const auto release = [&](std::size_t value) {
    if (!in_memory[value]) free.push_back(buffers.of_value[value]);
  };
  for (std::size_t value = 0; value < first_result; ++value) take(value);
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    const auto result = first_result + index;
    auto ending = arguments[index];
    std::erase_if(ending, [&](Value value) { return last_use[value] != index; });
    std::sort(ending.begin(), ending.end());
    ending.erase(std::unique(ending.begin(), ending.end()), ending.end());
    // A loop may overwrite an operand, but only with numbers of the same size.
    for (const auto value : ending)
      if (bytes[value] == bytes[result]) release(value);
    take(result);
    for (const auto value : ending)
      if (bytes[value] != bytes[result]) release(value);
    if (last_use[result] == never) release(result);
  }
  return buffers;
}

PointwiseKernel::PointwiseKernel(const Signature& signature, const Extents& extents,
                                 std::vector<Instruction> instructions, std::span<const Value> results,
                                 std::vector<Ending> endings)
    : size_{element_count(extents)}, operand_count_{signature.inputs.size()}, result_count_{results.size()} {
  for (std::size_t index = 0; index < operand_count_; ++index) sources_.push_back({false, index});
  Reads reads;
  for (const auto& instruction : instructions) {
    reads.of_functions.push_back(instruction.arguments);
    reads.dtypes.push_back(instruction.dtype);
  }
  for (const auto& ending : endings) reads.of_endings.push_back(ending.argument);
  const auto buffers = assign_buffers(signature, extents, reads, results);
  buffer_count_ = buffers.count;
  invariant(operand_count_ <= most_operands && result_count_ <= most_results && buffer_count_ <= most_buffers,
            "an elementwise kernel has too many operands");

  std::vector<Place> places(buffers.of_value.size());
  for (std::size_t value = 0; value < places.size(); ++value)
    places[value] = static_cast<Place>(buffers.of_value[value] == Buffers::none
                                           ? value
                                           : operand_count_ + result_count_ + buffers.of_value[value]);
  for (std::size_t index = 0; index < results.size(); ++index)
    places[results[index]] = static_cast<Place>(operand_count_ + index);
  note_memory(signature, extents, places);
  for (std::size_t index = 0; index < instructions.size(); ++index) {
    const auto& arguments = instructions[index].arguments;
    invariant(arguments.size() <= most_arguments, "an elementwise function has too many operands");
    auto& application = applications_.emplace_back();
    application.function = std::move(instructions[index].function);
    application.argument_count = static_cast<std::uint16_t>(arguments.size());
    for (std::size_t place = 0; place < arguments.size(); ++place)
      application.arguments[place] = places[arguments[place]];
    application.result = places[operand_count_ + index];
  }
  choose_tile(buffers, endings.empty() ? 0 : endings[0].line);
  make_reducers(std::move(endings), places);
}

/// What moves along with the result, and what must be written out.
void PointwiseKernel::note_memory(const Signature& signature, const Extents& extents,
                                  std::span<const Place> place_of_value) {
  for (std::size_t index = 0; index < operand_count_; ++index) {
    const auto& input = signature.inputs[index];
    const auto count = element_count(input.extents);
    const auto bytes = size_in_bytes(input.dtype);
    if (count == size_)
      moving_.push_back({static_cast<Place>(index), static_cast<std::int64_t>(bytes)});
    else if (count != 1)
      expansions_.push_back(
          {index, BroadcastLoop{Signature{{input}, {{input.dtype, extents}}}}, bytes, place_of_value[index]});
  }
  for (std::size_t index = 0; index < result_count_; ++index)
    moving_.push_back({static_cast<Place>(operand_count_ + index),
                       static_cast<std::int64_t>(size_in_bytes(signature.outputs[index].dtype))});
}

void PointwiseKernel::choose_tile(const Buffers& buffers, std::int64_t line) {
  const auto functions = static_cast<std::int64_t>(applications_.size());
  if (buffers.count > 0) {
    const auto fitting = all_buffers_bytes / (buffers.count * buffers.widest_number);
    tile_ = std::min(static_cast<std::int64_t>(fitting) / 16 * 16, most_tile);
  } else {
    tile_ = functions == 1 && line == 0 ? most_grain : most_tile;
  }
  buffer_bytes_ = static_cast<std::size_t>(tile_) * buffers.widest_number;
  if (size_ == 0) return;
  line_ = line;
  if (line > 0 && line <= tile_) tile_ = tile_ / line * line;
  stretch_ = line > tile_ ? line : size_;
  tiles_of_stretch_ = (stretch_ + tile_ - 1) / tile_;
  tiles_ = size_ / stretch_ * tiles_of_stretch_;
  const auto grain = std::max(std::clamp(grain_of_one_function / functions, least_grain, most_grain),
                              (size_ + most_chunks - 1) / most_chunks);
  tiles_at_once_ = (grain + tile_ - 1) / tile_;
}

void PointwiseKernel::make_reducers(std::vector<Ending> endings, std::span<const Place> place_of_value) {
  const auto pieces = line_ > tile_ ? (line_ + tile_ - 1) / tile_ : 1;
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
  if (size_ == 0) return;
  if (tiles_ <= tiles_at_once_)
    run_tiles(call, 0, tiles_);
  else
    parallel_for(tiles_, tiles_at_once_,
                 [&](std::int64_t first, std::int64_t last) { run_tiles(call, first, last); });
  for (const auto& reducer : reducers_)
    reducer.reduction->join(reducer.partials.get(), call.output(reducer.result).data);
}

void PointwiseKernel::run_tiles(const Call& call, std::int64_t first, std::int64_t last) const {
  alignas(64) std::byte buffers[all_buffers_bytes];
  auto addresses = addresses_of(call, buffers);
  for (auto tile = first; tile < last; ++tile) run_tile(call, addresses, tile);
}

void PointwiseKernel::run_stretch(const Call& call, std::int64_t first, std::int64_t last) const {
  alignas(64) std::byte buffers[all_buffers_bytes];
  auto addresses = addresses_of(call, buffers);
  for (; first < last; first += tile_) run_functions(call, addresses, first, std::min(tile_, last - first));
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
  for (const auto& expansion : expansions_)
    expansion.write(memory(call, static_cast<Place>(expansion.operand)), addresses[expansion.place], first,
                    count);
  for (const auto& application : applications_) {
    std::array<const void*, most_arguments> arguments;
    for (std::size_t index = 0; index < application.argument_count; ++index)
      arguments[index] = addresses[application.arguments[index]];
    application.function->run(arguments.data(), addresses[application.result], count);
  }
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
