#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> concat_entries() {
  return {};
}

}  // namespace retrograph
