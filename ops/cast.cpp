#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> cast_entries() {
  return {};
}

}  // namespace retrograph
