#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> binary_cross_entropy_entries() {
  return {};
}

}  // namespace retrograph
