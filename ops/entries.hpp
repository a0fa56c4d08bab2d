#pragma once

#include <retrograph/ops/catalogue.hpp>

namespace retrograph {

// The entries of each file of ops, defined beside the ops; catalogue.cpp puts them together.

// elementwise
std::vector<CatalogueEntry> arithmetic_entries();
std::vector<CatalogueEntry> sign_entries();
std::vector<CatalogueEntry> exponential_entries();
std::vector<CatalogueEntry> power_entries();
std::vector<CatalogueEntry> trigonometric_entries();
std::vector<CatalogueEntry> activation_entries();
std::vector<CatalogueEntry> maximum_entries();
std::vector<CatalogueEntry> comparison_entries();
std::vector<CatalogueEntry> logical_entries();
std::vector<CatalogueEntry> where_entries();
std::vector<CatalogueEntry> cast_entries();

// reductions
std::vector<CatalogueEntry> sum_entries();
std::vector<CatalogueEntry> mean_entries();
std::vector<CatalogueEntry> variance_entries();
std::vector<CatalogueEntry> max_entries();
std::vector<CatalogueEntry> argmax_entries();
std::vector<CatalogueEntry> prod_entries();
std::vector<CatalogueEntry> logsumexp_entries();
std::vector<CatalogueEntry> size_entries();

// shape
std::vector<CatalogueEntry> reshape_entries();
std::vector<CatalogueEntry> transpose_entries();
std::vector<CatalogueEntry> broadcast_to_entries();
std::vector<CatalogueEntry> concat_entries();
std::vector<CatalogueEntry> slice_entries();
std::vector<CatalogueEntry> pad_entries();
std::vector<CatalogueEntry> gather_entries();
std::vector<CatalogueEntry> one_hot_entries();

// linear algebra
std::vector<CatalogueEntry> matmul_entries();
std::vector<CatalogueEntry> dot_entries();
std::vector<CatalogueEntry> linear_entries();

// images
std::vector<CatalogueEntry> conv2d_entries();
std::vector<CatalogueEntry> max_pool2d_entries();
std::vector<CatalogueEntry> avg_pool2d_entries();

// neural
std::vector<CatalogueEntry> softmax_entries();
std::vector<CatalogueEntry> softmax_cross_entropy_entries();
std::vector<CatalogueEntry> binary_cross_entropy_with_logits_entries();
std::vector<CatalogueEntry> mean_squared_error_entries();
std::vector<CatalogueEntry> batch_norm_entries();
std::vector<CatalogueEntry> layer_norm_entries();
std::vector<CatalogueEntry> dropout_entries();
std::vector<CatalogueEntry> stop_gradient_entries();

}  // namespace retrograph
