#include <retrograph/models/training/metrics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace retrograph {
namespace {

/// Scores and labels that fit, row by row.
class Judged {
 public:
  Judged(const Array& scores, const Array& labels) : scores_{scores.cast(DType::float64)}, labels_{labels} {
    if (scores.rank() != 2 || labels.rank() != 1 || scores.extents()[0] != labels.extents()[0])
      throw ShapeError{fmt::format("scores of {} and labels of {} do not go together",
                                   to_string(scores.extents()), to_string(labels.extents())),
                       "they are [samples, classes] and [samples]"};
    for (std::int64_t row = 0; row < samples(); ++row)
      if (!(labels.at(row) >= 0 && labels.at(row) < static_cast<double>(classes())))
        throw DataError{
            fmt::format("row {} has the label {}, and there are {} classes", row, labels.at(row), classes())};
  }

  std::int64_t samples() const { return scores_.extents()[0]; }
  std::int64_t classes() const { return scores_.extents()[1]; }
  std::span<const double> row(std::int64_t row) const {
    const auto width = static_cast<std::size_t>(classes());
    return std::as_const(scores_).values<double>().subspan(static_cast<std::size_t>(row) * width, width);
  }
  std::int64_t label(std::int64_t row) const { return static_cast<std::int64_t>(labels_.at(row)); }
  std::int64_t predicted(std::int64_t number) const {
    const auto scores = row(number);
    return std::max_element(scores.begin(), scores.end()) - scores.begin();
  }

 private:
  Array scores_;
  const Array& labels_;
};

template <class Holds>
double share_of_rows(const Judged& judged, const Holds& holds) {
  std::int64_t count = 0;
  for (std::int64_t row = 0; row < judged.samples(); ++row) count += holds(row);
  return static_cast<double>(count) / static_cast<double>(judged.samples());
}

}  // namespace

double accuracy(const Array& scores, const Array& labels) {
  const Judged judged{scores, labels};
  return share_of_rows(judged, [&](std::int64_t row) { return judged.predicted(row) == judged.label(row); });
}

double top_k_accuracy(const Array& scores, const Array& labels, std::int64_t k) {
  if (k < 1) throw ShapeError{fmt::format("the {} largest scores", k), "use 1 or more"};
  const Judged judged{scores, labels};
  // Of equal scores, those of smaller classes come before.
  return share_of_rows(judged, [&](std::int64_t number) {
    const auto row = judged.row(number);
    const auto label = row.begin() + judged.label(number);
    const auto before = std::count_if(row.begin(), label, [&](double score) { return score >= *label; }) +
                        std::count_if(label, row.end(), [&](double score) { return score > *label; });
    return before < k;
  });
}

Array confusion_matrix(const Array& scores, const Array& labels) {
  const Judged judged{scores, labels};
  Array matrix{{judged.classes(), judged.classes()}, DType::int64};
  const auto counts = matrix.values<std::int64_t>();
  for (std::int64_t row = 0; row < judged.samples(); ++row)
    ++counts[static_cast<std::size_t>(judged.label(row) * judged.classes() + judged.predicted(row))];
  return matrix;
}

std::vector<ClassFigures> class_figures(const Array& confusion) {
  if (confusion.rank() != 2 || confusion.extents()[0] != confusion.extents()[1])
    throw ShapeError{fmt::format("{} is no confusion matrix", to_string(confusion.extents()))};
  const auto classes = confusion.extents()[0];
  std::vector<ClassFigures> figures;
  for (std::int64_t one = 0; one < classes; ++one) {
    double labelled = 0, predicted = 0;
    for (std::int64_t other = 0; other < classes; ++other) {
      labelled += confusion.at(one * classes + other);
      predicted += confusion.at(other * classes + one);
    }
    const auto right = confusion.at(one * classes + one);
    figures.push_back({static_cast<std::int64_t>(labelled), right / predicted, right / labelled});
  }
  return figures;
}

std::vector<Mistake> worst_mistakes(const Array& probabilities, const Array& labels, std::int64_t most) {
  const Judged judged{probabilities, labels};
  std::vector<Mistake> mistakes;
  for (std::int64_t row = 0; row < judged.samples(); ++row)
    if (judged.predicted(row) != judged.label(row))
      mistakes.push_back(
          {row, judged.label(row), judged.predicted(row), {judged.row(row).begin(), judged.row(row).end()}});
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
    return a.probabilities[static_cast<std::size_t>(a.label)] <
           b.probabilities[static_cast<std::size_t>(b.label)];
  });
  if (std::ssize(mistakes) > most) mistakes.resize(static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
  return mistakes;
}

}  // namespace retrograph
