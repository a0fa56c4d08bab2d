#include <retrograph/models/optimizers/parameter_rates.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retrograph {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() != '*')
    return !text.empty() && pattern.front() == text.front() && matches(pattern.substr(1), text.substr(1));
  while (pattern.size() > 1 && pattern[1] == '*') pattern.remove_prefix(1);
  for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
    if (matches(pattern.substr(1), text.substr(skipped))) return true;
  return false;
}

/// Whether the pattern is the name or one of the scopes around it.
bool selects(std::string_view pattern, std::string_view name) {
  for (auto end = name.find('/'); end != std::string_view::npos; end = name.find('/', end + 1))
    if (matches(pattern, name.substr(0, end))) return true;
  return matches(pattern, name);
}

/// The scopes of the parameters, and the names of those in none, each once.
std::vector<std::string> places(std::span<const Parameter> parameters) {
  std::vector<std::string> places;
  for (const auto& parameter : parameters) {
    const auto& node = parameter.graph().node(parameter.node());
    const auto& place = node.scope.empty() ? node.name : node.scope;
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return places;
}

void require_match(const ParameterRate& rate, std::span<const Parameter> parameters) {
  const auto is_match = [&](const Parameter& parameter) { return selects(rate.pattern, parameter.name()); };
  if (std::none_of(parameters.begin(), parameters.end(), is_match))
    throw GraphError{fmt::format("no parameter matches '{}'", rate.pattern),
                     fmt::format("there are {}", fmt::join(places(parameters), ", "))};
}

/// Scalars, each made once.
class Rates {
 public:
  Tensor of(const Operand& rate, const Parameter& parameter) {
    const auto known = std::find_if(made_.begin(), made_.end(), [&](const Made& made) {
      return made.rate == &rate && made.tensor.dtype() == parameter.dtype();
    });
    if (known != made_.end()) return known->tensor;
    const auto tensor = rate.like(parameter);
    require_scalar(tensor, parameter);
    return made_.emplace_back(Made{&rate, tensor}).tensor;
  }

 private:
  struct Made {
    const Operand* rate;
    Tensor tensor;
  };

  static void require_scalar(const Tensor& rate, const Parameter& parameter) {
    if (rate.rank() != 0)
      throw ShapeError{
          fmt::format("the learning rate '{}' is {}, not a scalar", rate.name(), to_string(rate.shape()))};
    if (rate.dtype() != parameter.dtype())
      throw TypeError{fmt::format("the learning rate '{}' is {} and '{}' is {}", rate.name(),
                                  to_string(rate.dtype()), parameter.name(), to_string(parameter.dtype())),
                      "convert it with cast"};
    const auto* number = rate.graph().node(rate.node()).constant();
    if (number && !(number->scalar() >= 0 && std::isfinite(number->scalar())))
      throw GraphError{fmt::format("{} is no learning rate", number->scalar())};
  }

  std::vector<Made> made_;
};

}  // namespace

std::vector<Tensor> rates_of(std::span<const Parameter> parameters, const Operand& otherwise,
                             std::span<const ParameterRate> rates) {
  for (const auto& rate : rates) require_match(rate, parameters);
  Rates made;
  std::vector<Tensor> tensors;
  for (const auto& parameter : parameters) {
    const auto last = std::find_if(rates.rbegin(), rates.rend(), [&](const ParameterRate& rate) {
      return selects(rate.pattern, parameter.name());
    });
    tensors.push_back(made.of(last == rates.rend() ? otherwise : last->rate, parameter));
  }
  return tensors;
}

}  // namespace retrograph
