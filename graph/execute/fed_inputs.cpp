#include <retrograph/graph/execute/fed_inputs.hpp>
#include <retrograph/graph/finite.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace retrograph {
namespace {

void require_fit(const Input& input, const Array& array) {
  if (array.dtype() != input.dtype())
    throw FeedError{fmt::format("'{}' is {} and was fed {}", input.name(), to_string(input.dtype()),
                                to_string(array.dtype()))};
  if (!fits(input.shape(), array.extents()))
    throw FeedError{fmt::format("'{}' is {} and was fed {}", input.name(), to_string(input.shape()),
                                to_string(array.extents()))};
}

}  // namespace

bool fits(const Shape& declared, const Extents& fed) {
  if (declared.rank() != fed.size()) return false;
  for (std::size_t axis = 0; axis < fed.size(); ++axis)
    if (declared[axis].is_number() && declared[axis].number() != fed[axis]) return false;
  return true;
}

void FedInputs::add(const Input& input, bool required) {
  const std::pair place{input.node(), inputs_.size()};
  places_.insert(std::upper_bound(places_.begin(), places_.end(), place), place);
  inputs_.push_back({input, required});
  arrays_.push_back(nullptr);
}

std::size_t FedInputs::find(NodeId node) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(), std::pair{node, std::size_t{0}});
  return found != places_.end() && found->first == node ? found->second : inputs_.size();
}

FedInputs::Arrays& FedInputs::sorted(std::span<const Feed* const> feeds) {
  std::fill(arrays_.begin(), arrays_.end(), nullptr);
  for (const auto* feed : feeds) {
    require_own(*feed);
    const auto index = find(feed->input().node());
    if (index == inputs_.size())
      throw FeedError{fmt::format("'{}' is fed but is no input of this executable", feed->input().name())};
    auto& array = arrays_[index];
    if (array) throw FeedError{fmt::format("'{}' is fed twice", feed->input().name())};
    require_fit(inputs_[index].input, feed->array());
    array = &feed->array();
  }
  for (std::size_t index = 0; index < arrays_.size(); ++index)
    if (!arrays_[index] && inputs_[index].required)
      throw FeedError{fmt::format("'{}' is not fed", inputs_[index].input.name()),
                      fmt::format("pass {}.feed(array)", inputs_[index].input.name())};
  return arrays_;
}

void FedInputs::require_own(const Feed& feed) const {
  if (&feed.input().graph() != graph_)
    throw FeedError{fmt::format("'{}' is fed but belongs to another graph", feed.input().name())};
}

Binding FedInputs::bind(const Arrays& feeds) const {
  Binding binding;
  std::map<std::string, std::string> bound_by;
  for (std::size_t index = 0; index < feeds.size(); ++index) {
    if (!feeds[index]) continue;
    const auto& input = inputs_[index].input;
    for (std::size_t axis = 0; axis < input.rank(); ++axis) {
      const auto symbol = input.shape()[axis].symbol_name();
      if (!symbol) continue;
      const auto extent = feeds[index]->extents()[axis];
      const auto [bound, is_new] = binding.emplace(*symbol, extent);
      if (is_new) bound_by[*symbol] = input.name();
      if (bound->second != extent)
        throw FeedError{fmt::format("the dim '{}' is {} in '{}' and {} in '{}'", *symbol, bound->second,
                                    bound_by[*symbol], extent, input.name())};
    }
  }
  for (std::size_t index = 0; index < feeds.size(); ++index)
    if (const auto& input = inputs_[index].input;
        feeds[index] && input.shape().evaluate(binding) != feeds[index]->extents())
      throw FeedError{fmt::format("'{}' is {} and was fed {}", input.name(), to_string(input.shape()),
                                  to_string(feeds[index]->extents()))};
  return binding;
}

void FedInputs::require_finite(const Arrays& feeds) const {
  for (std::size_t index = 0; index < feeds.size(); ++index)
    if (const auto* feed = feeds[index]; feed && !all_finite(feed->dtype(), feed->bytes(), feed->size()))
      throw NotFiniteError{
          fmt::format("'{}' was fed a number that is not finite", inputs_[index].input.name())};
}

void FedInputs::set(Plan& plan, const Arrays& feeds) const {
  const auto& leaves = plan.program().inputs;
  for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf)
    plan.set_input(leaf, feeds[find(leaves[leaf].node)]->bytes());
}

}  // namespace retrograph
