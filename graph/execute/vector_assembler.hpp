#pragma once

#include <retrograph/graph/dtype.hpp>

#include <xbyak/xbyak.h>

#include <bit>

namespace retrograph {

/// Emits AVX-512 instructions on vectors of one dtype, float32 or float64. Mask k1 has the lanes of a vector
/// that is not whole, and k2 is overwritten by comparisons.
class VectorAssembler : public Xbyak::CodeGenerator {
 public:
  using Vector = Xbyak::Zmm;
  /// A vector's register, or one number in memory for all of its lanes.
  using Argument = Xbyak::Operand;
  static constexpr int vector_registers = 32, vector_bytes = 64;
  /// Predicates of vcmpps, all false where one is NaN.
  enum Predicate : std::uint8_t { equal = 0x00, less = 0x11, at_most = 0x12 };

  explicit VectorAssembler(DType dtype)
      : CodeGenerator{Xbyak::DEFAULT_MAX_CODE_SIZE, Xbyak::AutoGrow}, is_double_{dtype == DType::float64} {}

  std::uint32_t lanes() const { return is_double_ ? 8 : 16; }
  std::uint64_t bits_of(double number) const {
    return is_double_ ? std::bit_cast<std::uint64_t>(number)
                      : std::bit_cast<std::uint32_t>(static_cast<float>(number));
  }

  /// Of a vector that is not whole, the lanes of k1.
  void load(const Vector& into, const Xbyak::Address& from, bool is_whole) {
    const auto lanes_of_it = is_whole ? into : into | k1 | T_z;
    is_double_ ? vmovupd(lanes_of_it, from) : vmovups(lanes_of_it, from);
  }
  void store(const Xbyak::Address& into, const Vector& from, bool is_whole) {
    const auto lanes_of_it = is_whole ? into : into | k1;
    is_double_ ? vmovupd(lanes_of_it, from) : vmovups(lanes_of_it, from);
  }
  void repeat(const Vector& into, const Xbyak::Address& number) {
    is_double_ ? vbroadcastsd(into, number) : vbroadcastss(into, number);
  }

  using CodeGenerator::add;
  void add(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vaddpd(result, a, b) : vaddps(result, a, b);
  }
  void subtract(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vsubpd(result, a, b) : vsubps(result, a, b);
  }
  void multiply(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vmulpd(result, a, b) : vmulps(result, a, b);
  }
  void divide(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vdivpd(result, a, b) : vdivps(result, a, b);
  }
  void square_root(const Vector& result, const Vector& a) {
    is_double_ ? vsqrtpd(result, a) : vsqrtps(result, a);
  }
  void bitwise_xor(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vxorpd(result, a, b) : vxorps(result, a, b);
  }
  void bitwise_and(const Vector& result, const Vector& a, const Argument& b) {
    is_double_ ? vandpd(result, a, b) : vandps(result, a, b);
  }
  /// Where the comparison of a and b holds, for the next `choose`.
  void compare(Predicate predicate, const Vector& a, const Argument& b) {
    is_double_ ? vcmppd(k2, a, b, predicate) : vcmpps(k2, a, b, predicate);
  }
  void choose(const Vector& result, const Argument& then, const Vector& otherwise) {
    is_double_ ? vblendmpd(result | k2, otherwise, then) : vblendmps(result | k2, otherwise, then);
  }

 private:
  bool is_double_;
};

}  // namespace retrograph
