#pragma once

#include <retrograph/models/classifier.hpp>
#include <retrograph/models/data/dataset.hpp>

namespace retrograph {

/// What the sums into the hidden layer are divided by, so that 784 pixels times weights in [0, 1) stay where
/// the sigmoid has a slope.
inline constexpr double lesson_scaling = 78.5;
/// Likewise of the sums into the output, where that is a sigmoid.
inline constexpr double lesson_output_scaling = 3.1;

struct LessonOptions {
  enum class Output {
    softmax,        // with cross-entropy: the lesson's answer
    scaled_sigmoid  // with the squared error: what the lesson had before
  } output = Output::softmax;
  double shift = 0;  // is subtracted from every net of the output, which changes nothing of a softmax
  std::int64_t pixels = 784, hidden = 30, classes = 10;
};

/// The net of the lesson on softmax and cross-entropy that this library grew from, in float64.
///
///     h = sigmoid((x hidden/weight + hidden/bias) / 78.5)
///     nets = h output/weight + output/bias - shift
///     loss = mean_i -ln softmax(nets_i)_label_i                              softmax
///     loss = mean_i sum_k (sigmoid(nets_ik / 3.1) - y_ik)^2, y one-hot      scaled_sigmoid
///
/// Makes the dim "batch", the inputs `images` [batch, pixels] and `labels` [batch], int32, and the layers
/// `hidden` and `output`, whose weights and biases all start uniform in [0, 1). The `logits` of the result
/// are the nets with softmax, the sigmoids without. Throws as `mlp` does.
Classifier lesson(Graph& graph, const LessonOptions& options = {},
                  std::source_location where = std::source_location::current());

/// Learning rates of plain descent.
struct LessonRates {
  double hidden, output;
};

/// How large the steps of the hidden layer are at the lesson's own rate, 10.
///
/// `correct` takes the rate at its word. The lesson's hand-written gradient of the hidden layer forgets the
/// factor 1 / 78.5 that its own scaling has as derivative, so that its steps are 78.5 times as large: what
/// the lesson trained with is `original`, 10 * 78.5 = 785 times the correct gradient.
enum class LessonVariant { correct, original };
LessonRates lesson_rates(LessonVariant variant, double output_rate);

/// Descent on both layers of a lesson.
Updates lesson_updates(const Classifier& model, const LessonRates& rates);

/// What the lesson trains on: the first ten images of each digit, in the order of the data set, as float64,
/// in which a pixel is byte / 255.
///
/// training  images [samples, pixels], float32 with bytes / 255; labels [samples], int32 in [0, 10)
///
/// Throws DataError if there are fewer than ten of a digit, or for a label that is none.
Dataset lesson_digits(const Dataset& training);
/// All of a data set so, such as the images to test with.
Dataset lesson_images(const Dataset& dataset);

}  // namespace retrograph
