#pragma once

#include <retrograph/graph/dtype.hpp>
#include <retrograph/graph/formula.hpp>

#include <cstddef>
#include <memory>

namespace retrograph {

/// A loop over a formula in machine code that is made for it: from the operands to the results, all numbers
/// stay in registers. For processors with AVX-512.
class GeneratedLoop {
 public:
  /// The number of an address.
  using Place = std::uint16_t;
  struct Operand {
    Place place;
    bool moves;  // else it is one number for all places of a result
  };
  struct Result {
    Formula::Value value;
    Place place;
  };

  /// Whether one can be made: the processor has the instructions, the system lets memory be executed that was
  /// written to, and there are not so many already that the process might run out of mappings.
  static bool is_available();

  /// All numbers are of `dtype`, a float. Memory of the places `far` is asked for ahead of its use. An
  /// operand may be overwritten by a result that is made with its last use or after it.
  GeneratedLoop(DType dtype, const Formula& formula, std::span<const Operand> operands,
                std::span<const Result> results, std::span<const Place> far = {});
  ~GeneratedLoop();
  GeneratedLoop(const GeneratedLoop&) = delete;
  GeneratedLoop& operator=(const GeneratedLoop&) = delete;

  /// results[i] = formula(operands[i]...) for each i below `count`.
  void run(std::byte* const* addresses, std::int64_t count) const { run_(addresses, count); }

 private:
  class Code;
  std::unique_ptr<Code> code_;
  void (*run_)(std::byte* const*, std::int64_t) = nullptr;
};

}  // namespace retrograph
