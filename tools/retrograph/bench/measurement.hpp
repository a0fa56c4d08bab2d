#pragma once

#include "workload.hpp"

#include <string>
#include <vector>

namespace retrograph::program {

/// What was found of one workload.
struct Measurement {
  std::string workload;
  std::string unit;  // of which the seconds are: "epoch", "run"
  int threads = 0;
  int repetitions = 0;
  double median_seconds = 0, min_seconds = 0;
  double flop = 0;  // of the products; 0 if there are none
  double peak = 0;  // of the machine with these threads, in operations a second
  std::size_t nodes = 0;
  PlanSize plan;
  double result = 0;
  bool mnist = false;  // whether the data were the digits
};

/// Times a workload several times over, each time from its start.
Measurement measure(const NamedWorkload& workload, const WorkloadSettings& settings, int repetitions);

/// Writes a list of objects, whole or not at all. Throws FileError.
void write_json(const std::filesystem::path& path, std::span<const Measurement> measurements);

}  // namespace retrograph::program
