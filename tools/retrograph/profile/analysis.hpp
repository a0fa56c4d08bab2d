#pragma once

#include <retrograph/graph/execute/profile.hpp>

namespace retrograph::program {

/// What one step of a plan takes in one run.
struct StepSummary {
  std::size_t step;        // of the profile
  std::size_t calls = 0;   // in all runs
  double seconds = 0;      // the median of the calls
  double longest_way = 0;  // in seconds if every chunk that its kernel is split into had a thread of its own
  double bytes_read = 0, bytes_written = 0;
  double operations = 0;  // additions and multiplications, or one for each number that it makes
};

/// The middle one, or of two the larger. `numbers` must not be empty.
double median(std::vector<double> numbers);

/// One for each step that ran, in the order of the plan.
std::vector<StepSummary> summarize(const Profile& profile);

/// How fast threads can make one run, from a profile of runs on one.
struct Bound {
  double work = 0;           // seconds of all steps
  double critical_path = 0;  // of the longest chain of steps that wait for each other
  double speedup() const { return work / critical_path; }
};
Bound bound_of(const Profile& profile, const std::vector<StepSummary>& summaries);

}  // namespace retrograph::program
