#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> trigonometric_entries() {
  return {};
}

}  // namespace retrograph
