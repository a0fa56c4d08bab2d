#pragma once

#include <retrograph/graph/tensor.hpp>

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace retrograph {

/// One gradient an operand; `no_gradient` where there is none.
using Gradients = std::vector<std::optional<Tensor>>;
inline constexpr std::nullopt_t no_gradient = std::nullopt;

/// The gradient of the sweep's target with respect to each result of a node; empty where none arrived.
using Upstreams = std::vector<std::optional<Tensor>>;

/// A node as its op's gradient rule sees it.
class Applied {
 public:
  Applied(Graph& graph, NodeId node, std::vector<bool> wanted)
      : graph_{&graph}, node_{node}, wanted_{std::move(wanted)} {}

  Tensor input(std::size_t index) const;
  std::size_t input_count() const { return wanted_.size(); }
  template <std::size_t N>
  std::array<Tensor, N> inputs() const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array<Tensor, N>{input(I)...};
    }
    (std::make_index_sequence<N>{});
  }
  Tensor result(std::size_t index) const { return {*graph_, node_, static_cast<std::uint32_t>(index)}; }

  /// False if nobody asks for the gradient of this operand: a rule may then return `no_gradient`.
  bool wants(std::size_t index) const { return wanted_[index]; }

  Graph& graph() const { return *graph_; }
  NodeId node() const { return node_; }

 private:
  Graph* graph_;
  NodeId node_;
  std::vector<bool> wanted_;
};

}  // namespace retrograph
