#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> stop_gradient_entries() {
  return {};
}

}  // namespace retrograph
