#pragma once

#include <retrograph/graph/boost.hpp>
#include <retrograph/graph/error.hpp>
#include <retrograph/graph/index_table.hpp>

#include <fmt/format.h>

#include <map>

namespace retrograph {

inline std::string joined_scopes(std::string_view outer, std::string_view inner) {
  return outer.empty() ? std::string{inner} : fmt::format("{}/{}", outer, inner);
}

/// The full names of a graph's nodes, which are written down with the nodes and nowhere else: a million
/// strings more would be too many.
class NodeNames {
 public:
  explicit NodeNames(const AdjacencyList& list) : list_{list} {}

  /// `name`, or the first of name_1, name_2, ... that is free in `scope`.
  std::string free_name(std::string_view scope, std::string_view name) {
    auto entry = suffixes_.find(std::pair{scope, name});
    if (entry == suffixes_.end())
      entry = suffixes_.emplace(std::pair{std::string{scope}, std::string{name}}, 0).first;
    for (auto& suffix = entry->second;; ++suffix) {
      auto candidate = suffix == 0 ? std::string{name} : fmt::format("{}_{}", name, suffix);
      if (!is_taken(scope, candidate)) return candidate;
    }
  }

  void require_free(std::string_view scope, std::string_view name) const {
    if (is_taken(scope, name))
      throw GraphError{fmt::format("the name '{}' is taken", joined_scopes(scope, name)),
                       "give each node a name of its own"};
  }

  /// Notes the name that a node has, or forgets it.
  void take(NodeId id) { nodes_.insert(hash_of(id), id); }
  void give_back(NodeId id) { nodes_.erase(hash_of(id), id); }

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      const std::string_view scope = a.first, other = b.first;
      return scope != other ? scope < other : std::string_view{a.second} < std::string_view{b.second};
    }
  };

  bool is_taken(std::string_view scope, std::string_view name) const {
    return nodes_.find(hash(scope, name), [&](NodeId id) { return has_name(list_[id], scope, name); }) !=
           IndexTable::none;
  }

  /// A full name may be split in several ways: "a/b" and "c", "a" and "b/c".
  static bool has_name(const Node& node, std::string_view scope, std::string_view name) {
    if (node.scope == scope) return node.name == name;
    return node.full_name() == joined_scopes(scope, name);
  }

  std::uint64_t hash_of(NodeId id) const { return hash(list_[id].scope, list_[id].name); }

  /// Of the full name (FNV-1a), without putting it together.
  static std::uint64_t hash(std::string_view scope, std::string_view name) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    const auto take = [&](std::string_view text) {
      for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
    };
    take(scope);
    if (!scope.empty()) take("/");
    take(name);
    return hash;
  }

  const AdjacencyList& list_;
  IndexTable nodes_;                                                           // by full name
  std::map<std::pair<std::string, std::string>, std::size_t, Less> suffixes_;  // of automatic names
};

}  // namespace retrograph
