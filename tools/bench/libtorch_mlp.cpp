// The training of `retrograph train mlp` (784-128-10, ReLU, batch 64, plain descent at 0.1) with libtorch, to be timed
// beside it. usage: libtorch_mlp MNIST_FOLDER THREADS EPOCHS

#include <torch/torch.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace {

constexpr std::int64_t batch_size = 64;

struct Net : torch::nn::Module {
  torch::nn::Linear hidden{register_module("hidden", torch::nn::Linear{784, 128})};
  torch::nn::Linear output{register_module("output", torch::nn::Linear{128, 10})};
  torch::Tensor forward(const torch::Tensor& x) { return output->forward(torch::relu(hidden->forward(x))); }
};

double train_epoch(Net& net, torch::optim::SGD& optimizer, const torch::Tensor& images, const torch::Tensor& labels) {
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t row = 0; row < images.size(0); row += batch_size) {
    const auto rows = std::min(batch_size, images.size(0) - row);
    optimizer.zero_grad();
    const auto logits = net.forward(images.narrow(0, row, rows));
    torch::nn::functional::cross_entropy(logits, labels.narrow(0, row, rows)).backward();
    optimizer.step();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double accuracy(Net& net, const torch::Tensor& images, const torch::Tensor& labels) {
  const torch::NoGradGuard guard;
  return net.forward(images).argmax(1).eq(labels).to(torch::kFloat64).mean().item<double>();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: libtorch_mlp MNIST_FOLDER THREADS EPOCHS\n";
    return 2;
  }
  torch::set_num_threads(std::atoi(argv[2]));
  torch::manual_seed(1);
  // The rows in one order for all epochs: libtorch is spared the copying that a shuffle costs.
  const auto read = [&](torch::data::datasets::MNIST::Mode mode) {
    const torch::data::datasets::MNIST data{argv[1], mode};
    return std::pair{data.images().view({-1, 784}).contiguous(), data.targets()};
  };
  const auto [images, labels] = read(torch::data::datasets::MNIST::Mode::kTrain);
  const auto [test_images, test_labels] = read(torch::data::datasets::MNIST::Mode::kTest);
  Net net;
  torch::optim::SGD optimizer{net.parameters(), torch::optim::SGDOptions{0.1}};
  for (int epoch = 1; epoch <= std::atoi(argv[3]); ++epoch) {
    const auto seconds = train_epoch(net, optimizer, images, labels);
    std::cout << "epoch " << epoch << " seconds " << seconds << " test accuracy "
              << accuracy(net, test_images, test_labels) << std::endl;
  }
}
