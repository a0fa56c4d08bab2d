#pragma once

#include <retrograph/graph/execute/executable.hpp>
#include <retrograph/models/training/layer_health.hpp>

#include <optional>

namespace retrograph {

/// Nodes that look at a training: at each parameter's step, with what it is about to change, and at the
/// inputs of sigmoids and tanhs and the outputs of relus on the way to the loss. They are made once, read
/// only, and cost nothing unless a run asks for them.
///
/// A step is what the update subtracts from its parameter, rate * gradient for plain descent, and where the
/// update is no subtraction the old value less the new one. A layer is the scope of its parameters; an
/// activation counts with the layer whose numbers it is given.
class GradientHealth {
 public:
  /// loss     [] that is trained
  /// updates  as an optimizer gave them; slots among them are passed over
  GradientHealth(const Tensor& loss, const Updates& updates, const HealthOptions& options = {});

  /// What an executable must have among its outputs to be asked.
  const std::vector<Tensor>& outputs() const { return outputs_; }
  /// Whether a run moves the parameters, [], bool: the others are not to be looked at. If empty, all do.
  const std::optional<Tensor>& moves() const { return moves_; }
  /// Adds one look to the layers, of which there are none at first. `results` are the outputs from place
  /// `first` on.
  void add(const Results& results, std::size_t first, std::vector<LayerHealth>& layers) const;

 private:
  enum class Kind { steps, rate, saturated, inputs, alive };
  struct Look {
    std::size_t layer;
    Kind kind;
  };

  std::size_t layer(const std::string& name);
  void look_at_update(const Update& update, const HealthOptions& options);
  void look_at_activation(const Tensor& activation, const HealthOptions& options);
  std::string layer_of(const Tensor& activation) const;
  void ask(std::size_t layer, Kind kind, const Tensor& output);

  std::vector<std::string> names_;
  std::vector<Tensor> outputs_;
  std::optional<Tensor> moves_;
  std::vector<Look> looks_;  // what each output is
};

}  // namespace retrograph
