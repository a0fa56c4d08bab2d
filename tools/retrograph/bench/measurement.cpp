#include "measurement.hpp"

#include <retrograph/graph/whole_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace retrograph::program {
namespace {

using Clock = std::chrono::steady_clock;

double median_of_sorted(const std::vector<double>& times) {
  const auto middle = times.size() / 2;
  return times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

/// Seconds of one run.
double time_stretch(Workload& workload) {
  const auto runs = workload.runs_at_a_stretch();
  const auto start = Clock::now();
  for (int run = 0; run < runs; ++run) workload.run();
  return std::chrono::duration<double>(Clock::now() - start).count() / runs;
}

}  // namespace

Measurement measure(const NamedWorkload& named, const WorkloadSettings& settings, int repetitions) {
  const auto workload = named.make(settings);
  std::vector<double> times;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    workload->reset();
    times.push_back(time_stretch(*workload));
  }
  std::sort(times.begin(), times.end());
  return {.workload = std::string{named.name},
          .unit = std::string{named.unit},
          .threads = settings.threads,
          .repetitions = repetitions,
          .median_seconds = median_of_sorted(times),
          .min_seconds = times.front(),
          .flop = workload->flop(),
          .nodes = workload->nodes(),
          .plan = workload->plan_size(),
          .result = workload->result(),
          .mnist = settings.data.is_mnist()};
}

void write_json(const std::filesystem::path& path, std::span<const Measurement> measurements) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& measurement : measurements) {
    const auto rate = measurement.flop / measurement.median_seconds;
    list.push_back({{"workload", measurement.workload},
                    {"threads", measurement.threads},
                    {"median_seconds", measurement.median_seconds},
                    {"min_seconds", measurement.min_seconds},
                    {"repetitions", measurement.repetitions},
                    {"seconds_of", measurement.unit},
                    {"flop_per_second", rate},
                    {"fraction_of_peak", rate / measurement.peak},
                    {"nodes", measurement.nodes},
                    {"steps", measurement.plan.steps},
                    {"peak_bytes", measurement.plan.bytes},
                    {"least_bytes", measurement.plan.least_bytes},
                    {"data", measurement.mnist ? "mnist" : "random"},
                    {"result", measurement.result}});
  }
  write_whole_file(path, list.dump(2) + "\n");
}

}  // namespace retrograph::program
