#pragma once

#include <cstdint>

namespace retrograph {

class Profile;

/// Notes, when it goes, a step that ran on this thread while it lived.
class ProfiledStep {
 public:
  ProfiledStep(Profile& profile, std::uint32_t step);
  ~ProfiledStep();
  ProfiledStep(const ProfiledStep&) = delete;
  ProfiledStep& operator=(const ProfiledStep&) = delete;

  /// The one of this thread, or null.
  static const ProfiledStep* current();
  /// Calls `body(chunk)`, on whichever thread, and notes it.
  template <class F>
  void run_chunk(std::int64_t chunk, const F& body) const {
    const auto begin = now();
    body(chunk);
    add(chunk, begin);
  }

 private:
  static std::int64_t now();
  void add(std::int64_t chunk, std::int64_t begin) const;

  Profile& profile_;
  std::uint32_t step_;
  std::int64_t begin_;
};

}  // namespace retrograph
