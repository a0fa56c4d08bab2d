#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> exponential_entries() {
  return {};
}

}  // namespace retrograph
