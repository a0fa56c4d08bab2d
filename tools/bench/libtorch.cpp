// The workloads of `retrograph bench` with libtorch, each as fast as libtorch lets it be written. See
// ./compare.

#include "data.hpp"
#include "measure.hpp"
#include <torch/torch.h>

namespace {

using bench::measure;
using bench::Options;
using torch::Tensor;

Tensor numbers(at::IntArrayRef extents, std::uint64_t stream, float scale, float middle = 0) {
  auto tensor = torch::empty(extents);
  bench::fill({tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}, stream, scale, middle);
  return tensor;
}

/// Batches as views, made before the clock runs.
struct Batches {
  Batches(const bench::Digits& digits, int batch)
      : images{torch::from_blob(const_cast<float*>(digits.images.data()), {bench::samples, bench::pixels})
                   .split(batch)},
        labels{
            torch::from_blob(const_cast<std::int32_t*>(digits.labels.data()), {bench::samples}, torch::kInt32)
                .to(torch::kInt64)
                .split(batch)} {}
  std::vector<Tensor> images, labels;
};

using Activation = Tensor (*)(const Tensor&);

struct Net {
  Net(std::vector<int> hidden, Activation function, bool before_relu) : activation{function} {
    int inputs = bench::pixels;
    hidden.push_back(bench::classes);
    for (const auto units : hidden) {
      const auto bound = units == bench::classes ? bench::last_bound
                         : before_relu           ? bench::he_bound(inputs)
                                                 : bench::glorot_bound(inputs, units);
      parameters.push_back(numbers({inputs, units}, parameters.size() / 2 + 1, bound).requires_grad_());
      parameters.push_back(torch::zeros({units}).requires_grad_());
      inputs = units;
    }
    for (const auto& parameter : parameters) first.push_back(parameter.detach().clone());
  }

  void reset() {
    const torch::NoGradGuard guard;
    for (std::size_t i = 0; i < first.size(); ++i) parameters[i].copy_(first[i]);
  }

  Tensor logits(Tensor x) const {
    for (std::size_t i = 0; i < parameters.size(); i += 2) {
      x = torch::addmm(parameters[i + 1], x, parameters[i]);
      if (i + 2 < parameters.size()) x = activation(x);
    }
    return x;
  }

  double train(const Batches& batches, float rate) {
    double sum = 0;
    for (std::size_t i = 0; i < batches.images.size(); ++i) {
      const auto loss = torch::cross_entropy_loss(logits(batches.images[i]), batches.labels[i]);
      const auto gradients = torch::autograd::grad({loss}, parameters);
      const torch::NoGradGuard guard;
      for (std::size_t p = 0; p < parameters.size(); ++p) parameters[p].sub_(gradients[p], rate);
      sum += loss.item<float>() * static_cast<double>(batches.images[i].size(0));
    }
    return sum / bench::samples;
  }

  Activation activation;
  std::vector<Tensor> parameters, first;
};

Tensor relu(const Tensor& x) {
  return torch::relu(x);
}
Tensor sigmoid(const Tensor& x) {
  return torch::sigmoid(x);
}

void train(const Options& options, const char* workload, Net net, int batch, bool standardized, float rate,
           double flop) {
  const auto digits = bench::digits(options.data, standardized);
  const Batches batches{digits, batch};
  double loss = 0;
  measure(
      options, workload, 1, flop, [&] { net.reset(); }, [&] { loss = net.train(batches, rate); },
      [&] { return loss; });
}

/// The net of the workload `lenet`, in channels-last order, where libtorch's convolutions are fastest. All
/// parameters are views of one vector, so that Adam is a few operations and not a few for each of them.
struct Lenet {
  Lenet() {
    const std::vector<std::vector<std::int64_t>> shapes{
        {6, 1, 5, 5}, {6}, {16, 6, 5, 5}, {16}, {400, 120}, {120}, {120, 84}, {84}, {84, 10}, {10}};
    std::vector<Tensor> numbers_of;
    for (const auto& shape : shapes) {
      const auto inputs = shape.size() == 4 ? shape[1] * shape[2] * shape[3] : shape[0];
      const auto bound =
          shape.back() == bench::classes ? bench::last_bound : bench::he_bound(static_cast<int>(inputs));
      numbers_of.push_back(
          flat(shape.size() == 1 ? torch::zeros(shape) : numbers(shape, numbers_of.size() / 2 + 1, bound)));
    }
    all = torch::cat(numbers_of);
    first = all.clone();
    std::int64_t place = 0;
    for (const auto& shape : shapes) {
      const auto count = c10::multiply_integers(shape);
      const auto part = all.slice(0, place, place + count);
      parameters.push_back(shape.size() == 4
                               ? part.view({shape[0], shape[2], shape[3], shape[1]}).permute({0, 3, 1, 2})
                               : part.view(shape));
      parameters.back() = parameters.back().detach().requires_grad_();
      place += count;
    }
  }

  /// The numbers in the order in which they lie in memory.
  static Tensor flat(const Tensor& x) {
    return x.dim() == 4 ? x.permute({0, 2, 3, 1}).reshape(-1) : x.reshape(-1);
  }

  void reset() {
    const torch::NoGradGuard guard;
    all.copy_(first);
    mean = torch::zeros_like(all);
    square = torch::zeros_like(all);
    steps = 0;
  }

  Tensor logits(const Tensor& images) const {
    const auto& p = parameters;
    auto x = images.view({-1, 1, 28, 28}).contiguous(at::MemoryFormat::ChannelsLast);
    x = torch::relu(torch::max_pool2d(torch::conv2d(x, p[0], p[1], 1, 2), 2));
    x = torch::relu(torch::max_pool2d(torch::conv2d(x, p[2], p[3]), 2));
    x = torch::relu(torch::addmm(p[5], x.flatten(1), p[4]));
    return torch::addmm(p[9], torch::relu(torch::addmm(p[7], x, p[6])), p[8]);
  }

  void adam(const std::vector<Tensor>& gradients) {
    std::vector<Tensor> parts;
    for (const auto& gradient : gradients) parts.push_back(flat(gradient));
    const auto gradient = torch::cat(parts);
    ++steps;
    const auto rate = bench::lenet_rate / (1 - std::pow(double{bench::adam_beta1}, steps));
    const auto scale = std::sqrt(1 - std::pow(double{bench::adam_beta2}, steps));
    mean.mul_(bench::adam_beta1).add_(gradient, 1 - bench::adam_beta1);
    square.mul_(bench::adam_beta2).addcmul_(gradient, gradient, 1 - bench::adam_beta2);
    all.addcdiv_(mean, square.sqrt().div_(scale).add_(bench::adam_epsilon), -rate);
  }

  double train(const Batches& batches) {
    double sum = 0;
    int judged = 0;
    for (std::size_t i = 0; i < batches.images.size(); ++i) {
      const auto loss = torch::cross_entropy_loss(logits(batches.images[i]), batches.labels[i]);
      const auto gradients = torch::autograd::grad({loss}, parameters);
      const torch::NoGradGuard guard;
      adam(gradients);
      const auto rows = static_cast<int>(batches.images[i].size(0));
      if (judged < bench::lenet_judged) sum += loss.item<float>() * rows;
      judged += rows;
    }
    return sum / bench::lenet_judged;
  }

  std::vector<Tensor> parameters;
  Tensor all, first, mean, square;
  int steps = 0;
};

void train_lenet(const Options& options) {
  const auto digits = bench::digits(options.data, true);
  const Batches batches{digits, 64};
  Lenet net;
  double loss = 0;
  measure(
      options, "lenet", 1, bench::lenet_flop, [&] { net.reset(); }, [&] { loss = net.train(batches); },
      [&] { return loss; });
}

void infer(const Options& options, const char* workload, int rows, int calls) {
  const auto digits = bench::digits(options.data, true);
  const c10::InferenceMode guard;
  const Net net{{128}, relu, true};
  const auto images = torch::from_blob(const_cast<float*>(digits.images.data()), {rows, bench::pixels});
  Tensor logits;
  measure(
      options, workload, calls, rows * bench::flop_of_row, [] {}, [&] { logits = net.logits(images); },
      [&] { return logits.abs().sum().item<float>() / static_cast<float>(rows); });
}

/// A loss and its gradients, which `body` gives.
template <class Body>
void differentiate(const Options& options, const char* workload, int calls, const std::vector<Tensor>& leaves,
                   const Body& body, std::size_t gradients_in_result, bool sizes, double flop) {
  Tensor loss;
  std::vector<Tensor> gradients;
  measure(
      options, workload, calls, flop, [] {},
      [&] {
        loss = body();
        gradients = torch::autograd::grad({loss}, leaves);
      },
      [&] {
        double sum = loss.item<float>();
        for (std::size_t i = 0; i < gradients_in_result; ++i) {
          const auto all = gradients[i].to(torch::kFloat64);
          sum += (sizes ? all.abs() : all).sum().item<double>();
        }
        return sum;
      });
}

void add(const Options& options) {
  const auto x = numbers({bench::add_extent}, 1, 1).requires_grad_();
  const auto upstream = numbers({bench::add_extent}, 2, 1);
  differentiate(
      options, "overhead", 20, {x},
      [&] {
        auto y = x;
        for (int i = 0; i < bench::adds; ++i) y = y + x;
        return (y * upstream).sum();
      },
      1, false, 0);
}

void branch(const Options& options) {
  const auto n = bench::extent;
  const auto x = numbers({n, n}, 1, 1).requires_grad_(), upstream = numbers({n, n}, 2, 1);
  std::vector<Tensor> leaves{x};
  for (std::uint64_t i = 0; i < bench::branches * bench::products; ++i)
    leaves.push_back(numbers({n, n}, 3 + i, bench::branch_bound()).requires_grad_());
  differentiate(
      options, "branches", 5, leaves,
      [&] {
        Tensor sum;
        for (std::size_t b = 0; b < bench::branches; ++b) {
          auto y = x;
          for (std::size_t p = 0; p < bench::products; ++p)
            y = torch::mm(y, leaves[1 + b * bench::products + p]);
          sum = sum.defined() ? sum + y : y;
        }
        return (sum * upstream).sum();
      },
      2, true, bench::branches_flop);
}

void elementwise(const Options& options) {
  const auto x = numbers({bench::elementwise_rows, bench::elementwise_columns}, 1, 2).requires_grad_();
  std::vector<Tensor> r, c;
  for (std::uint64_t i = 0; i < bench::row_vectors; ++i)
    r.push_back(numbers({bench::elementwise_columns}, 10 + i, 0.5f, 1));
  for (std::uint64_t i = 0; i < bench::column_vectors; ++i)
    c.push_back(numbers({bench::elementwise_rows, 1}, 20 + i, 0.5f, 1));
  differentiate(
      options, "elementwise", 1, {x},
      [&] {
        auto y = torch::relu((x * r[0] + c[0]) * r[1] + r[2]);
        y = torch::sigmoid(y * c[1] - r[3]) * r[4] + c[2];
        y = torch::sqrt(torch::square(y * r[5]) + r[6]) * c[3];
        y = torch::relu(y + r[7] - c[4]) * r[0] + c[0];
        return y.sum();
      },
      1, false, 0);
}

void run(const Options& options) {
  torch::set_num_threads(options.threads);
  const auto wants = [&](const char* workload) { return options.only.empty() || options.only == workload; };
  if (wants("mlp"))
    train(options, "mlp", {{128}, relu, true}, 64, true, bench::learning_rate, bench::mlp_flop);
  if (wants("lesson"))
    train(options, "lesson", {{30}, sigmoid, false}, 1, false, bench::lesson_rate, bench::lesson_flop);
  if (wants("wide"))
    train(options, "wide", {{1024, 1024}, relu, true}, 256, true, bench::learning_rate, bench::wide_flop);
  if (wants("lenet")) train_lenet(options);
  if (wants("latency")) infer(options, "latency", 1, 10'000);
  if (wants("latency-10000")) infer(options, "latency-10000", 10'000, 5);
  if (wants("overhead")) add(options);
  if (wants("branches")) branch(options);
  if (wants("elementwise")) elementwise(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(bench::parse_options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "libtorch: %s\n", error.what());
    return 1;
  }
}
