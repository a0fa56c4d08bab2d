#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> power_entries() {
  return {};
}

}  // namespace retrograph
