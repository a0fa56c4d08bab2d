#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/data/split.hpp>
#include <retrograph/models/layers.hpp>
#include <retrograph/models/mlp.hpp>
#include <retrograph/models/optimizers/reduce_on_plateau.hpp>
#include <retrograph/models/optimizers/sgd.hpp>
#include <retrograph/models/training/fit.hpp>
#include <retrograph/ops/dropout.hpp>

#include "models/blobs.hpp"
#include "support/matchers.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

using namespace retrograph;
using namespace retrograph::test;

namespace {

/// A small net and all that is needed to train it on blobs.
struct Training {
  explicit Training(double learning_rate = 0.5)
      : model{mlp(graph, {.inputs = 2, .hidden = {8}, .classes = 4})},
        updates{sgd(model.loss, graph.parameters(), {.learning_rate = learning_rate, .momentum = 0.5})},
        state{initial_state(graph, 1)} {}

  std::vector<EpochReport> run(FitOptions options = {}) {
    TrainingRecord record;
    return go_on(record, std::move(options));
  }
  std::vector<EpochReport> go_on(TrainingRecord& record, FitOptions options = {}) {
    options.threads = 1;
    return fit(model, updates, state, record, training, test, options);
  }

  Graph graph;
  Classifier model;
  Updates updates;
  State state;
  Dataset training = blobs(50, 1);
  Dataset test = blobs(30, 2);
};

void check_same_bits(const State& a, const State& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t index = 0; index < a.size(); ++index) {
    INFO(a.name(index));
    CHECK(a.array(index) == b.array(index));
  }
}

}  // namespace

TEST_CASE("fit learns to tell blobs apart and reports each epoch") {
  Training training;
  std::vector<std::int64_t> heard;
  const auto reports = training.run(
      {.epochs = 20, .batch_size = 8, .on_epoch = [&](const EpochReport& r) { heard.push_back(r.epoch); }});
  REQUIRE(reports.size() == 20);
  CHECK(heard.size() == 20);
  CHECK(heard.front() == 1);
  CHECK(heard.back() == 20);
  CHECK(reports.back().training.loss < 0.1 * reports.front().training.loss);
  CHECK(reports.back().training.accuracy == 1);
  CHECK(reports.back().test.accuracy == 1);
  CHECK(reports.back().progress == Progress::better_than_chance);
  for (const auto& report : reports) {
    CHECK(report.seconds > 0);
    CHECK(report.samples_per_second == 50 / report.seconds);
  }
}

TEST_CASE("a loop written by hand ends with the same bits as fit") {
  Training by_fit, by_hand;
  by_fit.run({.epochs = 2, .batch_size = 8});
  auto& [graph, model, updates, state, training, test] = by_hand;
  Executable step{graph,
                  {.inputs = {model.images, model.labels}, .outputs = {model.loss}, .updates = updates}};
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch)
    for (const auto& [images, labels] : training.batches(8, {state.seed(), epoch}))
      step.run(state, model.images.feed(images), model.labels.feed(labels));
  check_same_bits(by_fit.state, state);
}

TEST_CASE("a model with dropout is trained with it and evaluated as it is used") {
  struct Net {
    explicit Net(bool with_dropout) {
      const auto batch = graph.dim("batch");
      const auto images = graph.input("images", {batch, 2});
      const auto labels = graph.input("labels", {batch}, DType::int32);
      const auto hidden = linear(images, 8, "hidden");
      const auto logits = linear(with_dropout ? dropout(hidden, 0.5) : hidden, 4, "output");
      model.emplace(classifier(images, labels, logits));
    }
    Graph graph;
    std::optional<Classifier> model;
  };
  Net trained{true}, used{false};
  const auto updates = sgd(trained.model->loss, trained.graph.parameters(), {.learning_rate = 0.5});
  auto state = initial_state(trained.graph, 1);
  const auto data = blobs(40, 1);
  const auto report =
      fit(*trained.model, updates, state, data, data, {.epochs = 1, .threads = 1, .in_use = used.model})
          .back();
  CHECK(report.test.loss == evaluate(*used.model, state, data, {.threads = 1}).loss);
  CHECK(report.test.loss != evaluate(*trained.model, state, data, {.threads = 1}).loss);
}

TEST_CASE("fit moves the running statistics of a model, which is evaluated by them") {
  const auto build = [](Graph& graph, bool in_use) {
    return mlp(graph, {.inputs = 2,
                       .hidden = {8},
                       .classes = 4,
                       .normalization = Normalization::batch,
                       .dropout = 0.25,
                       .in_use = in_use});
  };
  Graph trained, used;
  const auto model = build(trained, false), in_use = build(used, true);
  const auto updates = sgd(model.loss, trained.parameters(), {.learning_rate = 0.2});
  auto state = initial_state(trained, 1);
  const auto data = blobs(80, 1);
  const auto report = fit(model, updates, state, data, data, {.epochs = 20, .in_use = in_use}).back();
  const auto mean = state.at("hidden/norm/running_mean");
  CHECK(mean.at(0) != 0);
  CHECK(report.test.loss == evaluate(in_use, state, data).loss);
  CHECK(report.test.loss != evaluate(model, state, data).loss);
  CHECK(report.test.accuracy > 0.9);
}

TEST_CASE("fit evaluates with the average of the weights if there is one, and goes on with the weights") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {4}, .classes = 4});
  const auto average =
      average_weights(sgd(model.loss, graph.parameters(), {.learning_rate = 0.5}), {.decay = 0.9});
  auto state = initial_state(graph, 1), plain = state;
  const auto data = blobs(40, 1);
  const auto reports = fit(model, average.updates, state, data, data,
                           {.epochs = 2, .batch_size = 8, .average = average, .validation = 0.2});
  fit(model, average.updates, plain, data, data, {.epochs = 2, .batch_size = 8, .validation = 0.2});
  check_same_bits(state, plain);
  CHECK(reports.back().test.loss == evaluate(model, average.averaged(state), data).loss);
  CHECK(reports.back().test.loss != evaluate(model, state, data).loss);
}

TEST_CASE("a rate that the loop lowers on a plateau is part of what a checkpoint has") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {4}, .classes = 4});
  const ReduceOnPlateau plateau{graph, 0.5, {.factor = 0.5, .patience = 0, .threshold = 1}};  // never content
  const auto updates = sgd(model.loss, graph.parameters(), {.learning_rate = plateau.learning_rate()});
  const auto start = initial_state(graph, 1);
  const auto data = blobs(20, 1);
  const auto go_on = [&](State& state, TrainingRecord& record, std::int64_t epochs) {
    return fit(
        model, updates, state, record, data, data,
        {.epochs = epochs,
         .batch_size = 8,
         .threads = 1,
         .record = {plateau.learning_rate()},
         .on_epoch = [&](const EpochReport& report) { plateau.observe(state, report.training.loss); }});
  };
  auto whole = start, halves = start;
  TrainingRecord whole_record, halves_record;
  const auto reports = go_on(whole, whole_record, 4);
  CHECK(reports[3].recorded[0] < reports[0].recorded[0]);
  go_on(halves, halves_record, 2);
  go_on(halves, halves_record, 4);
  check_same_bits(whole, halves);
}

TEST_CASE("an epoch's means are those of its steps, the short last batch by its size") {
  Training training;
  std::vector<StepReport> steps;
  const auto reports = training.run(
      {.epochs = 1, .batch_size = 16, .on_step = [&](const StepReport& r) { steps.push_back(r); }});
  REQUIRE(steps.size() == 4);  // of 16, 16, 16 and 2 samples
  CHECK(steps.back().step == 4);
  CHECK(steps.back().steps == 4);
  CHECK(steps.back().epoch == 1);
  const auto mean = [&](auto number) {
    return (16 * (number(steps[0]) + number(steps[1]) + number(steps[2])) + 2 * number(steps[3])) / 50;
  };
  const auto loss = mean([](const StepReport& r) { return r.batch.loss; });
  const auto accuracy = mean([](const StepReport& r) { return r.batch.accuracy; });
  // Four products and sums in double.
  CHECK(reports[0].training.loss == Approx(loss).epsilon(1e-14));
  CHECK(reports[0].training.accuracy == Approx(accuracy).epsilon(1e-14));
}

TEST_CASE("training goes on from a copy of state and record as if it had never stopped") {
  Training whole, halves;
  const auto reports = whole.run({.epochs = 4, .batch_size = 16});
  TrainingRecord record;
  halves.go_on(record, {.epochs = 2, .batch_size = 16});
  State state = halves.state;
  auto saved = record;
  halves.go_on(record, {.epochs = 3, .batch_size = 16});  // lost
  halves.state = state;
  const auto all = halves.go_on(saved, {.epochs = 4, .batch_size = 16});
  REQUIRE(all.size() == 4);
  for (std::size_t epoch = 0; epoch < 4; ++epoch) {
    CHECK(all[epoch].epoch == static_cast<std::int64_t>(epoch) + 1);
    CHECK(all[epoch].training.loss == reports[epoch].training.loss);
    CHECK(all[epoch].is_last == (epoch == 3 || epoch == 1));  // it was to end after the second
  }
  check_same_bits(whole.state, halves.state);
}

TEST_CASE("training goes on from the midst of an epoch with the same bits, and with its sums") {
  Training whole, broken;
  const auto reports = whole.run({.epochs = 3, .batch_size = 8});
  TrainingRecord record;
  for (int stop = 0; stop < 5; ++stop) {
    std::stop_source source;
    int steps = 0;
    const auto stop_after_three = [&](const StepReport&) {
      if (++steps == 3) source.request_stop();
    };
    broken.go_on(record,
                 {.epochs = 3, .batch_size = 8, .stop = source.get_token(), .on_step = stop_after_three});
    CHECK(broken.state.step() == 3 * static_cast<std::uint64_t>(stop + 1));
    CHECK(record.step == (stop * 3 + 3) % 7);
  }
  const auto all = broken.go_on(record, {.epochs = 3, .batch_size = 8});
  REQUIRE(all.size() == 3);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    CHECK(all[epoch].training.loss == reports[epoch].training.loss);
    CHECK(all[epoch].training.accuracy == reports[epoch].training.accuracy);
  }
  check_same_bits(whole.state, broken.state);
}

TEST_CASE("a record of other batches is refused") {
  Training training;
  TrainingRecord record;
  training.go_on(record, {.epochs = 1, .batch_size = 8});
  CHECK_REFUSED(DataError, training.go_on(record, {.epochs = 2, .batch_size = 16}),
                "had batches of 8 from 50 samples, and this one has batches of 16 from 50");
  CHECK_REFUSED(DataError, training.go_on(record, {.epochs = 2, .batch_size = 8, .validation = 0.2}),
                "batches of 8 from 40");
}

TEST_CASE("held-out samples are not trained on, and judged after each epoch") {
  Training training;
  const auto split = split_rows(50, 0.3, 1);
  REQUIRE(split.held_out.size() == 15);
  // What is not a number stays out of sight of the training.
  for (const auto row : split.held_out)
    training.training.images.values<float>()[static_cast<std::size_t>(2 * row)] =
        std::numeric_limits<float>::quiet_NaN();
  const auto reports = training.run({.epochs = 2, .batch_size = 8, .validation = 0.3});
  CHECK(reports[1].training.loss < 2);
  REQUIRE(reports[1].validation);
  CHECK(std::isnan(reports[1].validation->loss));
  CHECK_FALSE(reports[1].is_best);
  CHECK_FALSE(training.run({.epochs = 1})[0].validation);
}

TEST_CASE("early stopping ends after so many epochs without a lower validation loss, with the best state") {
  Training training{8};  // steps so large that the loss goes up and down
  std::vector<State> states;
  const auto reports =
      training.run({.epochs = 60,
                    .batch_size = 8,
                    .validation = 0.3,
                    .early_stopping = EarlyStopping{.patience = 3},
                    .restore_best = true,
                    .on_epoch = [&](const EpochReport&) { states.push_back(training.state); }});
  std::size_t best = 0;
  for (std::size_t epoch = 0; epoch < reports.size(); ++epoch) {
    const auto lowest = reports[epoch].validation->loss < reports[best].validation->loss || epoch == 0;
    CHECK(reports[epoch].is_best == lowest);
    if (lowest) best = epoch;
    CHECK(reports[epoch].is_last == (epoch == best + 3));
  }
  REQUIRE(reports.size() == best + 4);
  CHECK(reports.size() < 60);
  check_same_bits(training.state, states[best]);
  CHECK(training.state.step() == states[best].step());
  CHECK_REFUSED(DataError, training.run({.restore_best = true}), "none is held out");
  CHECK_REFUSED(DataError, training.run({.early_stopping = EarlyStopping{}}), "set .validation");
}

TEST_CASE("a gain that is too small is none to early stopping") {
  Training training{0};  // nothing changes
  const auto reports = training.run(
      {.epochs = 9, .validation = 0.3, .early_stopping = EarlyStopping{.patience = 2, .least_gain = 1e-3}});
  CHECK(reports.size() == 3);
  CHECK(reports[0].is_best);
  CHECK_FALSE(reports[1].is_best);
}

TEST_CASE("scalars such as a rate are worked out after each epoch, and a callback may change them") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {4}, .classes = 4});
  const auto rate = graph.slot("rate", {}, constant(0.5));
  const auto updates = sgd(model.loss, graph.parameters(), {.learning_rate = rate});
  auto state = initial_state(graph, 1);
  const auto data = blobs(20, 1);
  const auto reports = fit(model, updates, state, data, data,
                           {.epochs = 3, .threads = 1, .record = {rate}, .on_epoch = [&](const EpochReport&) {
                              state[rate].values<float>()[0] *= 0.5f;
                            }});
  CHECK(reports[0].recorded == std::vector<double>{0.5});
  CHECK(reports[2].recorded == std::vector<double>{0.125});
}

TEST_CASE("each epoch has an order of its own, and each seed") {
  // Without steps, the loss of a batch says which samples are in it.
  Training training{0};
  std::vector<double> losses;
  const auto run = [&] {
    losses.clear();
    training.run({.epochs = 2, .batch_size = 25, .on_step = [&](const StepReport& r) {
                    losses.push_back(r.batch.loss);
                  }});
    return losses;
  };
  const auto once = run();
  CHECK(once[0] != once[2]);
  training.state.set_step(0);
  CHECK(run() == once);
  State other{2};
  for (std::size_t index = 0; index < training.state.size(); ++index)
    other.set(training.state.name(index), training.state.array(index));
  training.state = other;
  CHECK(run() != once);
}

TEST_CASE("seconds are those of training, not of callbacks") {
  Training training;
  training.run({.epochs = 1, .batch_size = 50});  // compiles
  const auto reports = training.run({.epochs = 1, .batch_size = 10, .on_step = [&](const StepReport&) {
                                       std::this_thread::sleep_for(std::chrono::milliseconds{100});
                                     }});
  CHECK(reports[0].seconds < 0.5);
}

TEST_CASE("evaluate is the mean over all samples, however they are cut, and changes nothing") {
  Training training;
  const State before = training.state;
  const auto whole = evaluate(training.model, training.state, training.test, {.threads = 1});
  const auto pieces =
      evaluate(training.model, training.state, training.test, {.batch_size = 7, .threads = 1});
  CHECK(whole.accuracy == Approx(pieces.accuracy).epsilon(1e-14));  // counts, divided and put together
  CHECK(whole.loss == Approx(pieces.loss).epsilon(1e-6));           // float32 means of 7 and of 30
  CHECK(training.state.step() == 0);
  check_same_bits(training.state, before);
  const auto report = training.run({.epochs = 1}).back();
  CHECK(report.test.loss == evaluate(training.model, training.state, training.test, {.threads = 1}).loss);
}

TEST_CASE("progress says whether the loss has left ln(classes), and which way") {
  CHECK(progress_of(std::log(10), 10) == Progress::at_chance);
  CHECK(progress_of(0.99 * std::log(10), 10) == Progress::at_chance);
  CHECK(progress_of(1.01 * std::log(10), 10) == Progress::at_chance);
  CHECK(progress_of(0.9 * std::log(10), 10) == Progress::better_than_chance);
  CHECK(progress_of(1.1 * std::log(10), 10) == Progress::worse_than_chance);
  CHECK(progress_of(std::numeric_limits<double>::quiet_NaN(), 10) == Progress::worse_than_chance);
}

TEST_CASE("a net that does not learn is reported as such") {
  Graph graph;
  const auto model = mlp(graph, {.inputs = 2, .hidden = {}, .classes = 4});
  const auto updates = sgd(model.loss, graph.parameters(), {.learning_rate = 0});
  auto state = initial_state(graph, 1);
  for (std::size_t index = 0; index < state.size(); ++index)
    state.array(index) = Array{state.array(index).extents()};
  const auto data = blobs(20, 1);
  const auto reports = fit(model, updates, state, data, data, {.epochs = 1, .threads = 1});
  CHECK(reports[0].training.loss == Approx(std::log(4)).epsilon(1e-6));
  CHECK(reports[0].progress == Progress::at_chance);
  CHECK(Training{1e6}.run({.epochs = 1, .batch_size = 4})[0].progress == Progress::worse_than_chance);
}

TEST_CASE("fit stops where a callback throws, and at numbers that are not finite if asked to") {
  Training training;
  struct Interrupted {};
  const auto interrupt = [](const StepReport& report) {
    if (report.step == 2) throw Interrupted{};
  };
  CHECK_THROWS_AS(training.run({.batch_size = 10, .on_step = interrupt}), Interrupted);
  CHECK(training.state.step() == 2);
  training.training.images.values<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_REFUSED(NotFiniteError, training.run({.check_finite = true}),
                "'images' was fed a number that is not finite");
}

TEST_CASE("fit refuses data that do not fit, in words") {
  Training training;
  training.test = blobs(0, 1);
  CHECK_REFUSED(DataError, training.run(), "there are no samples to test on");
  CHECK_REFUSED(DataError, evaluate(training.model, training.state, training.test),
                "there are no samples to evaluate on");
  training.training = blobs(0, 1);
  CHECK_REFUSED(DataError, training.run(), "there are no samples to train on");
  training.test = blobs(3, 1);
  training.training = {Array{{4, 3}}, Array{{4}, DType::int32}};
  CHECK_REFUSED(FeedError, training.run(), "'images' is [batch, 2] and was fed [4, 3]");
  training.training = blobs(4, 1);
  training.training.labels.values<std::int32_t>()[2] = 4;
  CHECK_REFUSED(FeedError, training.run(), "has the label 4, and there are 4 classes");
  CHECK_REFUSED(ShapeError, training.run({.batch_size = 0}), "a batch of 0 samples");
}
