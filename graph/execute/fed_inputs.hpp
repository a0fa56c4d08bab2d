#pragma once

#include <retrograph/graph/execute/plan.hpp>

namespace retrograph {

/// Whether extents are those of a shape under some binding of its symbols, each axis by itself.
bool fits(const Shape& declared, const Extents& fed);

/// The inputs of an executable, and the checks of what is fed to them.
class FedInputs {
 public:
  explicit FedInputs(const Graph& graph) : graph_{&graph} {}

  using Arrays = std::vector<const Array*>;

  /// One that is required must be fed to each run.
  void add(const Input& input, bool required);

  /// The feeds in the order of the inputs, each checked by itself; null where an input is neither fed nor
  /// required. Valid until the next call.
  Arrays& sorted(std::span<const Feed* const> feeds);

  /// What each symbol is bound to; two feeds must not disagree.
  Binding bind(const Arrays& feeds) const;
  void require_finite(const Arrays& feeds) const;
  void set(Plan& plan, const Arrays& feeds) const;

 private:
  struct Fed {
    Input input;
    bool required;
  };
  void require_own(const Feed& feed) const;
  /// The place of an input in the list; its end if the input is not there.
  std::size_t find(NodeId node) const;

  const Graph* graph_;
  std::vector<Fed> inputs_;
  std::vector<std::pair<NodeId, std::size_t>> places_;  // of each input, by its node
  Arrays arrays_;
};

}  // namespace retrograph
