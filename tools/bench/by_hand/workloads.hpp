#include "../data.hpp"
#include "../measure.hpp"
#include "branches.hpp"
#include "chains.hpp"
#include "lesson.hpp"
#include "peak.hpp"
#include "perceptron.hpp"
#include "run.hpp"

#include <cmath>

namespace BY_HAND_NAMESPACE {
namespace {

using bench::measure;
using bench::Options;

void nothing() {}

void train(const Options& options, const char* workload, std::vector<int> hidden, int batch, double flop,
           Team& team, const bench::Digits& digits) {
  Perceptron net{std::move(hidden), batch};
  double loss = 0;
  measure(
      options, workload, 1, flop, [&] { net.reset(); },
      [&] { loss = net.train(team, digits.images.data(), digits.labels.data(), bench::samples); },
      [&] { return loss; });
}

double sum_of_logits(const Buffer& logits, int rows) {
  double sum = 0;
  for (int row = 0; row < rows; ++row)
    for (int c = 0; c < bench::classes; ++c) sum += std::abs(logits.data()[row * 16 + c]);
  return sum / rows;
}

void infer(const Options& options, const char* workload, int rows, int calls, Team& team,
           const bench::Digits& digits) {
  Perceptron net{{128}, rows == 1 ? 32 : 224};
  Buffer logits{static_cast<std::size_t>(rows) * 16};
  measure(
      options, workload, calls, rows * bench::flop_of_row, nothing,
      [&] { net.forward(team, digits.images.data(), rows, logits.data()); },
      [&] { return sum_of_logits(logits, rows); });
}

}  // namespace

void run(Options options) {
  Team team{options.threads}, alone{1};
  options.peak = measured_peak(team);
  std::fprintf(stderr, "by hand: %d lanes, %d threads, peak %.1f GFLOP/s\n", lanes, options.threads,
               1e-9 * options.peak);
  const auto wants = [&](const char* workload) { return options.only.empty() || options.only == workload; };
  const auto needs_digits = wants("mlp") || wants("wide") || wants("latency") || wants("latency-10000");
  const auto digits = needs_digits ? bench::digits(options.data, true) : bench::Digits{};

  if (wants("mlp")) train(options, "mlp", {128}, 64, bench::mlp_flop, team, digits);
  if (wants("lesson")) {
    Lesson lesson;
    // Standardized pixels would drive the sigmoids to their ends, where derivatives are denormal.
    const auto plain = bench::digits(options.data, false);
    double loss = 0;
    measure(
        options, "lesson", 1, bench::lesson_flop, [&] { lesson.reset(); },
        [&] { loss = lesson.train(plain.images.data(), plain.labels.data(), bench::samples); },
        [&] { return loss; });
  }
  if (wants("wide")) train(options, "wide", {1024, 1024}, 256, bench::wide_flop, team, digits);
  // A hand-over to a second thread would cost more than half of one row.
  if (wants("latency")) infer(options, "latency", 1, 20'000, alone, digits);
  if (wants("latency-10000")) infer(options, "latency-10000", 10'000, 5, team, digits);
  if (wants("overhead")) {
    Additions additions;
    measure(
        options, "overhead", 2'000, 0, nothing, [&] { additions.run(); }, [&] { return additions.result(); });
  }
  if (wants("branches")) {
    Branches branches;
    measure(
        options, "branches", 5, bench::branches_flop, nothing, [&] { branches.run(team); },
        [&] { return branches.result(); });
  }
  if (wants("elementwise")) {
    Elementwise elementwise;
    const auto bandwidth = measured_bandwidth(team);
    std::fprintf(stderr, "by hand: memory %.1f GB/s, or %.2f ms to read x and write its gradient\n",
                 1e-9 * bandwidth, 1e3 * Elementwise::bytes / bandwidth);
    measure(
        options, "elementwise", 2, 0, nothing, [&] { elementwise.run(team); },
        [&] { return elementwise.result(); });
  }
}

}  // namespace BY_HAND_NAMESPACE
