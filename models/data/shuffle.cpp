#include <retrograph/graph/random.hpp>
#include <retrograph/models/data/shuffle.hpp>

#include <numeric>
#include <utility>

namespace retrograph {
namespace {

/// Integers below a bound that changes from call to call, as Fisher and Yates need them.
class UnbiasedIntegers {
 public:
  explicit UnbiasedIntegers(RandomStream stream) : stream_{stream} {}

  /// Each of 0 .. bound-1 with the same chance. 2^64 words do not share out evenly over `bound` results, so
  /// the first 2^64 mod bound of them are drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const auto surplus = (0 - bound) % bound;
    for (;;)
      if (const auto word = stream_.bits(drawn_++); word >= surplus) return word % bound;
  }

 private:
  RandomStream stream_;
  std::uint64_t drawn_ = 0;
};

}  // namespace

std::vector<std::int64_t> shuffled_indices(std::int64_t count, const Shuffle& shuffle) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  UnbiasedIntegers random{RandomStream{shuffle.seed, "shuffle", shuffle.epoch}};
  for (auto left = indices.size(); left > 1; --left)
    std::swap(indices[left - 1], indices[random.below(left)]);
  return indices;
}

}  // namespace retrograph
