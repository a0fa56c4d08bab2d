#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> linear_entries() {
  return {};
}

}  // namespace retrograph
