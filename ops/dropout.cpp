#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/dropout.hpp>
#include <retrograph/ops/entries.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

struct Dropout {
  static constexpr std::string_view name = "dropout";
  static constexpr bool random = true;
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;
  double rate;

  std::string attributes() const { return fmt::format("rate={}", rate); }

  Types infer(const Types& operands) const {
    if (!(rate >= 0 && rate <= 1)) throw GraphError{fmt::format("the rate is {}, not in [0, 1]", rate)};
    return {operands[0], operands[0]};
  }

  template <std::floating_point T>
  void compute(const Call& call) const {
    const auto* x = call.input(0).values<T>();
    auto* y = call.output(0).values<T>();
    auto* mask = call.output(1).values<T>();
    const auto stream = call.random();
    const auto size = call.output(0).size;
    // A word of 32 bits below this drops its number: 2^32, which no word reaches, drops all.
    const auto least_kept = static_cast<std::uint64_t>(rate * 0x1p32);
    const auto scale = rate < 1 ? static_cast<T>(1 / (1 - rate)) : T{0};
    parallel_for((size + 3) / 4, blocks_at_a_time, [=](std::int64_t first, std::int64_t last) {
      for (auto block = first; block < last; ++block) {
        const auto words = stream.words(static_cast<std::uint64_t>(block));
        for (auto i = 4 * block; i < std::min(4 * block + 4, size); ++i) {
          mask[i] = words[static_cast<std::size_t>(i % 4)] >= least_kept ? scale : T{0};
          y[i] = x[i] * mask[i];
        }
      }
    });
  }

  double cost(const Signature& signature) const {
    return 5 * static_cast<double>(element_count(signature.inputs[0].extents));
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    return {upstream * node.result(1)};
  }

  friend bool operator==(const Dropout&, const Dropout&) = default;

 private:
  static constexpr std::int64_t blocks_at_a_time = 1024;
};

}  // namespace

Tensor dropout(const Tensor& x, double rate, std::source_location where) {
  return apply(Dropout{rate}, {x}, where);
}

std::vector<CatalogueEntry> dropout_entries() {
  const auto with_rate = [](double rate) {
    return [=](std::span<const Tensor> x) { return dropout(x[0], rate); };
  };
  return {{"dropout",
           "y_i = x_i * mask_i; mask_i = 0 with probability rate, else 1 / (1 - rate)",
           "[...] -> [...], [...]",
           "upstream * mask",
           float_dtypes,
           {{"", {sample_numbers({3, 5}, -2, 2)}, with_rate(0.4)},
            {"squared",
             {sample_numbers({3, 5}, -2, 2)},
             [](std::span<const Tensor> x) { return dropout(x[0] * x[0], 0.4) * x[0]; }},
            {"nothing dropped", {sample_numbers({4}, -2, 2)}, with_rate(0)}}}};
}

}  // namespace retrograph
