#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace retrograph {

/// Philox4x32-10: ten rounds that turn a counter and a key into four random words.
/// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Random numbers addressed by place, not by order of call: number i is the same whoever asks, and when.
/// A stream is fixed by seed, name and step.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t step = 0);
  RandomStream(std::uint64_t seed, std::uint64_t name_hash, std::uint64_t step);

  /// Four times 32 random bits; the same on every machine. The others take theirs from here, so that a kernel
  /// which needs many does best to take all four.
  std::array<std::uint32_t, 4> words(std::uint64_t index) const;
  /// 64 random bits; the same on every machine.
  std::uint64_t bits(std::uint64_t index) const;
  /// Uniform in [0, 1), a multiple of 2^-53; the same on every machine.
  double uniform(std::uint64_t index) const;
  /// Standard normal, by the Box-Muller transform.
  double normal(std::uint64_t index) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint64_t step_;
};

/// FNV-1a, 64 bits: a hash of a name that is the same on every machine.
std::uint64_t hash_of_name(std::string_view name);

}  // namespace retrograph
