#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/mean_squared_error.hpp>
#include <retrograph/ops/operand.hpp>
#include <retrograph/ops/power.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

/// Stricter than `subtract`: predictions [batch, 1] and targets [batch] would make a matrix of differences.
void require_same_type(const Tensor& predictions, const Tensor& targets) {
  require_same_dtype({predictions.type(), targets.type()});
  if (!is_floating(predictions.dtype()))
    throw TypeError{fmt::format("is not defined for {}", to_string(predictions.dtype())),
                    "convert the operands with cast"};
  if (predictions.shape() != targets.shape())
    throw ShapeError{
        fmt::format("shapes differ: {} and {}", to_string(predictions.shape()), to_string(targets.shape())),
        "each prediction must have one target: reshape one of them"};
}

}  // namespace

Tensor mean_squared_error(const Tensor& predictions, const Tensor& targets, std::source_location where) {
  try {
    require_same_type(predictions, targets);
  } catch (Error& error) {
    error.add_context("mean_squared_error", {describe(predictions), describe(targets)}, where);
    throw;
  }
  return mean(square(subtract({predictions, where}, {targets, where}), where), {}, Keep::no, where);
}

std::vector<CatalogueEntry> mean_squared_error_entries() {
  return {
      {"mean_squared_error",
       "y = (1 / n) sum_i (predictions_i - targets_i)^2",
       "[...], [...] -> []",
       "2 (predictions - targets) / n * upstream, minus that",
       float_dtypes,
       {{"", {sample_numbers({3, 2}, -2, 2), sample_numbers({3, 2}, 1, 3)}, [](std::span<const Tensor> x) {
           return mean_squared_error(x[0], x[1]);
         }}}}};
}

}  // namespace retrograph
