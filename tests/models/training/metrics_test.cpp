#include <retrograph/models/training/metrics.hpp>

#include "support/matchers.hpp"

#include <cmath>
#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Predicted as 0, 1, 1, 0, 2.
Array scores() {
  return Array::of<float>({5, 3}, {0.7f, 0.2f, 0.1f,  //
                                   0.1f, 0.6f, 0.3f,  //
                                   0.3f, 0.5f, 0.2f,  //
                                   0.4f, 0.4f, 0.2f,  // a tie goes to the first
                                   0.1f, 0.1f, 0.8f});
}
Array labels() {
  return Array::of<std::int32_t>({5}, {0, 1, 0, 1, 0});
}

}  // namespace

TEST_CASE("accuracy is the share of rows whose largest score is the label's, the first of equal ones") {
  CHECK(accuracy(scores(), labels()) == 0.4);
  CHECK(accuracy(scores(), Array::of<std::int64_t>({5}, {0, 1, 1, 0, 2})) == 1);
  CHECK(std::isnan(accuracy(Array{{0, 3}}, Array{{0}, DType::int32})));
}

TEST_CASE("top_k_accuracy counts a label among the k largest, ties to the smaller class") {
  CHECK(top_k_accuracy(scores(), labels(), 1) == accuracy(scores(), labels()));
  CHECK(top_k_accuracy(scores(), labels(), 2) ==
        1);  // of the last row, classes 0 and 1 tie, and 0 comes first
  CHECK(top_k_accuracy(scores(), Array::of<std::int32_t>({5}, {2, 0, 2, 2, 1}), 2) == 0);
  CHECK(top_k_accuracy(scores(), Array::of<std::int32_t>({5}, {2, 0, 2, 2, 1}), 3) == 1);
}

TEST_CASE("the confusion matrix has the label by row and the prediction by column") {
  const auto confusion = confusion_matrix(scores(), labels());
  CHECK(confusion == Array::of<std::int64_t>({3, 3}, {1, 1, 1,  //
                                                      1, 1, 0,  //
                                                      0, 0, 0}));
  const auto figures = class_figures(confusion);
  REQUIRE(figures.size() == 3);
  CHECK(figures[0].samples == 3);
  CHECK(figures[0].precision == 1. / 2);
  CHECK(figures[0].recall == 1. / 3);
  CHECK(figures[1].samples == 2);
  CHECK(figures[1].precision == 1. / 2);
  CHECK(figures[1].recall == 1. / 2);
  CHECK(figures[2].precision == 0);
  CHECK(std::isnan(figures[2].recall));  // there is none
}

TEST_CASE("the worst mistakes are those with the least probability of the label, the worst first") {
  const auto mistakes = worst_mistakes(scores(), labels(), 2);
  REQUIRE(mistakes.size() == 2);
  CHECK(mistakes[0].index == 4);
  CHECK(mistakes[0].label == 0);
  CHECK(mistakes[0].predicted == 2);
  CHECK(mistakes[0].probabilities[2] == 0.8f);
  CHECK(mistakes[1].index == 2);
  CHECK(worst_mistakes(scores(), labels(), 9).size() == 3);
  CHECK(worst_mistakes(scores(), labels(), 0).empty());
}

TEST_CASE("metrics refuse scores and labels that do not fit") {
  CHECK_REFUSED(ShapeError, accuracy(scores(), Array{{4}, DType::int32}),
                "scores of [5, 3] and labels of [4] do not go together");
  CHECK_REFUSED(ShapeError, confusion_matrix(Array{{5}}, labels()), "do not go together");
  CHECK_REFUSED(DataError, accuracy(scores(), Array::of<std::int32_t>({5}, {0, 1, 3, 0, 0})),
                "row 2 has the label 3, and there are 3 classes");
  CHECK_REFUSED(DataError, accuracy(scores(), Array::of<std::int32_t>({5}, {0, -1, 0, 0, 0})),
                "the label -1");
  CHECK_REFUSED(ShapeError, top_k_accuracy(scores(), labels(), 0), "use 1 or more");
  CHECK_REFUSED(ShapeError, class_figures(Array{{2, 3}, DType::int64}), "[2, 3] is no confusion matrix");
}
