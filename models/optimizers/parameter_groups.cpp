#include <retrograph/models/optimizers/parameter_groups.hpp>

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

void require_match(const ParameterGroup& group, std::span<const Parameter> parameters) {
  const auto is_match = [&](const Parameter& parameter) { return selects(group.pattern, parameter.name()); };
  if (std::none_of(parameters.begin(), parameters.end(), is_match))
    throw GraphError{fmt::format("no parameter matches '{}'", group.pattern),
                     fmt::format("there are {}", fmt::join(places(parameters), ", "))};
}

void require_decay(double decay) {
  if (!(decay >= 0 && std::isfinite(decay))) throw GraphError{fmt::format("{} is no weight decay", decay)};
}

}  // namespace

std::vector<ParameterSettings> settings_of(std::span<const Parameter> parameters,
                                           const ParameterSettings& usual,
                                           std::span<const ParameterGroup> groups) {
  require_decay(usual.weight_decay);
  for (const auto& group : groups) {
    require_match(group, parameters);
    require_decay(group.weight_decay.value_or(0));
  }
  std::vector<ParameterSettings> all(parameters.size(), usual);
  for (std::size_t index = 0; index < parameters.size(); ++index)
    for (const auto& group : groups) {
      if (!selects(group.pattern, parameters[index].name())) continue;
      auto& settings = all[index];
      if (group.learning_rate) settings.learning_rate = &*group.learning_rate;
      settings.weight_decay = group.weight_decay.value_or(settings.weight_decay);
      settings.frozen = group.frozen.value_or(settings.frozen);
    }
  return all;
}

}  // namespace retrograph
