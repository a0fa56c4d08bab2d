#include <retrograph/models/files/safetensors.hpp>
#include <retrograph/models/training/checkpoint.hpp>
#include <retrograph/models/training/record_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace retrograph {
namespace {

using nlohmann::json;

/// What a training has beside its state begins with this, as no parameter does.
constexpr std::string_view own_prefix = "~";
constexpr std::string_view best_prefix = "~best/";

using NodeFilter = bool (*)(const Node&);
bool any_node(const Node&) {
  return true;
}
bool of_optimizer(const Node& node) {
  return node.role == Role::update;
}
bool of_model(const Node& node) {
  return !of_optimizer(node);
}

std::vector<std::string> names_of(const Graph& graph, NodeFilter filter) {
  std::vector<std::string> names;
  for (const auto id : graph.state_nodes())
    if (filter(graph.node(id))) names.push_back(graph.node(id).full_name());
  return names;
}

void add_arrays(Safetensors& content, const State& state, std::string_view prefix) {
  for (std::size_t index = 0; index < state.size(); ++index)
    content.tensors.push_back(
        {fmt::format("{}{}", prefix, state.name(index)), Array::view(state.array(index))});
}

Safetensors content_of(const Graph& graph, const State& state) {
  Safetensors content;
  add_arrays(content, state, "");
  content.metadata = {{"format", "retrograph"},
                      {"seed", std::to_string(state.seed())},
                      {"step", std::to_string(state.step())},
                      {"optimizer", json(names_of(graph, of_optimizer)).dump()}};
  return content;
}

/// A file whose content is checked against a graph.
class SavedState {
 public:
  explicit SavedState(const std::filesystem::path& file)
      : file_{file.string()}, content_{read_safetensors(file)} {
    for (const auto& tensor : content_.tensors) arrays_.emplace(tensor.name, &tensor.array);
  }

  std::uint64_t number(const std::string& key) const {
    const auto& text = word(key);
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end != text.data() + text.size())
      throw DataError{fmt::format("'{}' has '{}' for its {}", file_, text, key)};
    return number;
  }

  const std::string& word(const std::string& key) const {
    const auto found = content_.metadata.find(key);
    if (found == content_.metadata.end())
      throw DataError{fmt::format("'{}' has no {}: it was not saved as this is loaded", file_, key)};
    return found->second;
  }

  json json_of(const std::string& key) const {
    try {
      return json::parse(word(key));
    } catch (const json::exception& error) {
      refuse(key, error);
    }
  }
  [[noreturn]] void refuse(std::string_view key, const std::exception& error) const {
    throw DataError{fmt::format("'{}' has a damaged {}: {}", file_, key, error.what())};
  }

  /// Puts the arrays of the chosen nodes into the state; those that are in the file and not in the graph are
  /// refused unless `ignored` has them.
  void read(State& state, const Graph& graph, NodeFilter filter, std::string_view prefix,
            const std::set<std::string>& ignored) const {
    require_same(graph, filter, prefix, ignored);
    for (const auto& name : names_of(graph, filter))
      state.set(name, *arrays_.at(fmt::format("{}{}", prefix, name)));
  }

 private:
  void require_same(const Graph& graph, NodeFilter filter, std::string_view prefix,
                    const std::set<std::string>& ignored) const {
    std::vector<std::string> missing, different;
    std::set<std::string> known{ignored};
    for (const auto id : graph.state_nodes()) {
      const auto& node = graph.node(id);
      known.insert(fmt::format("{}{}", prefix, node.full_name()));
      if (filter(node)) compare(node, prefix, missing, different);
    }
    std::vector<std::string> unexpected;
    for (const auto& [name, _] : arrays_)
      if (name.starts_with(prefix) && (!prefix.empty() || !name.starts_with(own_prefix)) &&
          !known.contains(name))
        unexpected.push_back(name);
    std::string reason;
    const auto add = [&](const std::vector<std::string>& names, std::string_view what) {
      if (!names.empty())
        reason += fmt::format("{} {} {}", reason.empty() ? ":" : ";", what, shortened(names));
    };
    add(missing, "it lacks");
    add(unexpected, "it has");
    add(different, "there");
    if (!reason.empty())
      throw DataError{fmt::format("'{}' is not of this graph{}", file_, reason),
                      "use the model and the optimizer that it was saved from"};
  }

  void compare(const Node& node, std::string_view prefix, std::vector<std::string>& missing,
               std::vector<std::string>& different) const {
    const auto name = node.full_name();
    const auto found = arrays_.find(fmt::format("{}{}", prefix, name));
    const ArrayType type{node.results[0].dtype, node.results[0].shape.evaluate({})};
    if (found == arrays_.end())
      missing.push_back(name);
    else if (const auto& saved = found->second->type(); saved != type)
      different.push_back(fmt::format("{} is {} {} and was to be {} {}", name, to_string(saved.extents),
                                      to_string(saved.dtype), to_string(type.extents),
                                      to_string(type.dtype)));
  }

  static std::string shortened(const std::vector<std::string>& names) {
    constexpr std::size_t most = 6;
    const auto shown =
        std::vector(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
    const auto rest = names.size() - shown.size();
    return fmt::format("{}{}", fmt::join(shown, ", "), rest > 0 ? fmt::format(" and {} more", rest) : "");
  }

  std::string file_;
  Safetensors content_;
  std::map<std::string, const Array*> arrays_;
};

State state_of(const SavedState& saved, const Graph& graph) {
  State state{saved.number("seed")};
  state.set_step(saved.number("step"));
  saved.read(state, graph, any_node, "", {});
  return state;
}

}  // namespace

void save_state(const std::filesystem::path& file, const Graph& graph, const State& state,
                std::string_view settings) {
  auto content = content_of(graph, state);
  if (!settings.empty()) content.metadata["settings"] = settings;
  write_safetensors(file, content);
}

State load_state(const std::filesystem::path& file, const Graph& graph) {
  return state_of(SavedState{file}, graph);
}

void load_model(const std::filesystem::path& file, const Graph& graph, State& state) {
  const SavedState saved{file};
  std::set<std::string> of_its_optimizer;
  try {
    saved.json_of("optimizer").get_to(of_its_optimizer);
  } catch (const json::exception& error) {
    saved.refuse("optimizer", error);
  }
  saved.read(state, graph, of_model, "", of_its_optimizer);
}

void save_checkpoint(const std::filesystem::path& file, const Graph& graph, const State& state,
                     const TrainingRecord& record, std::string_view settings) {
  auto content = content_of(graph, state);
  if (record.best) add_arrays(content, *record.best, best_prefix);
  content.metadata["training"] = to_json(record).dump();
  content.metadata["settings"] = settings;
  write_safetensors(file, content);
}

std::string checkpoint_settings(const std::filesystem::path& file) {
  return SavedState{file}.word("settings");
}

Checkpoint load_checkpoint(const std::filesystem::path& file, const Graph& graph) {
  const SavedState saved{file};
  Checkpoint checkpoint{state_of(saved, graph), {}, saved.word("settings")};
  try {
    checkpoint.record = record_from_json(saved.json_of("training"));
    if (checkpoint.record.epoch < 1 || checkpoint.record.step < 0)
      throw DataError{fmt::format("'{}' stands in step {} of epoch {}", file.string(), checkpoint.record.step,
                                  checkpoint.record.epoch)};
  } catch (const json::exception& error) {
    saved.refuse("training", error);
  }
  if (checkpoint.record.best) {
    State best{checkpoint.state.seed()};
    best.set_step(checkpoint.record.best->step());
    saved.read(best, graph, any_node, best_prefix, {});
    checkpoint.record.best = std::move(best);
  }
  return checkpoint;
}

}  // namespace retrograph
