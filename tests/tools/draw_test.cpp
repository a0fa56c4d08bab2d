#include <retrograph/graph/draw/render.hpp>

#include "support/files.hpp"
#include "support/matchers.hpp"
#include "tools/program.hpp"

using namespace retrograph::test;

namespace {

/// What `draw mlp -o NAME ...` writes into a file of that name.
std::string drawn(std::string_view name, const std::vector<std::string>& more = {}) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments{"draw", "mlp", "-o", folder / name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto run = run_program(arguments);
  CHECK(run.exit_code == 0);
  CHECK(run.errors.empty());
  CHECK(run.output == "wrote " + (folder / name).string() + "\n");
  return read_file(folder / name);
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("draw writes forward, gradient and update nodes with their names and shapes") {
  const auto dot = drawn("mlp.dot");
  CHECK(dot.starts_with("digraph"));
  for (const std::string words : {"images", "labels", "hidden/weight", "output/bias", "loss", "sgd/", "784"})
    CHECK_THAT(dot, contains(words));
}

TEST_CASE("draw --forward-only leaves out gradients and updates") {
  const auto all = drawn("mlp.dot"), forward = drawn("mlp.dot", {"--forward-only"});
  CHECK(has(all, "sgd/"));
  CHECK_FALSE(has(forward, "sgd/"));
  CHECK(has(forward, "output/weight"));
  CHECK(forward.size() < all.size());
}

TEST_CASE("draw takes the optimizer") {
  const auto dot = drawn("mlp.dot", {"--optimizer", "lbfgs"});
  for (const std::string words : {"lbfgs/", "gradient_change_10", "inverse_curvature_10"})
    CHECK_THAT(dot, contains(words));
  CHECK_FALSE(has(dot, "sgd/"));
}

TEST_CASE("draw takes layers and activation as train does") {
  const auto dot = drawn("mlp.dot", {"--hidden", "30,20", "--activation", "tanh"});
  for (const std::string words : {"784-30-20-10 tanh", "hidden_2/weight", "[30, 20]", "tanh"})
    CHECK_THAT(dot, contains(words));
  CHECK_FALSE(has(dot, "relu"));
}

TEST_CASE("draw draws lenet with its convolutions and windows") {
  const TemporaryFolder folder;
  const auto run = run_program({"draw", "lenet", "-o", folder / "lenet.dot"});
  CHECK(run.exit_code == 0);
  const auto dot = read_file(folder / "lenet.dot");
  for (const std::string words : {"lenet", "conv2d", "conv_2/weight", "[16, 6, 5, 5]", "max_pool2d",
                                  "conv2d_weight_gradient", "padding=2x2"})
    CHECK_THAT(dot, contains(words));
}

TEST_CASE("draw renders the format that the ending says") {
  if (!retrograph::can_render()) return;
  CHECK(has(drawn("mlp.svg"), "<svg"));
  CHECK(drawn("mlp.png").starts_with("\x89PNG"));
  CHECK(drawn("mlp.pdf").starts_with("%PDF"));
}

TEST_CASE("draw names a file that it cannot write") {
  const TemporaryFolder folder;
  for (const std::string name : {"absent/mlp.dot", "absent/mlp.svg"}) {
    const auto run = run_program({"draw", "mlp", "-o", folder / name});
    CHECK(run.exit_code == 1);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors,
               contains("cannot write '" + (folder / name).string() + "': No such file or directory"));
  }
}
