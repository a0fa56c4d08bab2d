#include <retrograph/graph/execute/instruction_set.hpp>
#include <retrograph/graph/execute/parallel.hpp>
#include <retrograph/graph/graph.hpp>
#include <retrograph/models/training/tally.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace retrograph {
namespace {

using Numbers = std::array<double, tally_size>;

double& number(Numbers& numbers, Tally which) {
  return numbers[static_cast<std::size_t>(which)];
}

/// The pieces that a pass is split into, by the size alone: so many that threads share them evenly.
constexpr std::int64_t most_pieces = 64;
constexpr std::int64_t least_piece = 4096;

std::int64_t piece_of(std::int64_t size) {
  return std::max(least_piece, (size + most_pieces - 1) / most_pieces);
}

/// Counts in lanes of their own, which the compiler makes vectors of whatever the registers are.
template <int bytes_of_register>
struct TallyLoop {
  static constexpr int lanes = 16;

  template <class T>
  [[gnu::always_inline]] static void run(const T* steps, const T* weights, std::int64_t count, T large,
                                         T small, Numbers* result) {
    std::int32_t above[lanes] = {}, below[lanes] = {}, infinite[lanes] = {}, zero[lanes] = {};
    T largest[lanes] = {}, squares[lanes] = {}, weight_squares[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
      for (int lane = 0; lane < lanes; ++lane)
        add(steps[i + lane], weights[i + lane], large, small, above[lane], below[lane], infinite[lane],
            zero[lane], largest[lane], squares[lane], weight_squares[lane]);
    for (; i < count; ++i)
      add(steps[i], weights[i], large, small, above[0], below[0], infinite[0], zero[0], largest[0],
          squares[0], weight_squares[0]);
    auto& sums = *result;
    for (int lane = 0; lane < lanes; ++lane) {
      number(sums, Tally::too_large) += above[lane];
      number(sums, Tally::too_small) += below[lane];
      number(sums, Tally::not_finite) += infinite[lane];
      number(sums, Tally::zero) += zero[lane];
      number(sums, Tally::largest) =
          std::max(number(sums, Tally::largest), static_cast<double>(largest[lane]));
      number(sums, Tally::step_squares) += static_cast<double>(squares[lane]);
      number(sums, Tally::weight_squares) += static_cast<double>(weight_squares[lane]);
    }
  }

 private:
  template <class T>
  [[gnu::always_inline]] static void add(T step, T weight, T large, T small, std::int32_t& above,
                                         std::int32_t& below, std::int32_t& infinite, std::int32_t& zero,
                                         T& largest, T& squares, T& weight_squares) {
    const T size = std::abs(step);
    const bool is_finite = size <= std::numeric_limits<T>::max();
    const T finite = is_finite ? size : T{0};
    above += finite > large;
    below += (size > 0) & (size < small);
    infinite += !is_finite;
    zero += size == 0;
    largest = finite > largest ? finite : largest;
    squares += finite * finite;
    weight_squares += weight * weight;
  }
};

struct TallySteps {
  static constexpr std::string_view name = "tally_steps";
  static constexpr bool differentiable = false;
  static constexpr bool never_fails = true;
  double large, small;

  std::string attributes() const { return fmt::format("large={:g}, small={:g}", large, small); }

  Types infer(const Types& operands) const {
    if (operands[0].dtype != operands[1].dtype || !is_floating(operands[0].dtype))
      throw TypeError{"steps and weights must be floats of one dtype"};
    if (operands[0].shape != operands[1].shape) throw ShapeError{"steps and weights differ in shape"};
    return {{DType::float64, {tally_size}}};
  }

  template <std::floating_point T>
  void compute(const Call& call) const {
    const auto size = call.input(0).size;
    const auto* steps = call.input(0).values<T>();
    const auto* weights = call.input(1).values<T>();
    std::array<Numbers, most_pieces> pieces{};
    const auto piece = piece_of(size);
    parallel_for(size, piece, [&](std::int64_t begin, std::int64_t end) {
      run_on_widest_vectors<TallyLoop>(steps + begin, weights + begin, end - begin, static_cast<T>(large),
                                       static_cast<T>(small),
                                       &pieces[static_cast<std::size_t>(begin / piece)]);
    });
    Numbers sums{};
    for (const auto& part : pieces)
      for (std::size_t which = 0; which < sums.size(); ++which)
        sums[which] = which == static_cast<std::size_t>(Tally::largest) ? std::max(sums[which], part[which])
                                                                        : sums[which] + part[which];
    std::copy(sums.begin(), sums.end(), call.output(0).values<double>());
  }

  double cost(const Signature& signature) const {
    return static_cast<double>(element_count(signature.inputs[0].extents));
  }

  friend bool operator==(const TallySteps&, const TallySteps&) = default;
};

struct CountBeyond {
  static constexpr std::string_view name = "count_beyond";
  static constexpr bool differentiable = false;
  static constexpr bool never_fails = true;
  double limit;

  std::string attributes() const { return fmt::format("limit={:g}", limit); }
  Types infer(const Types&) const { return {{DType::float64, {}}}; }

  template <std::floating_point T>
  void compute(const Call& call) const {
    const auto* x = call.input(0).values<T>();
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < call.input(0).size; ++i) count += std::abs(x[i]) > static_cast<T>(limit);
    *call.output(0).values<double>() = static_cast<double>(count);
  }

  friend bool operator==(const CountBeyond&, const CountBeyond&) = default;
};

}  // namespace

Tensor tally_steps(const Tensor& steps, const Tensor& weights, double large, double small,
                   std::source_location where) {
  return apply(TallySteps{large, small}, {steps, weights}, where);
}

Tensor count_beyond(const Tensor& x, double limit, std::source_location where) {
  return apply(CountBeyond{limit}, {x}, where);
}

}  // namespace retrograph
