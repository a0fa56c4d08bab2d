#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> one_hot_entries() {
  return {};
}

}  // namespace retrograph
