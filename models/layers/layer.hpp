#pragma once

#include <retrograph/graph/graph.hpp>

#include <fmt/format.h>

namespace retrograph {

/// Throws TypeError unless the layer is given floats.
void require_floats(const Tensor& x);

/// An extent that parameters depend on. Throws ShapeError if it is a symbol.
std::int64_t extent_of_layer(const Tensor& x, std::int64_t axis);

/// Makes a layer in a scope of its own; what is thrown names it and what it was given.
template <class Make>
Tensor in_layer(const Tensor& x, std::string_view name, std::source_location where, const Make& make) {
  try {
    const auto scope = x.graph().scope(name);
    require_floats(x);
    return make();
  } catch (Error& error) {
    error.add_context(fmt::format("layer '{}'", name), {describe(x)}, where);
    throw;
  }
}

}  // namespace retrograph
