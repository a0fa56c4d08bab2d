#pragma once

#include <retrograph/graph/random.hpp>

#include <vector>

namespace retrograph::test {

/// Choices drawn one after another from a stream: the same for the same seed and name.
class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view name) : stream_{seed, name} {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(stream_.bits(next_++) % count); }
  double number() { return 2 * stream_.uniform(next_++) - 1; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

}  // namespace retrograph::test
