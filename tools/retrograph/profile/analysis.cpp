#include "analysis.hpp"

#include <retrograph/graph/compile/with_epilogue.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace retrograph::program {
namespace {

double bytes_of(const std::vector<ArrayType>& types) {
  double bytes = 0;
  for (const auto& type : types) bytes += static_cast<double>(size_in_bytes(type));
  return bytes;
}

double product_of(Extents::const_iterator begin, Extents::const_iterator end) {
  return std::accumulate(begin, end, 1.0,
                         [](double all, std::int64_t extent) { return all * static_cast<double>(extent); });
}

/// Of a convolution or of one of its gradients: 2 for each number of y and each of a filter.
std::optional<double> operations_of_convolution(std::string_view op, const Signature& signature) {
  const auto &first = signature.inputs[0].extents, &made = signature.outputs[0].extents;
  const auto count = [](const Extents& y, const Extents& weight) {
    return 2 * product_of(y.begin(), y.end()) * product_of(weight.begin() + 1, weight.end());
  };
  if (op == "conv2d") return count(made, signature.inputs[1].extents);
  if (op == "conv2d_input_gradient") return count(signature.inputs[1].extents, first);
  if (op == "conv2d_weight_gradient") return count(signature.inputs[1].extents, made);
  return std::nullopt;
}

/// Of a product of matrices a b, 2 m n k; of another op, one for each number that it makes.
double operations_of(const Profile::StepOfPlan& step) {
  constexpr std::array products{"matmul", "linear", "accumulated_product"};
  if (const auto* fused = step.op.as<WithEpilogue>())
    return operations_of({step.node, fused->op, fused->signature_of_op, step.after});
  if (const auto operations = operations_of_convolution(step.op.name(), step.signature)) return *operations;
  double made = 0;
  for (const auto& output : step.signature.outputs)
    made += product_of(output.extents.begin(), output.extents.end());
  if (std::find(products.begin(), products.end(), step.op.name()) == products.end()) return made;
  const auto& a = step.signature.inputs[0].extents;
  const auto& y = step.signature.outputs[0].extents;
  const auto matrix = product_of(a.end() - std::min<std::ptrdiff_t>(2, std::ssize(a)), a.end());
  const auto rows = y.size() >= 2 ? static_cast<double>(y[y.size() - 2]) : a.size() >= 2 ? made : 1;
  return 2 * made * matrix / rows;
}

/// Seconds of each call of a step.
struct Calls {
  std::vector<double> whole;
  std::vector<double> longest_way;  // if every chunk had a thread of its own
};

/// Of each step that ran. The spans of a call's chunks stand before that of the call.
std::map<std::size_t, Calls> calls_of(const Profile& profile) {
  std::map<std::size_t, Calls> calls;
  std::map<std::size_t, double> saved, longest;  // of the call whose chunks are being read
  for (const auto& span : profile.spans()) {
    const auto seconds = 1e-9 * static_cast<double>(span.end - span.begin);
    if (span.chunk != Profile::Span::whole) {
      const auto before = std::max(longest[span.step], seconds);
      saved[span.step] += seconds + longest[span.step] - before;
      longest[span.step] = before;
      continue;
    }
    calls[span.step].whole.push_back(seconds);
    calls[span.step].longest_way.push_back(seconds - saved[span.step]);
    saved[span.step] = longest[span.step] = 0;
  }
  return calls;
}

}  // namespace

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + std::ssize(numbers) / 2;
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

std::vector<StepSummary> summarize(const Profile& profile) {
  std::vector<StepSummary> summaries;
  for (const auto& [step, calls] : calls_of(profile)) {
    const auto& of_plan = profile.steps()[step];
    summaries.push_back({.step = step,
                         .calls = calls.whole.size(),
                         .seconds = median(calls.whole),
                         .longest_way = median(calls.longest_way),
                         .bytes_read = bytes_of(of_plan.signature.inputs),
                         .bytes_written = bytes_of(of_plan.signature.outputs),
                         .operations = operations_of(of_plan)});
  }
  return summaries;
}

Bound bound_of(const Profile& profile, const std::vector<StepSummary>& summaries) {
  Bound bound;
  std::vector<double> own(profile.steps().size());
  for (const auto& summary : summaries) {
    bound.work += summary.seconds;
    own[summary.step] = summary.longest_way;
  }
  std::vector<double> end(own.size());
  for (std::size_t step = 0; step < own.size(); ++step) {
    for (const auto before : profile.steps()[step].after) end[step] = std::max(end[step], end[before]);
    end[step] += own[step];
    bound.critical_path = std::max(bound.critical_path, end[step]);
  }
  return bound;
}

}  // namespace retrograph::program
