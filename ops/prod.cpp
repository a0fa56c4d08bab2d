#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> prod_entries() {
  return {};
}

}  // namespace retrograph
