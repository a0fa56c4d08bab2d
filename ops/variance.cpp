#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> variance_entries() {
  return {};
}

}  // namespace retrograph
