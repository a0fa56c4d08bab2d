#pragma once

#include <retrograph/graph/compile/passes.hpp>

#include <string>
#include <vector>

namespace retrograph::test {

struct PassSetting {
  std::string label;
  Passes passes;
};

/// Every pass on, none on, and all but one for each of them.
inline std::vector<PassSetting> pass_settings() {
  std::vector<PassSetting> settings{{"every pass", {}}, {"no pass", {}}};
  for (const auto& pass : named_passes) {
    settings[1].passes.*pass.runs = false;
    auto& [label, passes] = settings.emplace_back();
    label = "all but " + std::string{pass.name};
    passes.*pass.runs = false;
  }
  return settings;
}

}  // namespace retrograph::test
