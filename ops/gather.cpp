#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> gather_entries() {
  return {};
}

}  // namespace retrograph
