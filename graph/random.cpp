#include <retrograph/graph/random.hpp>

#include <cmath>
#include <numbers>

namespace retrograph {
namespace {

constexpr std::uint32_t low(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}
constexpr std::uint32_t high(std::uint64_t word) {
  return static_cast<std::uint32_t>(word >> 32);
}
constexpr std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}
constexpr double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// The finalizer of SplitMix64: spreads neighbouring seeds over all keys.
constexpr std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
  word = (word ^ word >> 27) * 0x94d049bb133111ebu;
  return word ^ word >> 31;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1],
               low(first)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t step)
    : RandomStream{seed, hash_of_name(name), step} {}

RandomStream::RandomStream(std::uint64_t seed, std::uint64_t name_hash, std::uint64_t step) : step_{step} {
  const auto key = mixed(seed + 0x9e3779b97f4a7c15u) ^ name_hash;
  key_ = {low(key), high(key)};
}

std::array<std::uint32_t, 4> RandomStream::words(std::uint64_t index) const {
  return philox({low(index), high(index), low(step_), high(step_)}, key_);
}

std::uint64_t RandomStream::bits(std::uint64_t index) const {
  const auto drawn = words(index);
  return joined(drawn[0], drawn[1]);
}

double RandomStream::uniform(std::uint64_t index) const {
  return unit(bits(index));
}

double RandomStream::normal(std::uint64_t index) const {
  const auto drawn = words(index);
  const auto radius = std::sqrt(-2 * std::log1p(-unit(joined(drawn[0], drawn[1]))));
  return radius * std::cos(2 * std::numbers::pi * unit(joined(drawn[2], drawn[3])));
}

std::uint64_t hash_of_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  return hash;
}

}  // namespace retrograph
