#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> max_entries() {
  return {};
}

}  // namespace retrograph
