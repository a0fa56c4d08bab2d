#include <retrograph/graph/error.hpp>
#include <retrograph/graph/execute/generated_loop.hpp>

#if defined(__x86_64__)

#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/execute/register_plan.hpp>
#include <retrograph/graph/execute/vector_assembler.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <new>

namespace retrograph {
namespace {

/// Each loop has pages of its own, which are one or two of the 65,530 mappings that Linux grants a process.
constexpr int most_loops = 4096;
std::atomic<int> living_loops{0};

/// The processor asks for memory by itself, but too late for a loop of much arithmetic: a page ahead, which
/// is some tens of vectors, all of it was there in time.
constexpr int bytes_ahead = 4096;

/// False where a system forbids it.
bool may_execute_what_was_written() {
  try {
    VectorAssembler nothing{DType::float32};
    nothing.ret();
    nothing.readyRE();
    return true;
  } catch (const Xbyak::Error&) {
    return false;
  }
}

}  // namespace

/// Registers: rdi has the addresses of the places, rsi the numbers of the formula, rax how far all memory has
/// moved, in bytes, rdx where the last whole vector ends, and rcx an address that found no register of its
/// own.
class GeneratedLoop::Code : private VectorAssembler {
 public:
  Code(DType dtype, const Formula& formula, std::span<const Operand> operands,
       std::span<const Result> results, std::span<const Place> far)
      : VectorAssembler{dtype}, steps_{formula.steps()}, operands_{operands}, results_{results}, far_{far} {
    std::vector<bool> is_result(steps_.size(), false), stands_still(steps_.size(), false);
    for (const auto& result : results_) is_result[result.value] = true;
    for (Value value = 0; value < steps_.size(); ++value)
      stands_still[value] = argument_count(steps_[value].operation) == 0 && !moves(value);
    collect_numbers();
    assign_pointers();
    emit(RegisterPlan{formula, is_result, stands_still, vector_registers});
    readyRE();
  }

  auto function() const { return getCode<void (*)(std::byte* const*, std::int64_t)>(); }

 private:
  using Operation = Formula::Operation;
  using Value = Formula::Value;
  using Instruction = RegisterPlan::Instruction;

  // ---- the loop -------------------------------------------------------------------------------------------

  void emit(const RegisterPlan& plan) {
    const auto bytes_aside = static_cast<std::uint32_t>(plan.slots * vector_bytes);
    for (const auto& saved : saved_) push(saved);
    if (bytes_aside > 0) sub(rsp, bytes_aside);
    emit_bounds();
    mov(rsi, reinterpret_cast<std::uint64_t>(numbers_.data()));
    for (const auto& [place, pointer] : pointers_) mov(pointer, ptr[rdi + 8 * place]);
    emit(plan.before, true);

    Xbyak::Label whole_vectors, last_vector, end;
    xor_(eax, eax);
    test(rdx, rdx);
    jz(last_vector, T_NEAR);
    L(whole_vectors);
    for (const auto place : far_) prefetcht0(ptr[pointer(place) + rax + bytes_ahead]);
    emit(plan.instructions, true);
    add(rax, vector_bytes);
    cmp(rax, rdx);
    jb(whole_vectors, T_NEAR);
    L(last_vector);
    kortestw(k1, k1);
    jz(end, T_NEAR);
    emit(plan.instructions, false);
    L(end);
    vzeroupper();
    if (bytes_aside > 0) add(rsp, bytes_aside);
    std::for_each(saved_.rbegin(), saved_.rend(), [&](const auto& saved) { pop(saved); });
    ret();
  }

  /// Of the count in rsi: where whole vectors end, and the lanes of the last one.
  void emit_bounds() {
    mov(eax, esi);
    and_(eax, lanes() - 1);
    mov(ecx, ~0u);
    bzhi(ecx, ecx, eax);
    kmovw(k1, ecx);
    mov(rdx, rsi);
    shr(rdx, std::countr_zero(lanes()));
    shl(rdx, std::countr_zero(static_cast<unsigned>(vector_bytes)));
  }

  void emit(std::span<const Instruction> instructions, bool is_whole) {
    for (const auto& instruction : instructions) {
      const Vector result{instruction.result};
      const auto slot = ptr[rsp + instruction.slot * vector_bytes];
      switch (instruction.kind) {
        case RegisterPlan::Kind::load:
          if (moves(instruction.value))
            load(result, ptr[where(instruction.value)], is_whole);
          else
            repeat(result, ptr[where(instruction.value)]);
          break;
        case RegisterPlan::Kind::put_aside:
          store(slot, result, true);
          break;
        case RegisterPlan::Kind::fetch:
          load(result, slot, true);
          break;
        case RegisterPlan::Kind::calculate:
          calculate(instruction);
          for (const auto& [value, place] : results_)
            if (value == instruction.value) store(ptr[pointer(place) + rax], result, is_whole);
          break;
      }
    }
  }

  // ---- memory ---------------------------------------------------------------------------------------------

  void collect_numbers() {
    const auto collect = [&](std::uint64_t bits) {
      if (number_at_.emplace(bits, numbers_.size()).second) numbers_.push_back(bits);
    };
    collect(sign());
    collect(all_but_sign());
    for (const auto& step : steps_)
      if (step.operation == Operation::number) collect(bits_of(step.number));
  }
  std::uint64_t sign() const { return bits_of(-0.0); }
  std::uint64_t all_but_sign() const { return sign() - 1; }
  Xbyak::RegExp where_bits(std::uint64_t bits) const { return rsi + 8 * number_at_.at(bits); }

  /// The first places have a register each.
  void assign_pointers() {
    std::vector free{r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8};
    constexpr std::size_t saved_by_the_caller = 4;
    const auto assign = [&](Place place) {
      if (pointers_.contains(place) || free.empty()) return;
      pointers_.emplace(place, free.back());
      if (pointers_.size() > saved_by_the_caller) saved_.push_back(free.back());
      free.pop_back();
    };
    for (const auto& operand : operands_) assign(operand.place);
    for (const auto& result : results_) assign(result.place);
  }

  Xbyak::Reg64 pointer(Place place) {
    if (const auto found = pointers_.find(place); found != pointers_.end()) return found->second;
    mov(rcx, ptr[rdi + 8 * place]);
    return rcx;
  }

  bool moves(Value value) const {
    return steps_[value].operation == Operation::operand && operands_[steps_[value].arguments[0]].moves;
  }

  /// The memory of an operand or a number.
  Xbyak::RegExp where(Value value) {
    const auto& step = steps_[value];
    if (step.operation == Operation::number) return where_bits(bits_of(step.number));
    const auto base = pointer(operands_[step.arguments[0]].place);
    return moves(value) ? base + rax : base;
  }

  // ---- arithmetic -----------------------------------------------------------------------------------------

  void calculate(const Instruction& instruction) {
    const auto& [operation, values, number] = steps_[instruction.value];
    const Vector result{instruction.result}, a{instruction.arguments[0]};
    /// Calls `f` with what is in a register or, the same in all lanes, in memory.
    const auto with = [&, &values = values](std::size_t index, auto&& f) {
      if (instruction.arguments[index] == RegisterPlan::in_memory)
        f(ptr_b[where(values[index])]);
      else
        f(Vector{instruction.arguments[index]});
    };
    const auto choose_if = [&](Predicate predicate) {
      const Vector otherwise{instruction.arguments[3]};
      with(1, [&](const auto& b) { compare(predicate, a, b); });
      with(2, [&](const auto& then) { choose(result, then, otherwise); });
    };
    switch (operation) {
      case Operation::add:
        return with(1, [&](const auto& b) { add(result, a, b); });
      case Operation::subtract:
        return with(1, [&](const auto& b) { subtract(result, a, b); });
      case Operation::multiply:
        return with(1, [&](const auto& b) { multiply(result, a, b); });
      case Operation::divide:
        return with(1, [&](const auto& b) { divide(result, a, b); });
      case Operation::square_root:
        return square_root(result, a);
      case Operation::negate:
        return bitwise_xor(result, a, ptr_b[where_bits(sign())]);
      case Operation::absolute:
        return bitwise_and(result, a, ptr_b[where_bits(all_but_sign())]);
      case Operation::choose_if_less:
        return choose_if(less);
      case Operation::choose_if_at_most:
        return choose_if(at_most);
      case Operation::choose_if_equal:
        return choose_if(equal);
      case Operation::operand:
      case Operation::number:
        throw InternalError{"an operand of a generated loop was to be calculated"};
    }
  }

  // What the loop is of, until it is made.
  const std::vector<Formula::Step>& steps_;
  std::span<const Operand> operands_;
  std::span<const Result> results_;
  std::span<const Place> far_;

  std::vector<std::uint64_t> numbers_;  // their bits; the code reads them
  std::map<std::uint64_t, std::size_t> number_at_;
  std::map<Place, Xbyak::Reg64> pointers_;
  std::vector<Xbyak::Reg64> saved_;
};

bool GeneratedLoop::is_available() {
  static const bool may_execute = may_execute_what_was_written();
  static const bool has_bzhi = __builtin_cpu_supports("bmi2");
  return may_execute && has_bzhi && detail::instruction_set() == detail::InstructionSet::avx512 &&
         living_loops.load(std::memory_order_relaxed) < most_loops;
}

GeneratedLoop::GeneratedLoop(DType dtype, const Formula& formula, std::span<const Operand> operands,
                             std::span<const Result> results, std::span<const Place> far) {
  try {
    code_ = std::make_unique<Code>(dtype, formula, operands, results, far);
  } catch (const Xbyak::Error&) {
    throw std::bad_alloc{};
  }
  run_ = code_->function();
  ++living_loops;
}

GeneratedLoop::~GeneratedLoop() {
  --living_loops;
}

}  // namespace retrograph

#else

namespace retrograph {

class GeneratedLoop::Code {};

bool GeneratedLoop::is_available() {
  return false;
}
GeneratedLoop::GeneratedLoop(DType, const Formula&, std::span<const Operand>, std::span<const Result>,
                             std::span<const Place>) {
  throw InternalError{"machine code was asked for on a machine that it is not made for"};
}
GeneratedLoop::~GeneratedLoop() = default;

}  // namespace retrograph

#endif
