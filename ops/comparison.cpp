#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> comparison_entries() {
  return {};
}

}  // namespace retrograph
