#include <retrograph/ops/elementwise.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/rewrites.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// An integer as wide as T: the compiler vectorises a choice whose condition is as wide as what is chosen.
template <class T>
using MaskFor = std::conditional_t<sizeof(T) == 8, std::int64_t,
                                   std::conditional_t<sizeof(T) == 4, std::int32_t, std::int8_t>>;

/// Bools are read and written as bytes, for the same reason.
template <class T>
using Stored = std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>;

struct Choice {
  template <class T>
  static T apply(std::uint8_t condition, T a, T b) {
    return static_cast<MaskFor<T>>(condition) != 0 ? a : b;
  }
};

template <class T>
class WherePointwise final : public Pointwise {
 public:
  explicit WherePointwise(const Signature& signature)
      : loop_{loop_for(moves(signature, 0), moves(signature, 1), moves(signature, 2))} {}

  void run(const void* const* operands, void* result, std::int64_t count) const override {
    loop_(operands, static_cast<T*>(result), count);
  }

 private:
  using Loop = void (*)(const void* const* operands, T* result, std::int64_t count);

  template <bool condition_moves, bool a_moves, bool b_moves>
  static void loop(const void* const* operands, T* result, std::int64_t count) {
    run_elementwise(Choice{}, result, count, Argument<std::uint8_t, condition_moves>{operands[0]},
                    Argument<T, a_moves>{operands[1]}, Argument<T, b_moves>{operands[2]});
  }

  template <bool... known>
  static Loop loop_for(std::same_as<bool> auto next, std::same_as<bool> auto... rest) {
    return next ? loop_for<known..., true>(rest...) : loop_for<known..., false>(rest...);
  }
  template <bool condition_moves, bool a_moves, bool b_moves>
  static Loop loop_for() {
    return &loop<condition_moves, a_moves, b_moves>;
  }

  Loop loop_;
};

struct Where {
  static constexpr std::string_view name = "where";
  static constexpr std::size_t typed_by = 1;
  static constexpr bool in_place = true;
  static constexpr bool never_fails = true;

  Types infer(const Types& operands) const {
    if (operands[0].dtype != DType::boolean)
      throw TypeError{fmt::format("the condition is {}, not bool", to_string(operands[0].dtype)),
                      "compare it with a number, or cast it"};
    require_same_dtype(operands, 1);
    return {{operands[1].dtype, broadcast(operands)}};
  }

  template <Element T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const {
    return elementwise_kernel(
        signature, [](const Signature& types) { return std::make_unique<WherePointwise<Stored<T>>>(types); });
  }

  std::unique_ptr<Pointwise> pointwise(const Signature& signature) const {
    return visit(signature.inputs[1].dtype,
                 [&]<class T>(std::type_identity<T>) -> std::unique_ptr<Pointwise> {
                   return std::make_unique<WherePointwise<Stored<T>>>(signature);
                 });
  }

  /// The choice that is always taken, where that is known.
  std::optional<Rewritten> rewrite(const Match& match) const {
    if (match.input(1) == match.input(2)) return as_result(match, 1);
    if (const auto condition = match.filled_with(0)) return as_result(match, *condition != 0 ? 1 : 2);
    return without_repetition(match);
  }

  Gradients gradient(const Applied& node, const Tensor& upstream) const {
    const auto [condition, a, b] = node.inputs<3>();
    Gradients gradients(3);
    if (node.wants(1)) gradients[1] = sum_to(where(condition, upstream, 0), a.shape());
    if (node.wants(2)) gradients[2] = sum_to(where(condition, 0, upstream), b.shape());
    return gradients;
  }
};

}  // namespace

Tensor where(const Tensor& condition, Operand a, Operand b) {
  try {
    const auto* model = a.tensor() ? a.tensor() : b.tensor();
    if (!model)
      throw TypeError{"one of the two choices must be a tensor",
                      "cast the condition for zeros and ones, or make one choice a constant"};
    return apply(Where{}, {condition, a.like(*model), b.like(*model)}, a.where());
  } catch (Error& error) {
    error.add_context("where", {describe(condition)}, a.where());
    throw;
  }
}

std::vector<CatalogueEntry> where_entries() {
  const auto pattern = Array::of<bool>({2, 3}, {true, false, true, true, false, false});
  const auto row = Array::of<bool>({3}, {false, true, true});
  const auto apply = [](std::span<const Tensor> x) { return where(x[0], x[1], x[2]); };
  return {{"where",
           "y = a if condition, else b",
           "[...] bool, [...], [...] -> broadcast",
           "none; upstream if condition, else 0; 0 if condition, else upstream",
           any_dtypes,
           {{"same shape", {pattern, sample_numbers({2, 3}, -2, 2), sample_numbers({2, 3}, 1, 3)}, apply},
            {"all broadcast", {row, sample_numbers({2, 1}, -2, 2), sample_numbers({}, 1, 3)}, apply},
            {"a number", {pattern, sample_numbers({2, 3}, -2, 2)}, [](std::span<const Tensor> x) {
               return where(x[0], x[1], 1);
             }}}}};
}

}  // namespace retrograph
