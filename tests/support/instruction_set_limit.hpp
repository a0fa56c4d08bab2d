#pragma once

#include <retrograph/graph/execute/instruction_set.hpp>

namespace retrograph::test {

/// While it lives, loops run as on a machine that has no wider vectors.
class InstructionSetLimit {
 public:
  explicit InstructionSetLimit(detail::InstructionSet set) { detail::limit_instruction_set(set); }
  ~InstructionSetLimit() { detail::limit_instruction_set(detail::InstructionSet::avx512); }
  InstructionSetLimit(const InstructionSetLimit&) = delete;
  InstructionSetLimit& operator=(const InstructionSetLimit&) = delete;
};

}  // namespace retrograph::test
