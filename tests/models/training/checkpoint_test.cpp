#include <retrograph/models/files/safetensors.hpp>
#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/adam.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/training/fit.hpp>
#include <retrograph/ops/activation.hpp>
#include <retrograph/ops/dropout.hpp>

#include "models/blobs.hpp"
#include "support/files.hpp"
#include "support/matchers.hpp"

#include <limits>

using namespace retrograph;
using namespace retrograph::test;

namespace {

void check_same_bits(const State& a, const State& b) {
  CHECK(a.seed() == b.seed());
  CHECK(a.step() == b.step());
  REQUIRE(a.size() == b.size());
  for (std::size_t index = 0; index < a.size(); ++index) {
    INFO(a.name(index));
    CHECK(a.name(index) == b.name(index));
    CHECK(a.array(index) == b.array(index));
  }
}

struct Net {
  explicit Net(std::int64_t hidden = 3)
      : model{mlp(graph, {.inputs = 2, .hidden = {hidden}, .classes = 4})} {}
  Graph graph;
  Classifier model;
};

struct AdamNet : Net {
  using Net::Net;
  Updates updates = adam(model.loss, graph.parameters());
};

/// With everything that a training may remember: dropout, moments, held-out samples, a best state.
class Training {
 public:
  Training()
      : model_{make_model(graph_)},
        updates_{adam(model_.loss, graph_.parameters(), {.learning_rate = 0.05})} {}

  Graph& graph() { return graph_; }
  State state() const { return initial_state(graph_, 7); }
  std::vector<EpochReport> go_on(State& state, TrainingRecord& record,
                                 std::function<void(const StepReport&)> on_step,
                                 const std::filesystem::path& checkpoint = {}, std::int64_t every = 0) {
    FitOptions options{.epochs = 6,
                       .batch_size = 8,
                       .threads = 1,
                       .validation = 0.2,
                       .early_stopping = EarlyStopping{.patience = 2},
                       .restore_best = true,
                       .health = HealthOptions{.every = 2},
                       .on_step = std::move(on_step)};
    if (!checkpoint.empty()) options.checkpoint = {checkpoint, every, "mine"};
    return fit(model_, updates_, state, record, data_, test_, options);
  }

 private:
  static Classifier make_model(Graph& graph) {
    const auto batch = graph.dim("batch");
    const auto images = graph.input("images", {batch, 2});
    const auto labels = graph.input("labels", {batch}, DType::int32);
    const auto hidden = dropout(relu(linear(images, 8, "hidden")), 0.5);
    return classifier(images, labels, linear(hidden, 4, "output"));
  }

  Graph graph_;
  Classifier model_;
  Updates updates_;
  Dataset data_ = blobs(60, 1), test_ = blobs(20, 2);
};

}  // namespace

TEST_CASE("a state comes back from its file with the same bits, seed and step among them") {
  const TemporaryFolder folder;
  AdamNet net;
  auto state = initial_state(net.graph, std::numeric_limits<std::uint64_t>::max());
  state.set_step(1'000'000'000'000'000'001);
  state.array(0).values<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  save_state(folder / "a.safetensors", net.graph, state);
  check_same_bits(load_state(folder / "a.safetensors", net.graph), state);
}

TEST_CASE("load_state names what is missing, what is too much and what differs") {
  const TemporaryFolder folder;
  AdamNet small{3}, large{5};
  Net plain{3};
  save_state(folder / "small", small.graph, initial_state(small.graph, 1));
  save_state(folder / "plain", plain.graph, initial_state(plain.graph, 1));
  CHECK_REFUSED(DataError, load_state(folder / "small", large.graph),
                "hidden/weight is [2, 3] float32 and was to be [2, 5] float32");
  CHECK_REFUSED(DataError, load_state(folder / "small", large.graph),
                (folder / "small").string() + "' is not of this graph: there hidden/weight is [");
  CHECK_REFUSED(DataError, load_state(folder / "plain", small.graph), "it lacks adam/");
  CHECK_REFUSED(DataError, load_state(folder / "small", plain.graph), "it has adam/");
  write_safetensors(folder / "other", {{{"x", Array::scalar(1.0f)}}, {}});
  CHECK_REFUSED(DataError, load_state(folder / "other", plain.graph), "has no seed");
}

TEST_CASE("load_model takes the weights and leaves what is the optimizer's") {
  const TemporaryFolder folder;
  AdamNet trained, fresh;
  Net plain, large{5};
  auto state = initial_state(trained.graph, 1);
  state.set_step(9);
  for (std::size_t index = 0; index < state.size(); ++index)
    if (state.array(index).dtype() == DType::float32)
      for (auto& number : state.array(index).values<float>()) number += 1;
  save_state(folder / "a", trained.graph, state);

  auto evaluated = initial_state(plain.graph, 2);
  load_model(folder / "a", plain.graph, evaluated);
  for (const auto& parameter : plain.graph.parameters())
    CHECK(evaluated[parameter] == state.at(parameter.name()));

  const auto before = initial_state(fresh.graph, 2);
  auto tuned = before;
  load_model(folder / "a", fresh.graph, tuned);
  CHECK(tuned.step() == 0);
  CHECK(tuned.seed() == 2);
  for (std::size_t index = 0; index < tuned.size(); ++index) {
    const auto& name = tuned.name(index);
    CHECK(tuned.array(index) == (name.starts_with("adam/") ? before : state).at(name));
  }

  auto other = initial_state(large.graph, 1);
  const auto as_it_was = other;
  CHECK_REFUSED(DataError, load_model(folder / "a", large.graph, other), "was to be [2, 5]");
  check_same_bits(other, as_it_was);
}

TEST_CASE("a training goes on from any of its checkpoints with the same bits as if it had never stopped") {
  const TemporaryFolder folder;
  const auto file = folder / "checkpoint";
  Training unbroken;
  auto expected = unbroken.state();
  TrainingRecord expected_record;
  const auto reports = unbroken.go_on(expected, expected_record, {});

  struct Killed {};
  for (const int kill_at : {1, 3, 6, 7, 13, 17, 20}) {
    CAPTURE(kill_at);
    Training broken;
    auto state = broken.state();
    TrainingRecord record;
    int steps = 0;
    const auto kill = [&](const StepReport&) {
      if (++steps == kill_at) throw Killed{};
    };
    save_checkpoint(file, broken.graph(), state, record);
    CHECK_THROWS_AS(broken.go_on(state, record, kill, file, 2), Killed);

    Training resumed;
    auto checkpoint = load_checkpoint(file, resumed.graph());
    CHECK(checkpoint.state.step() <= static_cast<std::uint64_t>(kill_at));
    CHECK(checkpoint.state.step() + 2 >= static_cast<std::uint64_t>(kill_at));
    CHECK(checkpoint.settings == (checkpoint.state.step() == 0 ? "" : "mine"));
    const auto all = resumed.go_on(checkpoint.state, checkpoint.record, {}, file, 2);
    check_same_bits(checkpoint.state, expected);
    REQUIRE(all.size() == reports.size());
    for (std::size_t epoch = 0; epoch < all.size(); ++epoch) {
      CHECK(all[epoch].training.loss == reports[epoch].training.loss);
      CHECK(all[epoch].training.accuracy == reports[epoch].training.accuracy);
      CHECK(all[epoch].validation->loss == reports[epoch].validation->loss);
      CHECK(all[epoch].test.loss == reports[epoch].test.loss);
      REQUIRE(all[epoch].health.size() == 2);
      CHECK(all[epoch].health[0].looks == reports[epoch].health[0].looks);
      CHECK(all[epoch].health[0].step_squares == reports[epoch].health[0].step_squares);
      CHECK(all[epoch].health[0].alive == reports[epoch].health[0].alive);
      CHECK(all[epoch].is_best == reports[epoch].is_best);
      CHECK(all[epoch].is_last == reports[epoch].is_last);
    }
    auto over = load_checkpoint(file, resumed.graph());
    resumed.go_on(over.state, over.record, [](const StepReport&) { FAIL("a step after the last"); });
    check_same_bits(over.state, expected);
  }
}

TEST_CASE("numbers that are not finite come back in a record") {
  const TemporaryFolder folder;
  Net net;
  TrainingRecord record;
  record.sums.loss = std::numeric_limits<double>::infinity();
  record.history.push_back(
      {.training = {std::nan(""), 0.1}, .recorded = {-std::numeric_limits<double>::infinity()}});
  save_checkpoint(folder / "a", net.graph, initial_state(net.graph, 1), record);
  const auto read = load_checkpoint(folder / "a", net.graph).record;
  CHECK(read.sums.loss == record.sums.loss);
  CHECK(std::isnan(read.history[0].training.loss));
  CHECK(read.history[0].training.accuracy == 0.1);
  CHECK(read.history[0].recorded == record.history[0].recorded);
}

TEST_CASE("load_checkpoint refuses a file of a state alone, and one whose words are damaged") {
  const TemporaryFolder folder;
  Net net;
  const auto file = folder / "a";
  save_state(file, net.graph, initial_state(net.graph, 1));
  CHECK_REFUSED(DataError, load_checkpoint(file, net.graph),
                "has no settings: it was not saved as this is loaded");
  save_checkpoint(file, net.graph, initial_state(net.graph, 1), {});
  const auto whole = read_safetensors(file);
  const auto check = [&](const std::string& key, const std::string& text, const std::string& words) {
    auto damaged = whole;
    damaged.metadata[key] = text;
    write_safetensors(file, damaged);
    CHECK_REFUSED(DataError, load_checkpoint(file, net.graph), words);
  };
  check("seed", "-1", "has '-1' for its seed");
  check("step", "12x", "has '12x' for its step");
  check("training", "{", "has a damaged training");
  check("training", "[]", "has a damaged training");
  check("training", R"({"epoch":"one"})", "has a damaged training");
}
