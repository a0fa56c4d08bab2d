#include "../commands.hpp"
#include "measurement.hpp"
#include "peak.hpp"
#include "workload.hpp"
#include <fmt/format.h>

#include <cstdio>
#include <thread>

namespace retrograph::program {
namespace {

int threads_of(const BenchCommand& command) {
  if (command.threads > 0) return command.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string in_words(double seconds) {
  if (seconds >= 1) return fmt::format("{:.3f} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3f} ms", 1e3 * seconds);
  return fmt::format("{:.2f} us", 1e6 * seconds);
}

void print_head(const BenchCommand& command, int threads, double peak, const BenchData& data) {
  fmt::print("{} {}, {} {} each, {}; peak {:.1f} GFLOP/s\n", threads, threads == 1 ? "thread" : "threads",
             command.repetitions, command.repetitions == 1 ? "repetition" : "repetitions",
             data.is_mnist() ? "the digits of MNIST"
                             : fmt::format("random numbers for want of {}", command.data.string()),
             1e-9 * peak);
  fmt::print("{:<15} {:>12} {:>12} {:>8} {:>8} {:>7} {:>7} {:>12} {:>12}\n", "workload", "median", "min",
             "GFLOP/s", "of peak", "nodes", "steps", "bytes", "at least");
  std::fflush(stdout);
}

void print(const Measurement& measurement) {
  const auto rate = measurement.flop / measurement.median_seconds;
  const bool counted = measurement.flop > 0;
  fmt::print("{:<15} {:>12} {:>12} {:>8} {:>8} {:>7} {:>7} {:>12} {:>12}\n", measurement.workload,
             in_words(measurement.median_seconds), in_words(measurement.min_seconds),
             counted ? fmt::format("{:.1f}", 1e-9 * rate) : "-",
             counted ? fmt::format("{:.1f} %", 100 * rate / measurement.peak) : "-", measurement.nodes,
             measurement.plan.steps, measurement.plan.bytes, measurement.plan.least_bytes);
  std::fflush(stdout);
}

}  // namespace

void run(const BenchCommand& command) {
  const auto threads = threads_of(command);
  const BenchData data{command.data};
  const auto peak = measured_peak(threads);
  print_head(command, threads, peak, data);
  std::vector<Measurement> measurements;
  for (const auto& workload : workloads()) {
    if (command.only && *command.only != workload.name) continue;
    measurements.push_back(measure(workload, {threads, data}, command.repetitions));
    measurements.back().peak = peak;
    print(measurements.back());
  }
  if (command.json) write_json(*command.json, measurements);
}

}  // namespace retrograph::program
