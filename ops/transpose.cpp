#include <retrograph/ops/entries.hpp>

namespace retrograph {

std::vector<CatalogueEntry> transpose_entries() {
  return {};
}

}  // namespace retrograph
