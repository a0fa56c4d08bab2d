#pragma once

#include <retrograph/models/training/layer_health.hpp>

#include "optimizers.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retrograph::program {

/// A net between images and classes, those of MNIST unless data say otherwise.
struct ModelChoice {
  std::string name = "mlp";
  std::vector<std::int64_t> image{28, 28};  // extents
  std::int64_t classes = 10;
  std::vector<std::int64_t> hidden{};         // units of the layers before the last; the model's own if empty
  std::vector<std::int64_t> channels{6, 16};  // of lenet's convolutions
  std::string activation = "relu";            // of an mlp
  bool batch_norm = false, layer_norm = false;  // not both
  double dropout = 0;
};

struct TrainCommand {
  std::string command_line;  // that asked for it
  std::string options;       // JSON: those that it had, and those of the training it goes on with
  ModelChoice model{.name = ""};
  std::filesystem::path data = "data/mnist";
  std::int64_t epochs = 5;
  std::int64_t batch = 64;
  OptimizerChoice optimizer;
  int threads = 0;  // as many as the machine has
  std::uint64_t seed = 1;
  std::int64_t shift = 0;  // pixels
  double rotate = 0;       // degrees
  double noise = 0;
  double validation = 0;                 // share of the training digits
  std::optional<std::int64_t> patience;  // epochs; does not stop early if not given
  bool restore_best = false;
  std::optional<std::filesystem::path> log, save, load, checkpoint, resume;
  std::int64_t checkpoint_every = 0;  // steps
  bool health = true;
  std::int64_t health_every = HealthOptions{}.every;  // steps
  bool check_finite = false;
};

struct EvaluateCommand {
  ModelChoice model{.name = ""};  // the one that the weights say they are of
  std::filesystem::path load;
  std::filesystem::path data = "data/mnist";
  std::int64_t top = 3;
  int threads = 0;
};

struct PredictCommand {
  std::vector<std::string> samples;  // PNG files, and indices of test samples
  std::filesystem::path load;
  std::filesystem::path data = "data/mnist";
  int threads = 0;
};

struct DrawCommand {
  ModelChoice model;
  OptimizerChoice optimizer;
  std::filesystem::path output;
  bool forward_only = false;
};

struct BenchCommand {
  std::filesystem::path data = "data/mnist";
  std::optional<std::string> only;  // one workload
  int threads = 0;                  // as many as the machine has
  int repetitions = 5;
  std::optional<std::filesystem::path> json;
};

struct ProfileCommand {
  ModelChoice model;
  std::int64_t batch = 64;
  OptimizerChoice optimizer;
  int threads = 0;
  int steps = 200;
  std::optional<std::filesystem::path> trace;
};

struct LessonCommand {
  std::filesystem::path data = "data/mnist";
  std::int64_t seeds = 5, epochs = 50;
  int threads = 0;  // as many as the machine has
  bool original = false;
  std::optional<std::filesystem::path> json, page;
};

struct ReportCommand {
  std::vector<std::filesystem::path> logs;      // one at least
  std::optional<std::filesystem::path> output;  // else beside the log, with .html for its ending
  std::optional<std::filesystem::path> data;    // else the folder that the log names
};

struct OpsCommand {};

/// Trains, and tells of it as it goes.
void run(const TrainCommand& command);

/// Judges saved weights by test samples.
void run(const EvaluateCommand& command);

/// Shows pictures and test samples with what a saved model takes them for.
void run(const PredictCommand& command);

/// Draws, in the format that the output's ending says.
void run(const DrawCommand& command);

/// Times the workloads of tools/bench.
void run(const BenchCommand& command);

/// Shows where the time of a step of training goes.
void run(const ProfileCommand& command);

/// Repeats the lesson that this library grew from, and checks what it says.
void run(const LessonCommand& command);

/// Makes a page, or a picture of the curves, from the log of a training; of several logs, a picture of their
/// accuracies.
void run(const ReportCommand& command);

/// Prints the catalogue: a line an op where the terminal is wide enough or there is none, else a few.
void run(const OpsCommand& command);

}  // namespace retrograph::program
