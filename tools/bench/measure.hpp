#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

/// The command line, the timing and the output that the programs of the comparison share.
namespace bench {

struct Options {
  std::filesystem::path data = "data/mnist";
  std::string only;  // empty: all workloads
  int threads = 1;
  int repetitions = 5;
  double peak = 0;  // of the machine, in operations a second; 0 if it was not measured
};

/// Exits with 2 after a wrong command line.
inline Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--data")
      options.data = value;
    else if (name == "--only")
      options.only = value;
    else if (name == "--threads")
      options.threads = std::atoi(value);
    else if (name == "--repetitions")
      options.repetitions = std::atoi(value);
    else
      options.threads = 0;
  }
  if (options.threads < 1 || options.threads > 2 || options.repetitions < 1) {
    std::fprintf(stderr, "usage: %s [--data DIR] [--only WORKLOAD] [--threads 1|2] [--repetitions N]\n",
                 argv[0]);
    std::exit(2);
  }
  return options;
}

inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Times `repetitions` times `calls` calls of `body`, after `set_up`, which is not timed, and prints a line:
/// the seconds of one call, and `result()`, a number that all that was computed goes into: every program must
/// come to the same one.
///
/// flop  additions and multiplications of the products of matrices in one call
template <class SetUp, class Body, class Result>
void measure(const Options& options, const char* workload, int calls, double flop, const SetUp& set_up,
             const Body& body, const Result& result) {
  if (!options.only.empty() && options.only != workload) return;
  std::vector<double> times;
  for (int repetition = 0; repetition < options.repetitions; ++repetition) {
    set_up();
    const auto start = seconds_now();
    for (int call = 0; call < calls; ++call) body();
    times.push_back((seconds_now() - start) / calls);
  }
  std::sort(times.begin(), times.end());
  const auto middle = times.size() / 2;
  const auto median = times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
  const auto rate = flop / median;
  std::printf(
      "{\"workload\": \"%s\", \"threads\": %d, \"median_seconds\": %.9g, \"min_seconds\": %.9g, "
      "\"repetitions\": %d, \"flop_per_second\": %.4g, \"fraction_of_peak\": %.3g, \"result\": %.9g}\n",
      workload, options.threads, median, times[0], options.repetitions, rate,
      options.peak > 0 ? rate / options.peak : 0, static_cast<double>(result()));
  std::fflush(stdout);
}

}  // namespace bench
