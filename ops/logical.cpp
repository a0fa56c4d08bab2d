#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> logical_entries() {
  return {};
}

}  // namespace retrograph
