#include <retrograph/ops/arithmetic.hpp>
#include <retrograph/ops/broadcast.hpp>
#include <retrograph/ops/comparison.hpp>
#include <retrograph/ops/entries.hpp>
#include <retrograph/ops/one_hot.hpp>
#include <retrograph/ops/one_hot_op.hpp>
#include <retrograph/ops/reshape.hpp>
#include <retrograph/ops/size.hpp>
#include <retrograph/ops/softmax.hpp>
#include <retrograph/ops/softmax_cross_entropy.hpp>
#include <retrograph/ops/softmax_cross_entropy_kernel.hpp>
#include <retrograph/ops/softmax_cross_entropy_op.hpp>
#include <retrograph/ops/sum.hpp>
#include <retrograph/ops/where.hpp>

#include <fmt/format.h>

namespace retrograph {
namespace {

struct SoftmaxCrossEntropy {
  static constexpr std::string_view name = "softmax_cross_entropy";
  std::optional<std::int64_t> ignore_index;
  double label_smoothing;
  bool gives_difference = false;  // a third result, a - y; in programs alone

  std::string attributes() const {
    std::vector<std::string> texts;
    if (ignore_index) texts.push_back(fmt::format("ignore_index={}", *ignore_index));
    if (label_smoothing != 0) texts.push_back(fmt::format("label_smoothing={}", label_smoothing));
    if (gives_difference) texts.push_back("gives a - y");
    return fmt::format("{}", fmt::join(texts, ", "));
  }

  /// Operands: logits, labels and, if there are any, class weights.
  Types infer(const Types& operands) const {
    const auto& logits = operands[0];
    if (logits.shape.rank() == 0) throw ShapeError{"logits have no axis of classes"};
    const auto classes = logits.shape[logits.shape.rank() - 1];
    auto rows = logits.shape.dims();
    rows.pop_back();
    require_labels(operands[1], logits, Shape{rows});
    require_options(is_floating(operands[1].dtype));
    if (operands.size() > 2) require_weights(operands[2], {logits.dtype, {classes}});
    return {{logits.dtype, Shape{std::move(rows)}}, logits};
  }

  template <std::floating_point T>
  std::unique_ptr<Kernel> prepare(const Signature& signature) const;

  double cost(const Signature& signature) const {
    return softmax_cost * static_cast<double>(element_count(signature.inputs[0].extents));
  }

  Gradients gradient(const Applied& node, const Upstreams& upstreams) const;

  friend bool operator==(const SoftmaxCrossEntropy&, const SoftmaxCrossEntropy&) = default;

 private:
  static void require_labels(const Type& labels, const Type& logits, const Shape& rows) {
    if (is_floating(labels.dtype)) {
      if (labels.dtype != logits.dtype)
        throw TypeError{
            fmt::format("dtypes differ: {} and {}", to_string(logits.dtype), to_string(labels.dtype)),
            "convert one of them with cast"};
      if (labels.shape != logits.shape)
        throw ShapeError{fmt::format("the labels are {} and the logits {}", to_string(labels.shape),
                                     to_string(logits.shape)),
                         labels.shape == rows ? "convert class indices to int32 with cast"
                                              : "rows of probabilities must have the shape of the logits"};
      return;
    }
    if (labels.dtype != DType::int32 && labels.dtype != DType::int64)
      throw TypeError{fmt::format("labels cannot be {}", to_string(labels.dtype)),
                      "convert class indices to int32 with cast"};
    if (labels.shape != rows)
      throw ShapeError{fmt::format("the labels are {} and the rows of logits {}", to_string(labels.shape),
                                   to_string(rows)),
                       fmt::format("class indices must be {}", to_string(rows))};
  }

  void require_options(bool labels_are_probabilities) const {
    if (!(label_smoothing >= 0 && label_smoothing <= 1))
      throw GraphError{fmt::format("the label smoothing is {}, not in [0, 1]", label_smoothing)};
    if (ignore_index && labels_are_probabilities)
      throw GraphError{"ignore_index has no meaning for rows of probabilities"};
  }

  static void require_weights(const Type& weights, const Type& expected) {
    if (weights.dtype != expected.dtype)
      throw TypeError{fmt::format("the class weights are {} and the logits {}", to_string(weights.dtype),
                                  to_string(expected.dtype)),
                      "convert one of them with cast"};
    if (weights.shape != expected.shape)
      throw ShapeError{fmt::format("the class weights are {}, not {}", to_string(weights.shape),
                                   to_string(expected.shape))};
  }
};

template <std::floating_point T>
std::unique_ptr<Kernel> SoftmaxCrossEntropy::prepare(const Signature& signature) const {
  return std::make_unique<LossKernel<T>>(signature, ignore_index, label_smoothing);
}

std::int64_t class_axis(const Tensor& logits) {
  return static_cast<std::int64_t>(logits.rank()) - 1;
}

Tensor row_sums(const Tensor& rows) {
  return sum(rows, class_axis(rows), Keep::yes);
}

/// A number a row, repeated along the classes in products with `rows`.
Tensor per_row(const Tensor& numbers, const Tensor& rows) {
  return reshape(numbers, reduced(rows.shape(), {rows.rank() - 1}, Keep::yes));
}

/// The labels as rows of probabilities; the row of an ignored label is 0.
Tensor label_rows(const Tensor& labels, const Tensor& logits, std::optional<std::int64_t> ignore_index) {
  if (is_floating(labels.dtype())) return labels;
  const auto classes = logits.shape()[logits.rank() - 1];
  if (!ignore_index) return one_hot(labels, classes, logits.dtype());
  const auto kept = where(equal(labels, *ignore_index), -1, labels);
  return one_hot(kept, classes, logits.dtype(), OutOfRange::zero_row);
}

Gradients SoftmaxCrossEntropy::gradient(const Applied& node, const Upstreams& upstreams) const {
  const auto logits = node.input(0), labels = node.input(1), a = node.result(1);
  const bool has_weights = node.input_count() > 2;
  Gradients gradients(node.input_count());

  if (const auto& of_shares = upstreams[1]; of_shares && node.wants(0))
    gradients[0] = a * (*of_shares - row_sums(*of_shares * a));
  if (!upstreams[0]) return gradients;

  const auto upstream = per_row(*upstreams[0], logits);
  const auto y = label_rows(labels, logits, ignore_index);
  const auto smoothed = [&] {
    if (label_smoothing == 0) return y;
    const auto even_share = label_smoothing / size(logits, class_axis(logits), logits.dtype());
    return (1 - label_smoothing) * y + (ignore_index ? even_share * row_sums(y) : even_share);
  }();
  if (node.wants(0)) {
    const auto target = has_weights ? smoothed * node.input(2) : smoothed;
    // The target of a row adds up to 1 unless weights change it or the row is ignored.
    const auto difference = has_weights || ignore_index ? a * row_sums(target) - target : a - target;
    gradients[0] = gradients[0] ? *gradients[0] + difference * upstream : difference * upstream;
  }
  if (!node.wants(1) && !(has_weights && node.wants(2))) return gradients;
  const auto surprise = -(upstream * log_softmax(logits));
  if (node.wants(1)) {
    const auto weighted = has_weights ? surprise * node.input(2) : surprise;
    gradients[1] = label_smoothing == 0 ? weighted : (1 - label_smoothing) * weighted;
  }
  if (has_weights && node.wants(2)) gradients[2] = sum_to(surprise * smoothed, node.input(2).shape());
  return gradients;
}

/// While it lives, all nodes are marked as made by the user's line.
Graph::ContextGuard made_at(Graph& graph, std::source_location where) {
  auto context = graph.context();
  context.where = context.where.value_or(where);
  return {graph, std::move(context)};
}

/// The sum of the weights of the labelled classes, or of the rows that are not ignored.
Tensor weight_of_labels(const Tensor& logits, const Tensor& labels,
                        const SoftmaxCrossEntropyOptions& options) {
  const auto y = label_rows(labels, logits, options.ignore_index);
  return sum(options.class_weights ? y * *options.class_weights : y);
}

}  // namespace

Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& labels,
                             const SoftmaxCrossEntropyOptions& options, std::source_location where) {
  const auto guard = made_at(logits.graph(), where);
  const SoftmaxCrossEntropy op{options.ignore_index, options.label_smoothing};
  const auto losses = options.class_weights ? apply(op, {logits, labels, *options.class_weights}, where)
                                            : apply(op, {logits, labels}, where);
  const bool counts_rows = is_floating(labels.dtype()) || (!options.class_weights && !options.ignore_index);
  if (options.reduction != LossReduction::mean || counts_rows)
    return reduce_losses(losses, options.reduction, where);
  return sum(losses) / weight_of_labels(logits, labels, options);
}

std::optional<Combined> shares_less_labels(const Match& subtraction) {
  const auto* producer = subtraction.producer(0);
  const auto* op = producer ? producer->op.as<SoftmaxCrossEntropy>() : nullptr;
  if (!op || op->gives_difference || op->ignore_index || subtraction.input(0) != producer->outputs[1])
    return std::nullopt;
  const auto labels = producer->inputs[1];
  const auto* rows = subtraction.producer(1);
  const bool are_indices = rows && is_one_hot(rows->op) && rows->inputs[0] == labels;
  if ((!are_indices && subtraction.input(1) != labels) || subtraction.type(0) != subtraction.type(1))
    return std::nullopt;
  auto with_difference = *op;
  with_difference.gives_difference = true;
  return Combined{with_difference, {}, 0};
}

std::vector<CatalogueEntry> softmax_cross_entropy_entries() {
  using Options = SoftmaxCrossEntropyOptions;
  const auto logits = sample_numbers({3, 4}, -2, 2), weights = sample_numbers({4}, 0.5, 2);
  const auto labels = Array::of<std::int32_t>({3}, {2, 0, 3});
  const auto with_indices = [](Options options) {
    return [=](std::span<const Tensor> x) { return softmax_cross_entropy(x[0], x[1], options); };
  };
  // Softmax keeps rows of probabilities what they are while differences are taken.
  const auto with_probabilities = [](Options options) {
    return [=](std::span<const Tensor> x) { return softmax_cross_entropy(x[0], softmax(x[1]), options); };
  };
  const auto with_weights = [](Options options) {
    return [=](std::span<const Tensor> x) mutable {
      options.class_weights = x[2];
      return softmax_cross_entropy(x[0], is_floating(x[1].dtype()) ? softmax(x[1]) : x[1], options);
    };
  };
  const auto with_shares = [](std::span<const Tensor> x) {
    const auto loss = softmax_cross_entropy(x[0], x[1]);
    return loss + sum(loss.result(1) * loss.result(1), -1);
  };
  const auto shares_alone = [](std::span<const Tensor> x) {
    return softmax_cross_entropy(x[0], x[1]).result(1);
  };
  using enum LossReduction;
  return {{"softmax_cross_entropy",
           "loss_i = log(sum_k exp(logits_ik)) - logits_i,labels_i; a = softmax(logits)",
           "[batch, classes], [batch] or [batch, classes] -> [batch], [batch, classes]",
           "(a - y) * upstream",
           float_dtypes,
           {{"indices", {logits, labels}, with_indices({})},
            {"indices of int64 along two axes",
             {sample_numbers({2, 2, 3}, -2, 2), Array::of<std::int64_t>({2, 2}, {2, 0, 1, 1})},
             with_indices({})},
            {"a single row", {sample_numbers({4}, -2, 2), Array::scalar<std::int32_t>(1)}, with_indices({})},
            {"mean", {logits, labels}, with_indices({.reduction = mean})},
            {"sum", {logits, labels}, with_indices({.reduction = LossReduction::sum})},
            {"ignore_index", {logits, labels}, with_indices({.ignore_index = 0})},
            {"ignore_index, mean", {logits, labels}, with_indices({.ignore_index = 0, .reduction = mean})},
            {"smoothed", {logits, labels}, with_indices({.label_smoothing = 0.2})},
            {"smoothed, ignore_index",
             {logits, labels},
             with_indices({.ignore_index = 3, .label_smoothing = 0.2, .reduction = mean})},
            {"class weights", {logits, labels, weights}, with_weights({})},
            {"class weights, all options",
             {logits, labels, weights},
             with_weights({.ignore_index = 2, .label_smoothing = 0.1, .reduction = mean})},
            {"probabilities", {logits, sample_numbers({3, 4}, -1, 1)}, with_probabilities({})},
            {"probabilities, mean",
             {logits, sample_numbers({3, 4}, -1, 1)},
             with_probabilities({.reduction = mean})},
            {"probabilities, smoothed, class weights",
             {logits, sample_numbers({3, 4}, -1, 1), weights},
             with_weights({.label_smoothing = 0.2})},
            {"the loss and the shares", {logits, labels}, with_shares},
            {"the shares alone", {logits, labels}, shares_alone}}}};
}

}  // namespace retrograph
