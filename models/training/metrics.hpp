#pragma once

#include <retrograph/graph/array.hpp>

namespace retrograph {

// Scores are numbers [samples, classes] of which the largest of a row is the predicted class, the first of
// equal ones: logits or probabilities alike. Labels are [samples], int32 or int64, in [0, classes). All throw
// ShapeError if these do not fit, DataError for a label out of range, naming the row.

/// The share of samples whose predicted class is the labelled one: in [0, 1], NaN without samples.
double accuracy(const Array& scores, const Array& labels);

/// The share of samples whose labelled class is among the `k` largest scores. Throws ShapeError if k is
/// below 1.
double top_k_accuracy(const Array& scores, const Array& labels, std::int64_t k);

/// How many samples of each class were predicted as each.
/// returns  [classes, classes], int64: the labelled class by row, the predicted one by column
Array confusion_matrix(const Array& scores, const Array& labels);

/// How well one class is told from the others; NaN where there is nothing to divide by.
struct ClassFigures {
  std::int64_t samples = 0;  // labelled so
  double precision = 0;      // the share of those predicted so that are so
  double recall = 0;         // the share of those that are so that are predicted so
};
/// Of each class. Throws ShapeError unless `confusion` is a square matrix.
std::vector<ClassFigures> class_figures(const Array& confusion);

/// A sample whose predicted class is not the labelled one.
struct Mistake {
  std::int64_t index, label, predicted;
  std::vector<double> probabilities;  // of each class
};
/// The `most` mistakes that were made with the least probability of the labelled class, the worst first,
/// those of equal probability by index.
std::vector<Mistake> worst_mistakes(const Array& probabilities, const Array& labels, std::int64_t most);

}  // namespace retrograph
