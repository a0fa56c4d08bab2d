#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> mean_entries() {
  return {};
}

}  // namespace retrograph
