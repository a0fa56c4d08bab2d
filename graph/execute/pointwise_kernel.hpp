#pragma once

#include <retrograph/graph/execute/function_groups.hpp>

#include <array>
#include <functional>
#include <memory>

namespace retrograph {

/// Applies elementwise functions one after another to pieces of the operands that fit the first-level cache:
/// what lies between the first function and the last never reaches memory. Operands are repeated as needed.
class PointwiseKernel final : public Kernel {
 public:
  /// Values are counted: the operands of the kernel come first, then the results of the functions in turn.
  using Value = TileBuffers::Value;
  struct Instruction {
    std::function<std::unique_ptr<Pointwise>(const Signature&)> make;
    Signature signature;
    std::vector<Value> arguments;  // at most `most_arguments`
  };

  /// A reduction of one value, at the end: of each `line` neighbours one number.
  struct Ending {
    std::function<std::unique_ptr<PieceReduction>(std::int64_t pieces)> make;
    Value argument;
    std::int64_t line;  // the same for all endings of a kernel
    DType dtype;
  };

  static constexpr std::size_t most_arguments = 4;
  static constexpr std::size_t most_operands = 64, most_results = 64;  // of the kernel
  static constexpr std::size_t most_buffers = 64;

  /// All functions have results of these extents. The results of the kernel are first the values `results`,
  /// then what the endings make. With `generates`, functions whose formulas are known become machine code
  /// where that is possible.
  PointwiseKernel(const Signature& signature, const Extents& extents, std::vector<Instruction> instructions,
                  std::span<const Value> results, std::vector<Ending> endings = {}, bool generates = false);

  void run(const Call& call) const override;
  /// On `rows` rows of `columns` places alone that begin at `first`, `stride` apart, on this thread. Without
  /// endings.
  void run_rows(const Call& call, std::int64_t first, std::int64_t rows, std::int64_t columns,
                std::int64_t stride) const;

  /// Where an operand is found in a call: among its inputs or, made by who ran before, among its outputs.
  struct Source {
    bool is_output = false;
    std::size_t index = 0;
  };
  /// One for each operand; until then, they are the inputs of the call in order.
  void read_from(std::vector<Source> sources) {
    sources_ = std::move(sources);
    is_single_ = false;
  }

 private:
  /// A place is the memory of an operand or a result, or a buffer.
  using Place = std::uint16_t;
  static constexpr std::size_t most_places = most_operands + most_results + most_buffers;
  using Addresses = std::array<std::byte*, most_places>;
  struct Memory {
    Addresses whole;  // of operands and results: where the call has them
    Addresses tile;   // where that of the tile is that is worked on
  };

  /// All buffers of a thread: with the pieces of memory that are read and written, they stay in a first-level
  /// cache of 32 KiB.
  static constexpr std::size_t all_buffers_bytes = 24 * 1024;
  static constexpr std::int64_t cache_line = 64;

  /// A repeated operand where there are no rows: written out piece by piece.
  struct Expansion {
    std::size_t operand;
    BroadcastLoop loop;
    std::size_t bytes;  // of a number
    Place place;
    void write(const std::byte* from, std::byte* to, std::int64_t first, std::int64_t count) const;
  };
  /// A generated loop or, without, a function.
  struct Application {
    std::unique_ptr<GeneratedLoop> loop;
    std::unique_ptr<Pointwise> function;
    std::array<Place, most_arguments> arguments{};
    std::uint16_t argument_count = 0;
    Place result = 0;
    void run(const Addresses& addresses, std::int64_t count) const;
  };
  struct Moving {
    Place place;
    std::int64_t bytes;        // of a number
    std::int64_t lines_ahead;  // of the cache, to be asked for while one function runs
  };

  std::unique_ptr<Pointwise> make_function(const Instruction& instruction) const;
  void add_applications(const FunctionGroups& groups, std::vector<std::unique_ptr<Pointwise>> functions,
                        const TileBuffers::Reads& reads, std::span<const Place> place_of_value,
                        const Signature& signature);
  void add_function(std::unique_ptr<Pointwise> function, std::span<const Value> arguments,
                    std::span<const Place> place_of_value, Place result);
  void note_memory(const Signature& signature, const Extents& extents, std::span<const Place> place_of_value);
  void choose_tile(const TileBuffers& buffers, std::int64_t line);
  std::vector<Place> far_places() const;
  void choose_prefetches();
  void make_reducers(std::vector<Ending> endings, std::span<const Place> place_of_value);
  bool reads_operands_in_order() const;
  void run_single(const Call& call) const;
  void run_tiles(const Call& call, std::int64_t first, std::int64_t last) const;
  void run_stretch(Memory& memory, std::int64_t first, std::int64_t last) const;
  Memory memory_of(const Call& call, std::byte* buffers) const;
  void run_tile(Memory& memory, std::int64_t tile) const;
  void run_functions(Memory& memory, std::int64_t first, std::int64_t count) const;
  void prefetch_part(const Addresses& addresses, std::int64_t count, std::int64_t function) const;
  void reduce(const Addresses& addresses, std::int64_t count, std::int64_t first_piece) const;

  struct Reducer {
    std::unique_ptr<PieceReduction> reduction;
    Place argument;
    std::size_t result;                     // of the kernel
    std::int64_t bytes;                     // of a number, before and after
    std::unique_ptr<std::byte[]> partials;  // one a piece
  };

  std::int64_t size_, function_count_;
  std::size_t operand_count_, result_count_, buffer_count_;
  std::vector<Source> sources_;
  std::vector<Moving> moving_;
  BroadcastRows rows_;
  std::vector<Expansion> expansions_;
  std::vector<Application> applications_;
  std::vector<Reducer> reducers_;
  std::int64_t line_ = 0;     // neighbours that make up a result of the endings
  std::int64_t stretch_ = 0;  // numbers after which tiles begin anew
  std::int64_t tile_ = 0;     // numbers; the last of a stretch may have fewer
  std::int64_t tiles_of_stretch_ = 0;
  std::int64_t tiles_ = 0, tiles_at_once_ = 0;  // in all, and of one thread
  std::size_t buffer_bytes_ = 0;
  bool prefetches_ = false;
  bool is_single_ = false;  // no more than one function on small operands
};

}  // namespace retrograph
