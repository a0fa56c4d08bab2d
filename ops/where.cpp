#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> where_entries() {
  return {};
}

}  // namespace retrograph
