#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/pointwise_kernel.hpp>

#include <algorithm>

namespace retrograph {
namespace {

constexpr std::int64_t most_tile = 1024;

/// Numbers that one thread takes at a time: some microseconds of work.
constexpr std::int64_t least_grain = 2048, most_grain = 16384, grain_of_one_function = 32768;
constexpr std::int64_t most_chunks = 512;

/// The processor itself asks in time for the memory of a plain loop, but not past several functions on a
/// tile. Where all memory is in a near cache, there is nothing to gain.
constexpr std::int64_t least_functions_to_prefetch = 4, cached_bytes = 1024 * 1024;

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
  add_applications(groups, std::move(functions), reads, places, signature);
  if (endings.empty())
    choose_tile(buffers, 0);
  else  // a sum's bits depend on its pieces, and so they must not depend on whether loops are generated
    choose_tile({signature, extents, rows_, reads, results}, endings[0].line);
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

void PointwiseKernel::add_applications(const FunctionGroups& groups,
                                       std::vector<std::unique_ptr<Pointwise>> functions,
                                       const TileBuffers::Reads& reads, std::span<const Place> place_of_value,
                                       const Signature& signature) {
  std::vector<bool> stands_still;
  for (std::size_t index = 0; index < operand_count_; ++index)
    stands_still.push_back(rows_.stands_still(index) || element_count(signature.inputs[index].extents) == 1);
  const auto far = groups.groups().size() == 1 ? far_places() : std::vector<Place>{};
  for (const auto& group : groups.groups())
    if (group.last - group.first > 1)
      applications_.emplace_back().loop = groups.generate(group, place_of_value, stands_still, far);
    else
      add_function(std::move(functions[group.first]), reads.of_functions[group.first], place_of_value,
                   place_of_value[operand_count_ + group.first]);
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

}  // namespace retrograph
