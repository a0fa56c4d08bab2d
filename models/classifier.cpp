#include <retrograph/models/classifier.hpp>
#include <retrograph/ops/argmax.hpp>
#include <retrograph/ops/cast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/mean.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/sum.hpp>

namespace retrograph {

Tensor count_correct(const Tensor& scores, const Tensor& labels, std::source_location where) {
  const auto scope = scores.graph().scope("accuracy");
  const auto predicted = argmax(scores, 1, Keep::no, where);
  const auto is_correct = equal(predicted, cast(labels, predicted.dtype(), where));
  return sum(cast(is_correct, DType::int64, where), {}, Keep::no, where).named("correct");
}

Classifier classifier(const Input& images, const Input& labels, const Tensor& logits,
                      std::source_location where) {
  const auto loss = mean(softmax_cross_entropy(logits, labels, {}, where), {}, Keep::no, where).named("loss");
  return {images, labels, logits, loss, count_correct(logits, labels, where), {}};
}

}  // namespace retrograph
