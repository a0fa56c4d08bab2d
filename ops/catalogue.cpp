#include <retrograph/ops/catalogue.hpp>
#include <retrograph/ops/entries.hpp>

#include <cmath>
#include <iterator>

namespace retrograph {
namespace {

std::vector<CatalogueEntry> all_entries() {
  std::vector<CatalogueEntry> entries;
  for (auto* family : {
           arithmetic_entries,
           sign_entries,
           exponential_entries,
           power_entries,
           trigonometric_entries,
           activation_entries,
           maximum_entries,
           comparison_entries,
           logical_entries,
           where_entries,
           cast_entries,
           sum_entries,
           mean_entries,
           variance_entries,
           max_entries,
           argmax_entries,
           prod_entries,
           logsumexp_entries,
           size_entries,
           reshape_entries,
           transpose_entries,
           broadcast_to_entries,
           concat_entries,
           slice_entries,
           pad_entries,
           gather_entries,
           one_hot_entries,
           matmul_entries,
           dot_entries,
           linear_entries,
           conv2d_entries,
           max_pool2d_entries,
           avg_pool2d_entries,
           softmax_entries,
           softmax_cross_entropy_entries,
           binary_cross_entropy_with_logits_entries,
           mean_squared_error_entries,
           batch_norm_entries,
           layer_norm_entries,
           dropout_entries,
           stop_gradient_entries,
       }) {
    auto own = family();
    entries.insert(entries.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  }
  return entries;
}

}  // namespace

const std::vector<CatalogueEntry>& catalogue() {
  static const auto entries = all_entries();
  return entries;
}

Array sample_numbers(Extents extents, double low, double high) {
  // Multiples of the golden ratio modulo 1 never meet and never form a pattern.
  constexpr double golden_ratio = 0.6180339887498949;
  Array numbers{std::move(extents), DType::float64};
  double place = 0.37;
  for (auto& number : numbers.values<double>()) {
    place = std::fmod(place + golden_ratio, 1.0);
    number = low + (high - low) * place;
  }
  return numbers;
}

}  // namespace retrograph
