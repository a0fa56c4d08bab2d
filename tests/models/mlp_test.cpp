#include <retrograph/autograd/gradient.hpp>
#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/ops/activation.hpp>

#include "support/allocations.hpp"
#include "support/matchers.hpp"

#include <algorithm>
#include <cmath>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// Random numbers in [low, high).
Array numbers(Extents extents, double low, double high, DType dtype = DType::float64) {
  const ArrayType type{dtype, std::move(extents)};
  return uniform(low, high)(type, RandomStream{5, "numbers"});
}

using Matrix = std::vector<std::vector<double>>;

Matrix matrix(const Array& array) {
  const auto columns = array.rank() == 1 ? array.extents()[0] : array.extents()[1];
  Matrix rows(static_cast<std::size_t>(array.size() / columns));
  for (std::int64_t i = 0; i < array.size(); ++i)
    rows[static_cast<std::size_t>(i / columns)].push_back(array.at(i));
  return rows;
}

Array array(const Matrix& matrix) {
  std::vector<double> all;
  for (const auto& row : matrix) all.insert(all.end(), row.begin(), row.end());
  return Array::copy_of<double>(
      {static_cast<std::int64_t>(matrix.size()), static_cast<std::int64_t>(matrix[0].size())}, all);
}

Matrix affine(const Matrix& x, const Matrix& weight, const Matrix& bias) {
  Matrix y(x.size(), bias[0]);
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t j = 0; j < y[i].size(); ++j)
      for (std::size_t k = 0; k < weight.size(); ++k) y[i][j] += x[i][k] * weight[k][j];
  return y;
}

/// a^T b.
Matrix product_of_transposed(const Matrix& a, const Matrix& b) {
  Matrix y(a[0].size(), std::vector<double>(b[0].size()));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j)
      for (std::size_t k = 0; k < y[j].size(); ++k) y[j][k] += a[i][j] * b[i][k];
  return y;
}

}  // namespace

TEST_CASE("mlp is 784-128-10 unless told otherwise, with layers in scopes") {
  Graph graph;
  const auto model = mlp(graph);
  std::vector<std::string> names;
  for (const auto& parameter : graph.parameters())
    names.push_back(parameter.name() + ' ' + to_string(parameter.shape()));
  CHECK(names == std::vector<std::string>{"hidden/weight [784, 128]", "hidden/bias [128]",
                                          "output/weight [128, 10]", "output/bias [10]"});
  CHECK(to_string(model.images.shape()) == "[batch, 784]");
  CHECK(to_string(model.labels.shape()) == "[batch]");
  CHECK(model.labels.dtype() == DType::int32);
  CHECK(to_string(model.logits.shape()) == "[batch, 10]");
  CHECK(model.loss.name() == "loss");
  CHECK(model.loss.rank() == 0);
  CHECK(model.correct.name() == "accuracy/correct");
  CHECK(model.correct.dtype() == DType::int64);
}

TEST_CASE("mlp has as many hidden layers as it is given, or none") {
  Graph graph, plain;
  mlp(graph, {.inputs = 3, .hidden = {4, 5, 6}, .classes = 2});
  std::vector<std::string> weights;
  for (const auto& parameter : graph.parameters())
    if (parameter.rank() == 2) weights.push_back(parameter.name() + ' ' + to_string(parameter.shape()));
  CHECK(weights == std::vector<std::string>{"hidden/weight [3, 4]", "hidden_2/weight [4, 5]",
                                            "hidden_3/weight [5, 6]", "output/weight [6, 2]"});
  mlp(plain, {.inputs = 3, .hidden = {}, .classes = 2});
  CHECK(plain.parameters().size() == 2);
}

TEST_CASE("a step of mlp is what backpropagation by hand gives") {
  // Hidden h = relu(x w1 + b1), logits h w2 + b2, a = softmax(logits), loss mean of -log a_label:
  //   d logits = (a - y) / rows,  d w2 = h^T d logits,  d h = d logits w2^T,  d w1 = x^T (d h where h > 0)
  Graph graph;
  const auto model = mlp(graph, {.inputs = 6, .hidden = {5}, .classes = 3, .dtype = DType::float64});
  const auto parameters = graph.parameters();
  const auto gradients = gradient(model.loss, parameters);
  const auto state = initial_state(graph, 3);
  const auto images = numbers({4, 6}, -1, 1);
  const auto labels = Array::of<std::int32_t>({4}, {2, 0, 1, 2});

  const auto x = matrix(images), w1 = matrix(state[parameters[0]]), b1 = matrix(state[parameters[1]]),
             w2 = matrix(state[parameters[2]]), b2 = matrix(state[parameters[3]]);
  auto h = affine(x, w1, b1);
  for (auto& row : h)
    for (auto& number : row) number = std::max(number, 0.0);
  const auto logits = affine(h, w2, b2);
  auto delta = logits;
  double loss = 0;
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto label = static_cast<std::size_t>(labels.at(static_cast<std::int64_t>(i)));
    double sum = 0;
    for (const auto number : logits[i]) sum += std::exp(number);
    for (auto& number : delta[i]) number = std::exp(number) / sum / 4;
    loss -= std::log(delta[i][label] * 4) / 4;
    correct += *std::max_element(logits[i].begin(), logits[i].end()) == logits[i][label];
    delta[i][label] -= 0.25;
  }
  Matrix hidden_delta(4, std::vector<double>(5));
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 5; ++j)
      for (std::size_t k = 0; k < 3; ++k) hidden_delta[i][j] += h[i][j] > 0 ? delta[i][k] * w2[j][k] : 0;
  const Matrix ones(4, {1.0});

  std::vector<Tensor> outputs{model.logits, model.loss, model.correct};
  outputs.insert(outputs.end(), gradients.begin(), gradients.end());
  Executable run{graph, {.outputs = outputs}};
  const auto results = run.run(state, model.images.feed(images), model.labels.feed(labels));
  // Numbers of size 1 and less, some twenty operations deep: 1e-15 each, and some room.
  const auto tolerance = absolute(2e-14);
  CHECK_THAT(results[model.logits], equals(array(logits)).within(tolerance));
  CHECK_THAT(results[model.loss], equals(Array::scalar(loss)).within(tolerance));
  CHECK(results[model.correct].scalar() == static_cast<double>(correct));
  CHECK_THAT(results[gradients[0]], equals(array(product_of_transposed(x, hidden_delta))).within(tolerance));
  CHECK_THAT(results[gradients[1]],
             equals(array(product_of_transposed(ones, hidden_delta)).reshaped({5})).within(tolerance));
  CHECK_THAT(results[gradients[2]], equals(array(product_of_transposed(h, delta))).within(tolerance));
  CHECK_THAT(results[gradients[3]],
             equals(array(product_of_transposed(ones, delta)).reshaped({3})).within(tolerance));
}

TEST_CASE("a step of one image asks for no memory once others have run") {
  const auto threads = GENERATE(1, 2);
  const auto momentum = GENERATE(0.0, 0.9);
  CAPTURE(threads, momentum);
  Graph graph;
  const auto model = mlp(graph, {.hidden = {30}, .activation = sigmoid});
  Executable train{
      graph,
      {.inputs = {model.images, model.labels},
       .outputs = {model.loss},
       .updates = sgd(model.loss, graph.parameters(), {.learning_rate = 0.1, .momentum = momentum}),
       .threads = threads}};
  auto state = initial_state(graph, 1);
  const auto images = model.images.feed(numbers({1, 784}, 0, 1, DType::float32));
  const auto labels = model.labels.feed(Array{{1}, DType::int32});
  const auto run_some = [&] {
    for (int step = 0; step < 10; ++step) train.run(state, images, labels);
  };
  run_some();
  const auto before = allocations();
  run_some();
  CHECK(allocations() == before);
}

TEST_CASE("the first loss of an mlp is near ln(10)") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Graph graph;
    const auto model = mlp(graph);
    const auto images = numbers({50, 784}, 0, 0.5, DType::float32);
    const auto labels = Array::full({50}, static_cast<double>(seed), DType::int32);
    const auto loss = evaluate(model.loss, initial_state(graph, seed), model.images.feed(images),
                               model.labels.feed(labels));
    CHECK(loss.scalar() == Approx(std::log(10)).epsilon(0.1));
  }
}

TEST_CASE("mlp starts as suits its activation, or as it is told") {
  const auto start = [](const MlpOptions& options) {
    Graph graph;
    mlp(graph, options);
    return initial_state(graph, 1).at("hidden/weight");
  };
  const RandomStream random{1, "hidden/weight"};
  const ArrayType type{DType::float32, {784, 128}};
  CHECK(start({}) == he_uniform()(type, random));
  CHECK(start({.activation = tanh}) == xavier_uniform()(type, random));
  CHECK(start({.activation = sigmoid}) == xavier_uniform()(type, random));
  CHECK(start({.weight = he_normal()}) == he_normal()(type, random));
}

TEST_CASE("accuracy counts the first of equal logits") {
  Graph graph;
  const auto batch = graph.dim("batch");
  const auto logits = graph.input("logits", {batch, 3});
  const auto labels = graph.input("labels", {batch}, DType::int32);
  const auto model = classifier(logits, labels, logits);
  const auto numbers = Array::of<float>({3, 3}, {1, 5, 2, 7, 7, 0, 7, 7, 0});
  const auto truth = Array::of<std::int32_t>({3}, {1, 0, 1});
  CHECK(evaluate(model.correct, logits.feed(numbers), labels.feed(truth)).scalar() == 2);
}

TEST_CASE("mlp refuses extents below 0 and a second net of the same names") {
  Graph graph;
  mlp(graph);
  CHECK_REFUSED(GraphError, mlp(graph), "the name 'images' is taken");
  Graph other;
  CHECK_REFUSED(ShapeError, mlp(other, {.hidden = {-3}}), "an extent is negative: [784, -3]");
}
