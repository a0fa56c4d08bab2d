#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> dropout_entries() {
  return {};
}

}  // namespace retrograph
